import { create } from 'qrcode';

/** Modules of white that a reader needs around a code (ISO/IEC 18004). */
const QUIET_ZONE = 4;

export interface QrSvg {
  readonly svg: string;
  /** Side of the picture in millimetres, quiet zone included. */
  readonly sideMm: number;
}

/** `text` as a QR code (level M) whose dark square has a side of `codeMm` millimetres, with its quiet zone. */
export function qrSvg(text: string, codeMm: number): QrSvg {
  const { modules } = create(text, { errorCorrectionLevel: 'M' });
  const { size } = modules;
  let path = '';
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      let run = 0;
      while (column + run < size && modules.get(row, column + run)) run += 1;
      if (run === 0) continue;
      // Each row of dark modules as one bar: printers and screens leave no hairlines between them.
      path += `M${column + QUIET_ZONE} ${row + QUIET_ZONE}h${run}v1h-${run}z`;
      column += run;
    }
  }
  const side = size + 2 * QUIET_ZONE;
  const sideMm = (codeMm * side) / size;
  const svg = `<svg class="qr" viewBox="0 0 ${side} ${side}" style="width:${sideMm.toFixed(3)}mm;height:${sideMm.toFixed(3)}mm" shape-rendering="crispEdges" role="img"><path d="${path}"/></svg>`;
  return { svg, sideMm };
}
