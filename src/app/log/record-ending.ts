import type { LedgerNeeds } from '../../core/policy/ledger.ts';
import { siteDayAt } from '../../core/time/site-time.ts';
import type { RecordPurge } from '../../ports/retention.ts';
import type { EndingWork, RetentionSettings } from './retention.ts';

const DAY_MS = 86_400_000;
/** Free pages that are given back in one turn. */
const PAGES = 16;

/** The list of what calls for a guard. */
interface SeenByNobody {
  /** Ends items about passages, and others, that happened at or before these (Unix ms). Returns whether there were any. */
  end(cuts: { readonly passageMs: number; readonly otherMs: number }): boolean;
}

interface RecordEndingDeps {
  readonly records: RecordPurge;
  /** What no guard has seen yet. */
  readonly attention?: SeenByNobody;
  readonly settings: RetentionSettings;
  /** What the rules in force need of the ledger. */
  readonly needs: () => LedgerNeeds;
  /** IANA name. */
  readonly timeZone: string;
}

/** Ends records outside of the log: visits and other lines of registers, orders, used codes, sessions, what no guard has seen, passages that no rule needs. */
export class RecordEnding {
  readonly #deps: RecordEndingDeps;
  /** For what the ledger was last gone through; its cuts are whole days. */
  #ledgerDone = '';

  constructor(deps: RecordEndingDeps) {
    this.#deps = deps;
  }

  readonly work: EndingWork = (nowMs, rows) => this.#work(nowMs, rows);

  *#work(nowMs: number, rows: () => number): Generator<void, boolean, void> {
    const { records, attention, settings, timeZone } = this.#deps;
    const today = siteDayAt(nowMs, timeZone);
    const { visitMs, vehicleMs, deliveryMs, orderMs, operatorMs } = settings;
    const cuts = {
      nowMs,
      today,
      visitMs: nowMs - visitMs,
      vehicleMs: nowMs - vehicleMs,
      deliveryMs: nowMs - deliveryMs,
      orderMs: nowMs - orderMs,
      reportDay: today - Math.ceil(orderMs / DAY_MS),
      browserMs: nowMs - operatorMs,
    };
    let ended = false;
    const { accessMs } = settings;
    if (attention?.end({ passageMs: nowMs - accessMs, otherMs: nowMs - operatorMs }) === true) ended = true;
    for (let limit = rows(), most = limit; most >= limit; ) {
      limit = rows();
      most = records.purgeRecords(cuts, limit);
      ended ||= most > 0;
      yield;
    }
    if (yield* this.#ledger(nowMs, today, rows)) ended = true;
    while (records.shrink(PAGES)) yield;
    return ended;
  }

  *#ledger(nowMs: number, today: number, rows: () => number): Generator<void, boolean, void> {
    const { records, settings, needs } = this.#deps;
    const throughDay = today - Math.ceil(settings.accessMs / DAY_MS);
    const cut = { ...needs(), nowMs, today, throughDay };
    const what = `${throughDay} ${cut.quotaDays} ${cut.lastPassageMs}`;
    if (what === this.#ledgerDone) return false;
    let ended = false;
    for (let after: number | undefined = 0; after !== undefined; ) {
      const { through, count } = records.purgeLedger(after, cut, rows());
      after = through;
      ended ||= count > 0;
      yield;
    }
    this.#ledgerDone = what;
    return ended;
  }
}
