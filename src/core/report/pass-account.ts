/**
 * Of what there are how many, for whoever asks what is kept about a pass: rows that say it was let through, that it was
 * refused, further rows about these passages, what guards did about the pass; then lines of the tables beside the log.
 */
export const ACCOUNT_KINDS = [
  'granted',
  'denied',
  'details',
  'guard',
  'ledger',
  'visits',
  'orders',
  'codes',
  'musters',
] as const;
export type AccountKind = (typeof ACCOUNT_KINDS)[number];

/** A row of the log that bears the number of the pass. */
export interface PassRow {
  readonly name: string;
  /** Unix milliseconds. */
  readonly timeMs: number;
}

/** Lines about a pass beside the log: how many, and the latest moment that counts for their end (Unix milliseconds). */
export type LinesBeside = Readonly<
  Record<
    'ledger' | 'visits' | 'orders' | 'codes' | 'musters',
    { readonly count: number; readonly lastMs: number | null }
  >
>;

/** For how long what is kept, in milliseconds. */
export interface AccountTimes {
  readonly accessMs: number;
  readonly operatorMs: number;
  readonly visitMs: number;
  /** A list of who was inside, after its end. */
  readonly musterMs: number;
}

interface AccountLine {
  readonly kind: AccountKind;
  readonly count: number;
  /** When the last of them is gone, Unix milliseconds; undefined: when no rule needs it any more. */
  readonly untilMs: number | undefined;
}

export interface PassAccount {
  /** Rows of the log. */
  readonly rows: number;
  /** The oldest one; undefined if there is none. Unix milliseconds. */
  readonly sinceMs: number | undefined;
  /** Only kinds of which there is something, in a fixed order. */
  readonly lines: readonly AccountLine[];
}

/** For so long it is known which codes of phones were shown (config/contract/README.md#privacy). */
export const PHONE_CODES_MS = 86_400_000;

/** Adds up the rows of a pass. */
export class AccountTally {
  readonly #kinds = new Map<AccountKind, { count: number; lastMs: number }>();
  #rows = 0;
  #sinceMs: number | undefined;

  add({ name, timeMs }: PassRow): void {
    const kind = kindOf(name);
    const { count, lastMs } = this.#kinds.get(kind) ?? { count: 0, lastMs: timeMs };
    this.#kinds.set(kind, { count: count + 1, lastMs: Math.max(lastMs, timeMs) });
    this.#rows += 1;
    this.#sinceMs = Math.min(this.#sinceMs ?? timeMs, timeMs);
  }

  account(beside: LinesBeside, { accessMs, operatorMs, visitMs, musterMs }: AccountTimes): PassAccount {
    const untilOf = (kind: AccountKind, lastMs: number): number | undefined => {
      switch (kind) {
        case 'guard':
          return lastMs + operatorMs;
        case 'ledger':
        case 'orders':
          return undefined;
        case 'visits':
          return lastMs + visitMs;
        case 'codes':
          return lastMs + PHONE_CODES_MS;
        case 'musters':
          return lastMs + musterMs;
        default:
          return lastMs + accessMs;
      }
    };
    const found = new Map<AccountKind, { readonly count: number; readonly lastMs: number | null }>([
      ...this.#kinds,
      ...(Object.entries(beside) as [AccountKind, LinesBeside['ledger']][]),
    ]);
    const lines = ACCOUNT_KINDS.flatMap((kind): AccountLine[] => {
      const { count = 0, lastMs = null } = found.get(kind) ?? {};
      if (count === 0) return [];
      return [{ kind, count, untilMs: lastMs === null ? undefined : untilOf(kind, lastMs) }];
    });
    return { rows: this.#rows, sinceMs: this.#sinceMs, lines };
  }
}

/** A cry for help that was given with a pass is counted with everything else: whoever forced it may be looking on. */
function kindOf(name: string): AccountKind {
  if (name === 'access.granted') return 'granted';
  if (name === 'access.denied') return 'denied';
  return /^(access|credential|visitor|vehicle)\./.test(name) ? 'details' : 'guard';
}
