import { attributesOf, orderReasons } from '../../core/access/reasons.ts';
import type { AccessMark } from '../../core/decision/decision.ts';
import type { AccessData } from '../../core/events/event.ts';
import { hasFlag } from '../../core/pass/pass.ts';
import type { PassageRecord } from '../../core/passage/passage.ts';
import type { Clock } from '../../ports/clock.ts';
import type { DecisionLatency } from '../../ports/gate-state.ts';
import type { HolderRegister } from '../../ports/holder-register.ts';
import { type Attention, passageItem } from '../board/attention.ts';
import { type DecisionBoard, decisionView } from '../board/decision-board.ts';
import { findHolder } from '../board/holder-name.ts';
import { claimsOf, type PassageFacts } from './passage-facts.ts';

interface PassageBoardDeps {
  readonly clock: Clock;
  readonly board: DecisionBoard;
  readonly attention: Pick<Attention, 'raise'>;
  readonly holders: HolderRegister;
}

/** Shows the guard the rows of passages: in the list of decisions, and as items that need attention. */
export class PassageBoard {
  readonly #deps: PassageBoardDeps;

  constructor(deps: PassageBoardDeps) {
    this.#deps = deps;
  }

  /**
   * Shows a row of the log in the guard's list.
   * @param options.watched whether a contact reports that the person goes through
   * @param options.note the reason of the guard who decided it
   * @param options.outputMs when the lock was told to move, in milliseconds from the complete code
   */
  list(
    record: PassageRecord,
    data: AccessData,
    facts: PassageFacts,
    {
      watched,
      ...options
    }: {
      readonly watched: boolean;
      readonly note?: string | undefined;
      readonly outputMs?: number | undefined;
    },
  ): void {
    switch (record.name) {
      case 'access.granted':
        this.#add(data, facts, watched ? 'pending' : 'unknown', options);
        this.#callAttention(data, facts, facts.marks);
        return;
      case 'access.denied':
        this.#add(data, facts, 'none', options);
        this.#callAttention(
          data,
          facts,
          facts.marks.filter((mark) => mark === 'emergency'),
        );
        if (data.decidedBy === 'auto') this.#tellUndecided(data);
        return;
      case 'access.taken':
        this.#deps.board.settle(data.passage, 'taken');
        return;
      case 'access.nottaken':
        this.#deps.board.settle(data.passage, 'nottaken');
        return;
      case 'access.requested':
        this.#deps.board.refer(data);
        return;
    }
  }

  /** For a log that cannot be written: shows the guard the person and why nothing opened. */
  listUnrecorded(data: AccessData, facts: PassageFacts): void {
    const reasons = orderReasons([...data.reasons, 'gp:LogUnavailable']);
    const [reason = 'gp:LogUnavailable'] = reasons;
    this.#add({ ...data, decision: 'Denied', reason, reasons }, facts, 'none');
  }

  #add(
    data: AccessData,
    facts: PassageFacts,
    passageState: 'pending' | 'unknown' | 'none',
    { note, outputMs }: { note?: string | undefined; outputMs?: number | undefined } = {},
  ): void {
    const { board, clock, holders } = this.#deps;
    const { screening } = facts;
    const measurement =
      screening === undefined || screening.class === 'skipped' ? undefined : screening.measurement;
    board.add(
      decisionView(data, clock.read().wallMs, passageState, {
        label: claimsOf(facts)?.label,
        temperatureC: measurement?.objectC,
        contactC: facts.contactReading?.degreesC,
        holder: findHolder(holders, data.holderRef),
        note,
      }),
      {
        degreesKept: keepsDegrees(data),
        latency: latencyOf(data, measurement !== undefined, outputMs),
      },
    );
  }

  #callAttention(data: AccessData, facts: PassageFacts, marks: readonly AccessMark[]): void {
    const { attention, clock } = this.#deps;
    const claims = claimsOf(facts);
    const duress = claims !== undefined && hasFlag(claims, 'duress');
    for (const kind of [...marks, ...(duress ? (['duress'] as const) : [])]) {
      attention.raise(passageItem(kind, data, clock.read().wallMs));
    }
  }

  /** Raises an item for a person who was sent to the guard or waited for the guard without an answer. */
  #tellUndecided(data: AccessData): void {
    const { attention, clock } = this.#deps;
    const kind = data.reasons.map((reason) => attributesOf(reason).attention).find((told) => told !== '-');
    if (kind !== undefined) attention.raise(passageItem(kind, data, clock.read().wallMs));
  }
}

/** How long a decision of the gate itself took. */
function latencyOf(
  { decidedBy, latencyMs: decisionMs }: AccessData,
  measured: boolean,
  outputMs: number | undefined,
): DecisionLatency | undefined {
  if (decidedBy !== 'auto' || decisionMs === undefined) return undefined;
  return { decisionMs, measured, ...(outputMs === undefined ? {} : { outputMs }) };
}

/** Whether the row has all degrees that are shown. */
function keepsDegrees({ screening }: AccessData): boolean {
  return screening?.object !== undefined || screening?.contactReading?.degrees !== undefined;
}
