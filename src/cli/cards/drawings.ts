import { create } from 'qrcode';
import type { PassKind } from '../../core/access/vocabulary.ts';

/** Width of the white border that a reader needs around a code, in modules (ISO/IEC 18004). */
const QUIET_ZONE = 4;

interface QrSvg {
  readonly svg: string;
  /** Side of the image in millimetres, quiet zone included. */
  readonly sideMm: number;
}

/** `text` as a QR code (level M) whose dark square has a side of `codeMm` millimetres, plus its quiet zone. */
export function qrSvg(text: string, codeMm: number): QrSvg {
  const { modules } = create(text, { errorCorrectionLevel: 'M' });
  const { size } = modules;
  let path = '';
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      let run = 0;
      while (column + run < size && modules.get(row, column + run)) run += 1;
      if (run === 0) continue;
      // Each run of dark modules in a row is one bar, so that printers and screens leave no hairlines between them.
      path += `M${column + QUIET_ZONE} ${row + QUIET_ZONE}h${run}v1h-${run}z`;
      column += run;
    }
  }
  const side = size + 2 * QUIET_ZONE;
  const sideMm = (codeMm * side) / size;
  const svg = `<svg class="qr" viewBox="0 0 ${side} ${side}" style="width:${sideMm.toFixed(3)}mm;height:${sideMm.toFixed(3)}mm" shape-rendering="crispEdges" aria-hidden="true"><path d="${path}"/></svg>`;
  return { svg, sideMm };
}

/** One plain drawing for each kind of pass on a field of 24 by 24, for people who cannot read the word. */
const PATHS: { readonly [K in PassKind]: string } = {
  // A house with its door.
  resident: 'M12 2 1 12h3v9h6v-6h4v6h6v-9h3z',
  // A broom.
  worker:
    'M18.5 1 12 9.7l2.4 1.8L20.9 2.8zM11 10.5 8 14.5c-2 2.5-4 3.5-7 4 3 3.5 7 4.5 11.5 3.5 2-2 3.3-5 3.5-7.5z',
  // Two people.
  visitor:
    'M8 3a4 4 0 1 1 0 8 4 4 0 0 1 0-8M1 21v-3c0-3 3-5 7-5s7 2 7 5v3zM17 5a3.2 3.2 0 1 1 0 6.4 3.2 3.2 0 0 1 0-6.4M17 21v-3c0-1.7-.6-3.2-1.7-4.4 4.4-.6 7.7 1.2 7.7 4.400v3z',
  // A car from the side.
  vehicle:
    'M4.5 6h11l4.5 5 3 1v6h-2.500a2.5 2.5 0 0 1-5 0h-7a2.5 2.5 0 0 1-5 0H1v-6zM6 8l-1.5 4H10V8zM12 8v4h5l-3-4z',
  // A parcel with its tape.
  delivery: 'M3 3h7v6l2-1.500L14 9V3h7v18H3z',
  // A cross.
  emergency: 'M9 2h6v7h7v6h-7v7H9v-7H2V9h7z',
};

export function pictogram(kind: PassKind): string {
  return `<svg class="kind" viewBox="0 0 24 24" aria-hidden="true"><path fill-rule="evenodd" d="${PATHS[kind]}"/></svg>`;
}
