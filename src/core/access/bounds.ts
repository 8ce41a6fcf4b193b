/** Bounds that more than one place keeps: the pages that ask, the gate that checks, the drivers. Lengths in characters. */

/** Longest pulse of an output; enough for anybody. */
export const LONGEST_RELEASE_MS = 60_000;

/** Why an order is given: it goes into the log. */
export const LONGEST_NOTE = 200;
/** Who a visitor is, in the guard's words. */
export const LONGEST_LABEL = 60;
/** What a register says of somebody: a telephone number, the unit visited, why, a number plate. */
export const LONGEST_PHONE = 24;
export const LONGEST_UNIT = 30;
export const LONGEST_PURPOSE = 60;
export const LONGEST_PLATE = 16;
/** A visitor's pass that the desk makes: hours, and times in. */
export const MOST_DESK_HOURS = 72;
export const MOST_DESK_USES = 20;
/** What is drawn below the code of a printed pass: dots across, and down. */
export const MOST_PRINTED_DOTS = 576;
export const MOST_PRINTED_ROWS = 400;
/** A visit is for days, not for months. */
export const LONGEST_VISIT_MS = 31 * 86_400_000;
/** Minutes before and behind a time of the day that a search around it covers. */
export const MARGIN_MINUTES = [5, 15, 60] as const;
/** People inside. */
export const MOST_INSIDE = 100_000;
/** Unix milliseconds: the last before the year 10000. */
export const LAST_MOMENT_MS = 253_402_300_799_999;

/** An access point, a door or a level. */
export const NAME = /^[a-z0-9-]{1,32}$/;
/** The number of a pass (cti), hex. */
export const PASS_ID = /^[0-9a-f]{16}$/;
/** The pseudonym of a household or person, hex. */
export const HOLDER_REF = /^[0-9a-f]{12}$/;
/** What the gate itself has given a number: a passage, a standing order. */
export const OWN_ID = /^[\w-]{1,64}$/;
/** An item that calls for the guard: its kind, and the passage, access point or door it is about. */
export const ITEM_ID = /^[A-Za-z-]{1,30}:[\w-]{1,64}$/;
