import { useMemo } from 'preact/hooks';
import { create, type QRCode } from 'qrcode';

/** White modules that a reader needs around a code (ISO/IEC 18004). */
export const QUIET_ZONE = 4;
/** Longer texts have no room for level M in a code of 25 mm that every scanner reads. */
const LONGEST_AT_M = 600;

/** The modules of a QR code. */
export function codeModules(text: string): QRCode['modules'] {
  return create(text, { errorCorrectionLevel: text.length > LONGEST_AT_M ? 'L' : 'M' }).modules;
}

/** The outline of all dark modules, as one path. */
function darkPath(text: string): { path: string; size: number } {
  const modules = codeModules(text);
  const { size } = modules;
  let path = '';
  for (let row = 0; row < size; row++)
    for (let column = 0; column < size; column++)
      if (modules.get(row, column)) path += `M${column} ${row}h1v1h-1z`;
  return { path, size };
}

/** A text as a QR code that a phone or a real scanner can read from the screen. */
export function QrImage({ text }: { text: string }) {
  const { path, size } = useMemo(() => darkPath(text), [text]);
  const side = size + 2 * QUIET_ZONE;
  return (
    <svg
      class="qr"
      viewBox={`${-QUIET_ZONE} ${-QUIET_ZONE} ${side} ${side}`}
      shape-rendering="crispEdges"
      aria-hidden="true"
    >
      <rect x={-QUIET_ZONE} y={-QUIET_ZONE} width={side} height={side} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
