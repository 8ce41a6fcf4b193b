/** Size of a card in millimetres: eight fill both A4 and Letter with room for the cut marks. */
export const CARD_MM = { width: 95, height: 65 } as const;
export const CARDS_A_SHEET = 8;
export const COLUMNS = 2;
export const ROWS = CARDS_A_SHEET / COLUMNS;

export const PAPERS = {
  a4: { css: 'A4', width: 210, height: 297 },
  letter: { css: 'letter', width: 215.9, height: 279.4 },
} as const;
export type Paper = keyof typeof PAPERS;

/** Black on white only, so that it survives a worn-out printer and a copy. */
export function sheetStyle(paper: Paper): string {
  const { css, width, height } = PAPERS[paper];
  const left = (width - COLUMNS * CARD_MM.width) / 2;
  const top = (height - ROWS * CARD_MM.height) / 2;
  return `
@page { size: ${css}; margin: 0 }
* { box-sizing: border-box; margin: 0 }
html { background: #fff; color: #000 }
html, .card { font-family: "Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", "Noto Sans", "Helvetica Neue", Arial, sans-serif; -webkit-print-color-adjust: exact; print-color-adjust: exact }
html:lang(zh-TW), .card:lang(zh-TW) { font-family: "Noto Sans CJK TC", "Noto Sans TC", "Source Han Sans TC", "PingFang TC", "Microsoft JhengHei", sans-serif }
.sheet { position: relative; width: ${width}mm; height: ${height}mm; overflow: hidden; break-after: page; break-inside: avoid }
.sheet:last-child { break-after: auto }
.cards { position: absolute; left: ${left}mm; top: ${top}mm; display: grid; grid-template: repeat(${ROWS}, ${CARD_MM.height}mm) / repeat(${COLUMNS}, ${CARD_MM.width}mm) }
.marks { position: absolute; inset: 0; width: ${width}mm; height: ${height}mm }
.marks path { stroke: #000; stroke-width: .2; fill: none }
.card { display: grid; grid-template: minmax(0, 1fr) auto / minmax(0, 1fr) auto; column-gap: 1mm; padding: 3mm 2.5mm 3mm 5mm; overflow: hidden }
.words { display: flex; flex-direction: column; min-width: 0 }
.site { font-size: 3.6mm; line-height: 1.25; overflow-wrap: anywhere }
.who { flex: 1; min-height: 0; overflow: hidden; display: flex; flex-direction: column; justify-content: center; gap: .8mm }
.name { font-weight: 700; line-height: 1.1; word-break: keep-all; overflow-wrap: break-word; text-wrap: balance }
.unit { font-weight: 600; line-height: 1.15; overflow-wrap: anywhere; text-wrap: balance }
.what { display: flex; align-items: center; gap: 1.5mm; font-size: 4.6mm; font-weight: 600; line-height: 1.15 }
.kind { width: 8mm; height: 8mm; flex: none }
.until { margin-top: 1.2mm; font-size: 3.6mm; line-height: 1.2 }
.until p { display: flex; justify-content: space-between; align-items: baseline; gap: 1mm; font-size: 3.2mm }
.number { font-size: 2.7mm; white-space: nowrap }
.limits { margin-top: .6mm; font-size: 2.7mm; line-height: 1.2; overflow-wrap: anywhere }
.until b { display: block; font-size: 5.4mm; white-space: nowrap }
.qr { display: block; align-self: center }
.hint { grid-column: 1 / -1; display: flex; justify-content: space-between; gap: 3mm; border-top: .3mm solid #000; padding-top: 1.4mm; font-size: 3.2mm; line-height: 1.25 }
@media screen { html { background: #888 } .sheet { background: #fff; margin: 0 auto 5mm } }
`;
}
