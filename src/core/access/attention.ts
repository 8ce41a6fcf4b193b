/** What a guard must look at, by subject. */
export const ATTENTION_KINDS = [
  'lockOut',
  'emergency',
  /** Shown without colour and without a sound: the person may be watched, and so may the screen. */
  'duress',
  'antipassback',
  'lateReturn',
  'orderBreached',
  /** A lid was open and is closed again. */
  'tamper',
  /** A door was forced, or stood open for too long, and is closed again. */
  'forced',
  'heldOpen',
  /** A person with an elevated reading was not let in, and no guard has decided about it. */
  'elevated',
  /** A person waited for the guard, and nobody came. */
  'unanswered',
  /** Somebody calls the guard. Over: nobody came. */
  'assist',
  /** A device that the gate needs is missing or sends nonsense. */
  'device',
  /** The log went back or was lost; rows of it were altered; a broker knows more events than it contains. */
  'logReset',
  'logAltered',
  'logBehind',
  /** The log went back, and no guard has confirmed since that its records of earlier passages count. */
  'recordsUntrusted',
  /** Somebody has asked at the gate for the data of a pass, or for its deletion, and nobody has answered. */
  'dataRequest',
  /** Somebody tries many passwords or set-up codes for the guard's screen. */
  'guessing',
  /** The centre has ordered something of the site that opens, and the gate asks the guard. */
  'siteOrder',
  /** By the schedule another level would hold, and the gate cannot take it. */
  'levelWaits',
] as const;

export type AttentionKind = (typeof ATTENTION_KINDS)[number];

/** These are reported once and need nobody to come. */
const SILENT: ReadonlySet<AttentionKind> = new Set([
  ...(['duress', 'antipassback', 'lateReturn', 'unanswered', 'dataRequest', 'levelWaits'] as const),
]);

/** Whether it sounds until a guard has seen it. */
export function isCall({ kind, over }: { readonly kind: AttentionKind; readonly over?: true }): boolean {
  return !SILENT.has(kind) && over !== true;
}
