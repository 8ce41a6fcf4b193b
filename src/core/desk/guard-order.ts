import { z } from 'zod';
import {
  HOLDER_REF,
  ITEM_ID,
  LAST_MOMENT_MS,
  LONGEST_LABEL,
  LONGEST_NOTE,
  MOST_INSIDE,
  NAME,
  OWN_ID,
  PASS_ID,
} from '../access/bounds.ts';
import { DOOR_VERBS } from '../door/door-orders.ts';
import { ORDER_KINDS } from '../policy/standing-order.ts';
import { isVisible } from '../text/visible.ts';

/** Typed text of at most `max` characters, of which something is seen and nothing hides; shown inert everywhere. */
const typedText = (max: number) => z.string().trim().min(1).max(max).refine(isVisible);

const Name = z.string().regex(NAME);
const Note = typedText(LONGEST_NOTE);
const PassId = z.string().regex(PASS_ID);
const HolderRef = z.string().regex(HOLDER_REF);
const Subject = z.union([z.strictObject({ passId: PassId }), z.strictObject({ holderRef: HolderRef })]);
/** Unix milliseconds. */
const Moment = z.number().int().min(0).max(LAST_MOMENT_MS);
/**
 * The passage that the guard's page showed when the order was given; null where it showed nobody. An order for another
 * one than is under way is refused; without a name it is for whoever waits there.
 */
const PassageId = z.string().regex(OWN_ID).nullable().exactOptional();

const aboutPerson = { accessPoint: Name, passage: PassageId, note: Note };
const aboutHolder = { subject: Subject, note: Note };

/** All that a signed-in guard can order, by its name on the wire, and what each order says. */
const FIELDS = {
  /**
   * Lets one person through. `another`: one more, while the one of `passage` goes through already. `overrule`: the
   * guard has seen that the person of `passage` was refused, by whomever.
   */
  open: z.strictObject({
    ...aboutPerson,
    another: z.boolean().exactOptional(),
    overrule: z.boolean().exactOptional(),
  }),
  /** Turns away the person who waits for the guard. */
  refuse: z.strictObject(aboutPerson),
  /** Has the forehead of the person who waits measured once more. */
  measure: z.strictObject(aboutPerson),
  /** What called for attention was looked at and is over. */
  seen: z.strictObject({ id: z.string().regex(ITEM_ID) }),
  door: z.strictObject({ door: Name, verb: z.enum(DOOR_VERBS), note: Note }),
  /** Another policy level. */
  level: z.strictObject({ level: Name, note: Note }),
  /** Quarantine, health status or suspension from now or `fromMs` until `untilMs` or its end; `direction`: that one only. */
  order: z.strictObject({
    kind: z.enum(ORDER_KINDS),
    ...aboutHolder,
    fromMs: Moment.exactOptional(),
    untilMs: Moment.exactOptional(),
    direction: z.enum(['in', 'out']).exactOptional(),
  }),
  /** Ends a standing order that was given here; those of a signed list are the centre's. */
  'end-order': z.strictObject({ orderId: z.string().regex(OWN_ID), note: Note }),
  /** Counts the day's report of a household under observation. */
  report: z.strictObject({ holderRef: HolderRef, note: Note }),
  /** Lets anti-passback begin anew. */
  forgive: z.strictObject(aboutHolder),
  /** Lets the quota of a household begin anew, or quota and uses of a pass. */
  'give-back-quota': z.strictObject(aboutHolder),
  /** Says how many are inside. */
  occupancy: z.strictObject({ value: z.number().int().min(0).max(MOST_INSIDE), note: Note }),
  /** Ends the lock-out of an access point after too many unreadable codes. */
  'end-lock-out': z.strictObject({ accessPoint: Name, note: Note }),
  /** Writes a visitor down with the pass that was handed out. `label` stays on the kiosk. */
  visitor: z.strictObject({
    passId: PassId,
    label: typedText(LONGEST_LABEL),
    hostRef: HolderRef.exactOptional(),
    fromMs: Moment.exactOptional(),
    untilMs: Moment,
    note: Note,
  }),
  /** The host was asked and expects the visitor, who is judged anew where one waits. */
  'confirm-host': z.strictObject({ passId: PassId, passage: PassageId, note: Note }),
} as const;

export type OrderType = keyof typeof FIELDS;
export const ORDER_TYPES = Object.keys(FIELDS) as readonly OrderType[];

type OrderOf<T extends OrderType> = { readonly type: T } & Readonly<z.infer<(typeof FIELDS)[T]>>;

/** An order of the guard's desk, as the page sends it. */
export type GuardOrder = { [T in OrderType]: OrderOf<T> }[OrderType];

/** An order of one type with the operator who gives it. */
export type Given<T extends OrderType = OrderType> = Extract<GuardOrder, { type: T }> & {
  readonly operator: string;
};

/** The order that the fields say, or the names of those that are wrong; an order without any name is wrong as a whole. */
export function readOrder(
  type: OrderType,
  fields: unknown,
): { readonly order: GuardOrder } | { readonly wrong: readonly string[] } {
  const result = FIELDS[type].safeParse(fields);
  if (result.success) return { order: { type, ...result.data } as GuardOrder };
  return { wrong: [...new Set(result.error.issues.map(({ path }) => path.join('.')))] };
}
