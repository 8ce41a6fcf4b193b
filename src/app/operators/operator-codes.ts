import { createHash } from 'node:crypto';
import { isGatepostError } from '../../core/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { CodeStore, KeptCode, OneTimeCodes, SecretBox } from '../../ports/operator-codes.ts';
import type { CodeAnswer, CodeDesk, CodeFault } from '../../ports/operator-desk.ts';
import type { OperatorStore } from '../../ports/operator-store.ts';
import { readCode, writtenCode } from './operator-credentials.ts';

/** Recovery codes of one account, on one sheet of paper. */
const RECOVERY_CODES = 10;
/** 80 bits: a digest of one tells nobody the code. */
const RECOVERY_BYTES = 10;
/** How long a new secret waits for its first code, in milliseconds on the monotonic clock. */
const ENROLMENT_MS = 10 * 60_000;
const SIX_DIGITS = /^\d{6}$/;

/** What makes one-time codes of accounts possible. */
export interface CodeTools {
  readonly store: CodeStore;
  readonly arithmetic: OneTimeCodes;
  readonly box: SecretBox;
}

interface OperatorCodesDeps extends CodeTools {
  readonly operators: OperatorStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly randomBytes: (count: number) => Uint8Array;
  /** Makes an event of a change at once. */
  readonly tell: () => void;
}

/** What a code was, once it was taken; it is never taken again. */
export type TakenCode = 'code' | 'recovery';

/**
 * One-time codes of accounts. A code counts for one step of 30 seconds, one before and one after by the kiosk's clock, and
 * once: what is not newer than the newest that was taken counts no more, also over restarts. So a clock that is set back
 * brings no code back that was used, and one that is wrong lets nobody in: its codes do not fit the phone's. Recovery codes
 * count whatever the clock says.
 */
export class OperatorCodes implements CodeDesk {
  readonly #deps: OperatorCodesDeps;
  /** New secrets without a first code, by account. */
  readonly #begun = new Map<string, { readonly secret: string; readonly endsMs: number }>();
  /** What was taken since the start, for a store that cannot be written. */
  readonly #steps = new Map<string, number>();
  readonly #spent = new Set<string>();
  /** Whether an account has one, as it was read last. */
  readonly #known = new Map<string, boolean>();

  constructor(deps: OperatorCodesDeps) {
    this.#deps = deps;
  }

  isOn(operator: string): boolean {
    try {
      this.#known.set(operator, this.#deps.store.find(operator) !== undefined);
    } catch (error) {
      if (!isGatepostError(error)) throw error;
    }
    return this.#known.get(operator) ?? false;
  }

  view(operator: string): { readonly on: boolean; readonly recovery: number } {
    const kept = this.#deps.store.find(operator);
    return { on: kept !== undefined, recovery: kept?.recovery.length ?? 0 };
  }

  begin(operator: string): { readonly secret: string; readonly uri: string } {
    const { arithmetic } = this.#deps;
    const nowMs = this.#deps.clock.read().monotonicMs;
    for (const [other, { endsMs }] of this.#begun) if (endsMs <= nowMs) this.#begun.delete(other);
    const secret = arithmetic.newSecret();
    this.#begun.set(operator, { secret, endsMs: nowMs + ENROLMENT_MS });
    return { secret, uri: arithmetic.enrolment(secret, operator) };
  }

  confirm({ operator, code }: { operator: string; code: string }): CodeAnswer {
    const { arithmetic, box, clock, operators, randomBytes, tell } = this.#deps;
    const now = clock.read();
    const begun = this.#begun.get(operator);
    if (begun === undefined || begun.endsMs <= now.monotonicMs) return refused('begin');
    const lastStep = arithmetic.stepOf(readCode(code), begun.secret, now.wallMs);
    if (lastStep === undefined) return refused(this.#fault() === 'clock' ? 'clock' : 'code');
    const recovery = Array.from({ length: RECOVERY_CODES }, () => writtenCode(randomBytes(RECOVERY_BYTES)));
    const digests = recovery.map((text) => digestOf(operator, readCode(text)));
    const kept: KeptCode = { sealed: box.seal(begun.secret, operator), lastStep, recovery: digests };
    operators.change({ operator, change: 'code-on', code: kept, by: operator }, now);
    this.#begun.delete(operator);
    this.#steps.set(operator, lastStep);
    tell();
    return { status: 'done', recovery };
  }

  remove(operator: string): void {
    const { operators, clock, tell, store } = this.#deps;
    if (store.find(operator) === undefined) return;
    operators.change({ operator, change: 'code-off', by: operator }, clock.read());
    tell();
  }

  /** Whether a text may be a one-time code: passwords are longer. */
  static isCode(typed: string): boolean {
    return SIX_DIGITS.test(typed.replace(/\s/g, ''));
  }

  /** Takes a one-time or recovery code of an account that has them; says why if it does not count. */
  take(operator: string, typed: string | undefined): TakenCode | CodeFault {
    const kept = this.#deps.store.find(operator);
    if (typed === undefined || typed.trim() === '' || kept === undefined) return 'missing';
    const code = readCode(typed);
    if (!SIX_DIGITS.test(code)) return this.#takeRecovery(operator, kept, code) ? 'recovery' : this.#fault();
    return this.#takeStep(operator, kept, code) ? 'code' : this.#fault();
  }

  #takeStep(operator: string, kept: KeptCode, code: string): boolean {
    const { arithmetic, box, store, clock } = this.#deps;
    const secret = box.open(kept.sealed, operator);
    const step = secret === undefined ? undefined : arithmetic.stepOf(code, secret, clock.read().wallMs);
    if (step === undefined || step <= Math.max(kept.lastStep, this.#steps.get(operator) ?? 0)) return false;
    if (!this.#written(operator, () => store.useStep(operator, step))) return false;
    this.#steps.set(operator, step);
    return true;
  }

  #takeRecovery(operator: string, kept: KeptCode, code: string): boolean {
    const digest = digestOf(operator, code);
    if (!kept.recovery.includes(digest) || this.#spent.has(digest)) return false;
    if (!this.#written(operator, () => this.#deps.store.useRecovery(operator, digest))) return false;
    this.#spent.add(digest);
    return true;
  }

  /**
   * While the store cannot be written a code counts all the same, once until the next start: whoever signs in sees what is
   * wrong, and no order is carried out.
   */
  #written(operator: string, take: () => boolean): boolean {
    try {
      return take();
    } catch (error) {
      if (!isGatepostError(error, 'log.unavailable')) throw error;
      const { logger } = this.#deps;
      logger.warn({ operator, code: error.code }, `A one-time code is not noted as used: ${error.message}`);
      return true;
    }
  }

  #fault(): 'wrong' | 'clock' {
    return this.#deps.clock.read().quality === 'unsynced' ? 'clock' : 'wrong';
  }
}

/** The name makes that two accounts never have the same digest. */
function digestOf(operator: string, code: string): string {
  return createHash('sha256').update(`${operator}\n${code}`).digest('hex');
}

const SENTENCES = {
  begin: 'Ten minutes are over, or none was begun. Begin again.',
  code: 'The code does not fit. Type the one that the phone shows now.',
  clock:
    'The code does not fit, and the clock of this kiosk is not believed at the moment. Set the clock first, then try again.',
} as const;

function refused(cause: keyof typeof SENTENCES): CodeAnswer {
  return { status: 'refused', cause, detail: SENTENCES[cause] };
}
