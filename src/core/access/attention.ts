/** What a guard must look at, by what it is about. */
export const ATTENTION_KINDS = [
  'lockOut',
  'emergency',
  /** Shown without colour and without a sound: the person may be watched, and so may the screen. */
  'duress',
  'antipassback',
  'lateReturn',
  'orderBreached',
  /** A lid was open, and is no longer. */
  'tamper',
  /** A door was forced, or stood open for too long, and does no longer. */
  'forced',
  'heldOpen',
  /** Somebody was not let in with an elevated reading, and no guard has decided it. */
  'elevated',
  /** Somebody waited for the guard, and nobody came. */
  'unanswered',
  /** A device that the gate needs went away or speaks nonsense. */
  'device',
  /** The log went back or was lost; rows of it were changed; a broker knows more than it holds. */
  'logReset',
  'logAltered',
  'logBehind',
] as const;

export type AttentionKind = (typeof ATTENTION_KINDS)[number];

/** These are told once and need nobody to come. */
const SILENT: ReadonlySet<AttentionKind> = new Set(['duress', 'antipassback', 'lateReturn', 'unanswered']);

/** Whether it sounds until somebody has seen it. */
export function isCall({ kind, over }: { readonly kind: AttentionKind; readonly over?: true }): boolean {
  return !SILENT.has(kind) && over !== true;
}
