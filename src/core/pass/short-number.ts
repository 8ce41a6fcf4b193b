/** Half of a pass id: enough to tell the passes of a site apart, and short enough to be read out and typed. */
const LENGTH = 8;

/** The number on a card, e.g. `7be3 357c`, from a pass id of 16 hex characters. */
export function shortNumberOf(passId: string): string {
  return `${passId.slice(0, LENGTH / 2)} ${passId.slice(LENGTH / 2, LENGTH)}`;
}

/**
 * The beginning of the pass ids that a typed number means; undefined for what is none. Blanks, hyphens and the width of
 * letters make no difference.
 */
export function passIdStart(typed: string): string | undefined {
  const plain = typed.normalize('NFKC').replace(/[\s-]/g, '').toLowerCase();
  return /^[0-9a-f]{8}$/.test(plain) ? plain : undefined;
}
