import type { RetentionClass } from '../access/vocabulary.ts';
import type { EventDataByName, StoredEvent } from './event.ts';
import { LOG_EVENTS } from './row-classes.ts';

/** What the log itself says may be gone. Everything else that is missing was taken by somebody. */
export interface ChainCover {
  /** By log.purged: the part of all rows up to this number. */
  readonly purged: Readonly<Record<RetentionClass | 'ended', number>>;
  /**
   * Rows that log.purged says stay when others up to there end, sorted, both ends included: they end with the class
   * `operator`, whose time is longer.
   */
  readonly staying: readonly RowRange[];
  /** By privacy.erased: everything about persons in these rows, sorted, both ends included. */
  readonly erased: readonly RowRange[];
  /** By site.stooddown: everything about persons in all rows before this one; 0 if there is none. */
  readonly stoodDown: number;
  /**
   * The first row that has parts. Those before have no reduced form: they are only a hash as soon as their class is over.
   */
  readonly splitFrom: number;
}

/** Both ends included. */
export interface RowRange {
  readonly first: number;
  readonly last: number;
}

export const NO_COVER: ChainCover = {
  purged: { screening: 0, access: 0, operator: 0, ended: 0 },
  staying: [],
  erased: [],
  stoodDown: 0,
  splitFrom: 1,
};

/** The events a cover is made of. */
export const COVER_EVENTS: readonly string[] = LOG_EVENTS.filter((name) =>
  ['log.purged', 'privacy.erased', 'site.stooddown'].includes(name),
);

type CoverEvent = Pick<StoredEvent, 'sequence' | 'body'> & { readonly name: string };

/**
 * What these events say together. Each covers rows before itself only. Give only rows that are as they were written.
 */
export function coverOf(events: readonly CoverEvent[], splitFrom = 1): ChainCover {
  let { purged, stoodDown } = NO_COVER;
  const erased: RowRange[] = [];
  const staying: RowRange[] = [];
  for (const { sequence, name, body } of events) {
    const { data } = JSON.parse(new TextDecoder().decode(body));
    if (name === 'site.stooddown') stoodDown = Math.max(stoodDown, sequence);
    else if (name === 'log.purged') {
      const { class: part, through, staying: ranges = '' }: EventDataByName['log.purged'] = data;
      staying.push(...rangesOf(String(ranges)));
      purged = { ...purged, [part]: Math.max(purged[part], Math.min(through, sequence - 1)) };
    } else if (name === 'privacy.erased')
      erased.push(...rangesOf(String(data.ranges)).filter(({ last }) => last < sequence));
  }
  return { purged, staying: sorted(staying), erased: sorted(erased), stoodDown, splitFrom };
}

/** Whether this part of a row may be gone. */
export function isCovered(cover: ChainCover, sequence: number, part: RetentionClass): boolean {
  return sequence <= cover.purged[part] || isErased(cover, sequence);
}

/** Whether everything about persons in a row may be gone, however old it is. */
export function isErased({ erased, stoodDown }: ChainCover, sequence: number): boolean {
  return sequence < stoodDown || isWithin(erased, sequence);
}

/** Whether privacy.erased has named the row. */
export function isNamedErased({ erased }: ChainCover, sequence: number): boolean {
  return isWithin(erased, sequence);
}

/** Whether nothing but the hash of a row may be left, or the root of its subtree. */
export function mayHaveEnded(cover: ChainCover, sequence: number): boolean {
  if (sequence > cover.purged.ended) return false;
  return !isStaying(cover, sequence) || isCovered(cover, sequence, 'operator');
}

/** Whether log.purged named the row as one that stayed when others ended. */
export function isStaying(cover: ChainCover, sequence: number): boolean {
  return isWithin(cover.staying, sequence);
}

/** The rows between two, both included, that may not have ended. */
export function notEnded(cover: ChainCover, first: number, last: number): readonly RowRange[] {
  const { ended } = cover.purged;
  const found: RowRange[] = [];
  for (let at = placeOf(cover.staying, first); ; at++) {
    const range = cover.staying[at];
    if (range === undefined || range.first > Math.min(last, ended)) break;
    const end = Math.min(range.last, last, ended);
    for (let sequence = Math.max(first, range.first); sequence <= end; sequence++)
      if (!isCovered(cover, sequence, 'operator')) found.push({ first: sequence, last: sequence });
  }
  if (last > ended) found.push({ first: Math.max(first, ended + 1), last });
  return found.reduce(merge, []);
}

function isWithin(ranges: readonly RowRange[], sequence: number): boolean {
  const found = ranges[placeOf(ranges, sequence)];
  return found !== undefined && found.first <= sequence;
}

/** Place of the first range that does not end before a row. */
function placeOf(ranges: readonly RowRange[], sequence: number): number {
  let from = 0;
  let to = ranges.length;
  while (from < to) {
    const middle = (from + to) >> 1;
    if ((ranges[middle]?.last ?? 0) < sequence) from = middle + 1;
    else to = middle;
  }
  return from;
}

function sorted(ranges: RowRange[]): readonly RowRange[] {
  return ranges.sort((a, b) => a.first - b.first).reduce(merge, []);
}

function rangesOf(text: string): RowRange[] {
  return text.split(',').flatMap((entry) => {
    const [, first, last] = /^(\d{1,16})(?:-(\d{1,16}))?$/.exec(entry) ?? [];
    return first === undefined ? [] : [{ first: Number(first), last: Number(last ?? first) }];
  });
}

function merge(done: RowRange[], next: RowRange): RowRange[] {
  const before = done.at(-1);
  if (before !== undefined && next.first <= before.last + 1)
    done[done.length - 1] = { first: before.first, last: Math.max(before.last, next.last) };
  else done.push(next);
  return done;
}
