import { z } from 'zod';
import {
  ITEM_ID,
  LAST_MOMENT_MS,
  LONGEST_LABEL,
  LONGEST_NOTE,
  LONGEST_PHONE,
  LONGEST_PLATE,
  LONGEST_PURPOSE,
  LONGEST_UNIT,
  MOST_DESK_HOURS,
  MOST_DESK_USES,
  MOST_INSIDE,
  OWN_ID,
} from '../access/bounds.ts';
import { DIRECTIONS, GUARD_ANSWERS, SITE_ANSWERS } from '../access/vocabulary.ts';
import { MAX_UINT32 } from '../bundle/bundle.ts';
import { DOOR_VERBS } from '../door/door-orders.ts';
import { ORDER_KINDS } from '../policy/standing-order.ts';
import { REQUEST_ANSWERS } from '../report/data-request.ts';
import {
  CONTACT_MAX_C,
  CONTACT_METHODS,
  CONTACT_MIN_C,
  isContactDegrees,
} from '../screening/contact-reading.ts';
import { isVisible } from '../text/visible.ts';
import { HolderRef, Id, PassId } from './fields.ts';

/**
 * Typed text of at most `max` characters, with something visible and nothing hidden in it. Always shown as plain text.
 */
export const typedText = (max: number) => z.string().trim().min(1).max(max).refine(isVisible);

const Note = typedText(LONGEST_NOTE);
const Subject = z.union([z.strictObject({ passId: PassId }), z.strictObject({ holderRef: HolderRef })]);
/** Whoever or whatever left: a visitor by the pass, any other line of a register by its number. */
const Gone = z.union([
  z.strictObject({ passId: PassId }),
  z.strictObject({ line: z.string().regex(OWN_ID) }),
]);
/** What a register says beside the name. All of it stays on the kiosk. */
const aboutVisit = {
  unit: typedText(LONGEST_UNIT).exactOptional(),
  purpose: typedText(LONGEST_PURPOSE).exactOptional(),
};
/** Unix milliseconds. */
const UnixMs = z.number().int().min(0).max(LAST_MOMENT_MS);
/**
 * The passage that the guard's page showed when the order was given; null if it showed nobody. An order is refused if a
 * different passage is under way. Without this member it is for the person who waits there.
 */
const PassageId = z.string().regex(OWN_ID).nullable().exactOptional();

/** What a guard has read off a contact thermometer, °C with one digit behind the point. */
const ByContact = z.strictObject({
  method: z.enum(CONTACT_METHODS),
  degreesC: z.number().min(CONTACT_MIN_C).max(CONTACT_MAX_C).refine(isContactDegrees),
});
/** Number of a list, or of a line on it. */
const Numbered = z.number().int().min(1).max(MAX_UINT32);

const aboutPerson = { accessPoint: Id, passage: PassageId, note: Note };
const aboutHolder = { subject: Subject, note: Note };

/** What a guard orders, by its name on the wire, and what each order says. */
export const ORDERS = {
  /**
   * Lets one person through. `another`: a further person, while the one of `passage` already goes through. `overrule`:
   * the guard has seen that the person of `passage` was refused. `contactReading`: measured by hand just now.
   */
  open: z.strictObject({
    ...aboutPerson,
    another: z.boolean().exactOptional(),
    overrule: z.boolean().exactOptional(),
    contactReading: ByContact.exactOptional(),
  }),
  /** Turns away the person who waits for the guard. */
  refuse: z.strictObject(aboutPerson),
  /** Has the forehead of the person who waits measured once more. */
  measure: z.strictObject(aboutPerson),
  /** Notes what the guard has measured by hand of the person of this passage. It opens nothing. */
  'contact-reading': z.strictObject({
    accessPoint: Id,
    passage: z.string().regex(OWN_ID),
    contactReading: ByContact,
  }),
  /** Marks an item of the attention list as seen. */
  seen: z.strictObject({ id: z.string().regex(ITEM_ID) }),
  door: z.strictObject({ door: Id, verb: z.enum(DOOR_VERBS), note: Note }),
  /** Puts an access point back into service. */
  enable: z.strictObject({ accessPoint: Id, note: Note }),
  /** Takes an access point out of service: then it lets only emergencies through. */
  disable: z.strictObject({ accessPoint: Id, note: Note }),
  /** Another policy level. */
  level: z.strictObject({ level: Id, note: Note }),
  /** Gives the level back to the schedule. */
  'follow-schedule': z.strictObject({ note: Note }),
  /** Quarantine, health status or suspension from now or `fromMs` until `untilMs` or its end; `direction`: that one only. */
  order: z.strictObject({
    kind: z.enum(ORDER_KINDS),
    ...aboutHolder,
    fromMs: UnixMs.exactOptional(),
    untilMs: UnixMs.exactOptional(),
    direction: z.enum(DIRECTIONS).exactOptional(),
  }),
  /** Ends a standing order that was given here; those of a signed list are the centre's. */
  'end-order': z.strictObject({ orderId: z.string().regex(OWN_ID), note: Note }),
  /** Counts the day's report of a household under observation. */
  report: z.strictObject({ holderRef: HolderRef, note: Note }),
  /** Resets anti-passback. */
  forgive: z.strictObject(aboutHolder),
  /** Resets the quota of a household, or quota and uses of a pass. */
  'give-back-quota': z.strictObject(aboutHolder),
  /** Sets the number of people inside. */
  occupancy: z.strictObject({ value: z.number().int().min(0).max(MOST_INSIDE), note: Note }),
  /** What a guard says to an order of the centre for the whole site. */
  'site-order': z.strictObject({ answer: z.enum(SITE_ANSWERS), note: Note }),
  /** After the log went back: the records of earlier passages count again as they are. */
  'confirm-records': z.strictObject({ note: Note }),
  /** Ends the lock-out of an access point after too many unreadable codes. */
  'end-lock-out': z.strictObject({ accessPoint: Id, note: Note }),
  /** Answers somebody who calls the guard at an access point. The first answer counts. */
  'answer-assist': z.strictObject({ accessPoint: Id, answer: z.enum(GUARD_ANSWERS) }),
  /** Hands the shift over; the gate lists what is open. */
  'hand-over': z.strictObject({ note: Note }),
  /** Takes the shift, and with it what was handed over at `atMs`, as the page showed it; null if nothing was. */
  'take-over': z.strictObject({ atMs: UnixMs.nullable() }),
  /** Enters a visitor with the pass that was handed out. `label` stays on the kiosk. */
  visitor: z.strictObject({
    passId: PassId,
    label: typedText(LONGEST_LABEL),
    phone: typedText(LONGEST_PHONE).exactOptional(),
    ...aboutVisit,
    hostRef: HolderRef.exactOptional(),
    fromMs: UnixMs.exactOptional(),
    untilMs: UnixMs,
    note: Note,
  }),
  /**
   * Enters a visitor and makes the pass, with the kiosk's own key: good from now for so many hours, `uses` times in and as
   * often out. The answer names the pass, which the page fetches.
   */
  'visitor-pass': z.strictObject({
    label: typedText(LONGEST_LABEL),
    phone: typedText(LONGEST_PHONE).exactOptional(),
    ...aboutVisit,
    hostRef: HolderRef.exactOptional(),
    hostConfirmed: z.boolean(),
    hours: z.number().int().min(1).max(MOST_DESK_HOURS),
    uses: z.number().int().min(1).max(MOST_DESK_USES),
    note: Note,
  }),
  /** A pass that this desk has made is good no more. */
  'withdraw-pass': z.strictObject({ passId: PassId, note: Note }),
  /** The host was asked and expects the visitor. A visitor who waits is judged again. */
  'confirm-host': z.strictObject({ passId: PassId, passage: PassageId, note: Note }),
  /** Enters a vehicle that comes in; `label`: who drives it. */
  vehicle: z.strictObject({
    plate: typedText(LONGEST_PLATE),
    label: typedText(LONGEST_LABEL),
    ...aboutVisit,
  }),
  /** Enters a courier; `disinfected`: what was brought was disinfected. */
  delivery: z.strictObject({ label: typedText(LONGEST_LABEL), ...aboutVisit, disinfected: z.boolean() }),
  /** A visitor, a vehicle or a courier has left. */
  'note-left': z.strictObject({ subject: Gone }),
  /** Makes a list of everybody who is inside, as a fire alarm does. */
  'begin-muster': z.strictObject({ note: Note }),
  /** Ticks somebody on the list, or takes it back. */
  'tick-muster': z.strictObject({ muster: Numbered, line: Numbered, here: z.boolean() }),
  'end-muster': z.strictObject({ muster: Numbered, note: Note }),
  /** Signs off a day that is over. */
  'review-day': z.strictObject({ date: z.iso.date(), note: Note }),
  /** What the office says to a request about the data of a pass that was made at the gate. */
  'answer-request': z.strictObject({
    request: z.number().int().min(1).max(MAX_UINT32),
    answer: z.enum(REQUEST_ANSWERS),
    note: Note,
  }),
} as const;
