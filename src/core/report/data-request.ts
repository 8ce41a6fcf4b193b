/** What somebody may ask for at the gate about the data of one pass. */
export const REQUEST_KINDS = ['export', 'erasure'] as const;
export type RequestKind = (typeof REQUEST_KINDS)[number];

/** What somebody presses at the resident's screen: begin and end the self service, or ask for one of these. */
export const SELF_SERVICE_ORDERS = ['begin', 'end', ...REQUEST_KINDS] as const;
export type SelfServiceOrder = (typeof SELF_SERVICE_ORDERS)[number];

/** What the office or a guard says to it. */
export const REQUEST_ANSWERS = ['confirmed', 'refused'] as const;
export type RequestAnswer = (typeof REQUEST_ANSWERS)[number];

/**
 * `open`: nobody has answered yet. `confirmed`: it will be done. `done`: the file was made, or the data erased. `lapsed`:
 * nobody has answered in time.
 */
export type RequestState = 'open' | RequestAnswer | 'done' | 'lapsed';

/** Open ones at one time, and answered ones that are kept at most. */
export const MOST_REQUESTS = { open: 50, answered: 500 } as const;

/** A request that somebody has made at the gate, without the pass. */
export interface DataRequest {
  /** What the person notes down; never used twice at a gate. */
  readonly number: number;
  readonly kind: RequestKind;
  readonly accessPoint: string;
  /** Unix milliseconds. */
  readonly askedMs: number;
  readonly state: RequestState;
  /** Who has answered it, and when. */
  readonly by?: string;
  readonly answeredMs?: number;
  /** Why, as the one who answered has typed it. */
  readonly note?: string;
}
