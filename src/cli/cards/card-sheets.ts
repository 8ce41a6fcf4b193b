import { Temporal } from 'temporal-polyfill';
import type { PassClaims } from '../../core/pass/pass.ts';
import type { TimeWindow } from '../../core/time/site-time.ts';
import { shortNumberOf } from './card-text.ts';
import type { CardWords } from './card-words.ts';
import { pictogram, qrSvg } from './drawings.ts';
import { escaped, printedPage } from './printed-page.ts';
import { CARD_MM, CARDS_A_SHEET, COLUMNS, PAPERS, type Paper, ROWS, sheetStyle } from './sheet-style.ts';

/** Sheets in one file; browsers lay out larger files slowly. */
const SHEETS_A_FILE = 100;
/** Cut marks: length, and distance from the corner of the card, in millimetres. */
const MARK_MM = 5;
const MARK_GAP_MM = 1;
/** Height of letters on one line, and on two, in millimetres. */
const NAME_MM = [10, 6.2] as const;
const UNIT_MM = [7, 4.6] as const;
const SMALLEST_MM = 2.6;
const EVERY_DAY = 0x7f;
const DAY_MS = 86_400_000;

interface Card {
  readonly name: string;
  readonly unit: string;
  readonly claims: PassClaims;
  /** Text of the pass. */
  readonly text: string;
}

export interface SheetOptions {
  /** Name of the site. */
  readonly site: string;
  readonly timeZone: string;
  readonly paper: Paper;
  /** Side of the QR codes without their quiet zone, 25 to 40 mm. */
  readonly qrMm: number;
  /** Words of the sheets, and of cards whose holder speaks no language of ours. */
  readonly words: CardWords;
  /** The words in a language that a holder speaks (BCP 47); undefined where there are none. */
  readonly wordsIn: (language: string | undefined) => CardWords | undefined;
  /** Telephone number of the office, and its hours. */
  readonly telephone?: string;
  readonly officeHours?: string;
  /** What stands in the code of a card: the pass, or the way by which a phone takes it. */
  readonly codeOf: (card: Pick<Card, 'text' | 'claims'>) => string;
}

/** Files to print, each complete in itself: no scripts, nothing loaded from elsewhere. */
export function* cardSheets(
  cards: readonly Card[],
  options: SheetOptions,
): Generator<{ readonly html: string; readonly cards: number }> {
  const filled = CARDS_A_SHEET * SHEETS_A_FILE;
  for (let first = 0; first < cards.length; first += filled) {
    const part = cards.slice(first, first + filled);
    yield { html: page(part, options), cards: part.length };
  }
}

function page(cards: readonly Card[], options: SheetOptions): string {
  const { words, site, paper } = options;
  const sheets: string[] = [];
  for (let first = 0; first < cards.length; first += CARDS_A_SHEET) {
    const drawn = cards.slice(first, first + CARDS_A_SHEET).map((card) => cardHtml(card, options));
    sheets.push(
      `<section class="sheet">${cutMarks(paper)}<div class="cards">${drawn.join('\n')}</div></section>`,
    );
  }
  const title = `${words.title} ${site}`;
  return printedPage({ language: words.language, title, style: sheetStyle(paper), body: sheets.join('\n') });
}

function cardHtml({ name, unit, claims, text }: Card, options: SheetOptions): string {
  const { site, timeZone, qrMm } = options;
  const words = options.wordsIn(claims.language) ?? options.words;
  const { svg, sideMm } = qrSvg(options.codeOf({ text, claims }), qrMm);
  const textMm = CARD_MM.width - sideMm - 8.5;
  const [date, time] = lastMoment(claims.expiresAt, timeZone);
  const hint = claims.holderKey === undefined ? words.present : words.phoneOnly;
  const limits = limitsOf(claims, words);
  const lost = whomToCall(words, options);
  // Further lines take their space from the two large ones.
  const room = Math.max(0.55, 1 - 0.12 * limits.length - (lost === words.lost ? 0 : 0.15));
  const nameMm = fitting(name, textMm, NAME_MM, room, longestWord(name));
  const unitMm = fitting(unit, textMm, UNIT_MM, room);
  const lang = words === options.words ? '' : ` lang="${words.language}"`;
  return `<article class="card"${lang}><div class="words"><p class="site">${escaped(site)}</p>
<div class="who"><p class="name" style="font-size:${nameMm}mm">${breakable(name)}</p>
<p class="unit" style="font-size:${unitMm}mm">${escaped(unit)}</p></div>
<p class="what">${pictogram(claims.kind)}<span>${escaped(words.kind[claims.kind])}</span></p>
<div class="until"><p><span>${escaped(words.validUntil)}</span><span class="number">${escaped(words.number)} <span>${shortNumberOf(claims.passId)}</span></span></p><b>${date}${time === '' ? '' : ` ${time}`}</b></div>
${limits.length === 0 ? '' : `<p class="limits">${limits.map(escaped).join('<br>')}</p>`}</div>
${svg}
<p class="hint"><span>${escaped(hint)}</span><span>${escaped(lost)}</span></p></article>`;
}

/** When and where the pass is valid, unless that is always and everywhere. */
function limitsOf({ windows, gates }: PassClaims, words: CardWords): readonly string[] {
  const hours = windows === undefined ? [] : [hoursText(windows, words)];
  const where = gates === undefined ? [] : [words.gates.replace('{gates}', () => gates.join(', '))];
  return [...hours, ...where];
}

function whomToCall(words: CardWords, { telephone, officeHours }: SheetOptions): string {
  const hours = officeHours === undefined ? '' : ` (${officeHours})`;
  return telephone === undefined ? words.lost : `${words.lost} ${telephone}${hours}`;
}

/** Windows in the language of the card: `Mon-Fri 03:45-05:00`. */
function hoursText(windows: readonly TimeWindow[], words: CardWords): string {
  return windows
    .map(({ dayMask, startMinute, endMinute }) => {
      return `${daysText(dayMask, words)} ${minuteText(startMinute)}-${minuteText(endMinute)}`;
    })
    .join('; ');
}

/** Days from Monday on; three or more in a row are written as a range. */
function daysText(dayMask: number, { language, daily }: CardWords): string {
  if (dayMask === EVERY_DAY) return daily;
  const format = new Intl.DateTimeFormat(language, { weekday: 'short', timeZone: 'UTC' });
  // 1970-01-05 was a Monday.
  const named = (day: number): string => format.format((day + 4) * DAY_MS);
  const isOn = (day: number): boolean => day < 7 && ((dayMask >> ((day + 1) % 7)) & 1) === 1;
  const parts: string[] = [];
  for (let first = 0; first < 7; first += 1) {
    if (!isOn(first)) continue;
    let last = first;
    while (isOn(last + 1)) last += 1;
    if (last - first < 2) last = first;
    parts.push(first === last ? named(first) : `${named(first)}-${named(last)}`);
    first = last;
  }
  return parts.join(', ');
}

function minuteText(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}

/** Marks where a name may break: at spaces, and behind the punctuation between its parts. */
function breakable(name: string): string {
  return escaped(name).replaceAll(/[\u00b7\u2027\u30fb]/g, '$&<wbr>');
}

/** Width of the longest part that must stay in one line. */
function longestWord(name: string): number {
  const words = name.split(/\s+|(?<=[\u00b7\u2027\u30fb])/u);
  return Math.max(...words.map(emsOfText));
}

/** The last minute it is valid, as the clocks of the site show it; a whole last day needs no time. */
function lastMoment(expiresAt: number, timeZone: string): readonly [date: string, time: string] {
  const end = Temporal.Instant.fromEpochMilliseconds((expiresAt - 1) * 1000).toZonedDateTimeISO(timeZone);
  const time = end.toPlainTime().toString({ smallestUnit: 'minute' });
  return [end.toPlainDate().toString(), time === '23:59' ? '' : time];
}

/** Height of letters in millimetres: one large line if the text fits, otherwise two smaller ones. */
function fitting(
  text: string,
  widthMm: number,
  [largestMm, twoLinesMm]: readonly [number, number],
  room: number,
  longest = 0,
): string {
  const ems = emsOfText(text);
  const oneLine = Math.min(largestMm * room, widthMm / Math.max(1, ems));
  // Lines break between words, so two lines are not filled completely.
  const twoLines = Math.min(
    twoLinesMm * room,
    (2 * widthMm * 0.85) / Math.max(1, ems),
    widthMm / Math.max(1, longest),
  );
  return Math.max(SMALLEST_MM, oneLine, twoLines).toFixed(2);
}

function emsOfText(text: string): number {
  let ems = 0;
  for (const character of text) ems += emsOf(character);
  return ems;
}

/** Width of a character in a bold typeface, relative to its height; an estimate that is rather too wide. */
function emsOf(character: string): number {
  if (/[\u00b7\u2e80-\uffef\u{10000}-\u{10ffff}]/u.test(character)) return 1.02;
  return /[A-Z%&@MmWw]/.test(character) ? 0.74 : 0.62;
}

/** Short lines outside the cards that show where to cut. */
function cutMarks(paper: Paper): string {
  const { width, height } = PAPERS[paper];
  const left = (width - COLUMNS * CARD_MM.width) / 2;
  const top = (height - ROWS * CARD_MM.height) / 2;
  const right = width - left;
  const bottom = height - top;
  let path = '';
  for (let column = 0; column <= COLUMNS; column += 1) {
    const x = left + column * CARD_MM.width;
    path += `M${x} ${top - MARK_GAP_MM}v-${MARK_MM}M${x} ${bottom + MARK_GAP_MM}v${MARK_MM}`;
  }
  for (let row = 0; row <= ROWS; row += 1) {
    const y = top + row * CARD_MM.height;
    path += `M${left - MARK_GAP_MM} ${y}h-${MARK_MM}M${right + MARK_GAP_MM} ${y}h${MARK_MM}`;
  }
  return `<svg class="marks" viewBox="0 0 ${width} ${height}" aria-hidden="true"><path d="${path}"/></svg>`;
}
