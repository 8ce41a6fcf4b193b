import { LONGEST_CODE_LIFE_MS } from '../../core/pass/check-pass.ts';
import type { RecordsDoubt } from '../../core/policy/ledger.ts';
import type { UntrustedAnswer } from '../../core/policy/policy.ts';
import type { Clock } from '../../ports/clock.ts';
import type { RecordsOfThePast } from '../../ports/rule-store.ts';
import { type Attention, logItem } from '../board/attention.ts';
import { type OrderTable, overrideAt, type Planned, refused } from '../log/desk-records.ts';

interface RecordsTrustDeps {
  readonly records: RecordsOfThePast;
  readonly attention: Attention;
  readonly clock: Clock;
  /** Id of this kiosk, the subject of the events. */
  readonly gate: string;
  /** What the site does with a pass that depends on records that are not trusted. */
  readonly answer: UntrustedAnswer;
}

/**
 * Whether the gate believes its own records of earlier passages. After a log that was lost or went back it does not,
 * over restarts too, until a guard confirms them: a quota, a use or a phone code that was used up must not count as new
 * because somebody put an older copy in place.
 */
export class RecordsTrust {
  readonly #deps: RecordsTrustDeps;
  #isDoubted = false;
  #sinceMonotonicMs = 0;

  constructor(deps: RecordsTrustDeps) {
    this.#deps = deps;
  }

  /** To be called before the first decision. @throws GatepostError `log.unavailable` */
  restore(): void {
    const { records, clock } = this.#deps;
    const sinceMs = records.doubtedSinceMs();
    this.#sinceMonotonicMs = clock.read().monotonicMs;
    if (sinceMs !== undefined) this.#doubt(sinceMs);
  }

  /** It was proved while the gate runs that the log went back. The log keeps that over restarts. */
  doubtNow(): void {
    const { wallMs, monotonicMs } = this.#deps.clock.read();
    this.#sinceMonotonicMs = monotonicMs;
    this.#doubt(wallMs);
  }

  /**
   * Undefined while the records are trusted. Phone codes are trusted by themselves once every code that was shown before
   * this start is too old, which takes a clock that is trusted.
   */
  doubt(): RecordsDoubt | undefined {
    if (!this.#isDoubted) return undefined;
    const { monotonicMs, quality } = this.#deps.clock.read();
    const steps = quality === 'unsynced' || monotonicMs - this.#sinceMonotonicMs < LONGEST_CODE_LIFE_MS;
    return { answer: this.#deps.answer, steps };
  }

  #doubt(sinceMs: number): void {
    const { attention, gate, answer } = this.#deps;
    this.#isDoubted = true;
    if (answer !== 'allow') attention.raise(logItem('recordsUntrusted', gate, sinceMs));
  }

  readonly table: OrderTable<'confirm-records'> = {
    'confirm-records': ({ operator, note }): Planned => {
      const { gate, attention } = this.#deps;
      if (!this.#isDoubted) return refused('records_count', 'The records of earlier passages count already.');
      return {
        events: [overrideAt(gate, { operator, action: 'confirm-records', note })],
        effects: [{ kind: 'trustRecords' }],
        act: () => {
          this.#isDoubted = false;
          attention.recordsConfirmed(gate);
          return undefined;
        },
      };
    },
  };
}
