import { dataOf } from '../../core/events/envelope.ts';
import type { AccessData, StoredEvent } from '../../core/events/event.ts';
import type { DecisionView } from '../../ports/boards.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { DecisionLatency, DecisionMade, GateState } from '../../ports/gate-state.ts';
import type { Holder, HolderRegister } from '../../ports/holder-register.ts';
import { findHolder } from './holder-name.ts';

/** Number of lines in the guard's list. */
const BOARD_LINES = 50;
const BOARD_EVENTS = [
  'access.granted',
  'access.denied',
  'access.taken',
  'access.nottaken',
  'operator.override',
];

/** The guard's list of the last decisions, of all access points, newest first. */
export class DecisionBoard {
  readonly #state: Pick<GateState, 'decisions' | 'decided'>;
  #lines: readonly DecisionView[] = [];
  /**
   * Passages whose degrees are not stored and are shown only while the person stands there, with their access point.
   */
  readonly #passing = new Map<string, string>();

  constructor(state: Pick<GateState, 'decisions' | 'decided'>) {
    this.#state = state;
  }

  /** Fills the list from the log, so that a restart does not empty the guard's screen. */
  restore(log: EventLog, holders: HolderRegister): void {
    const stored = [...log.recent(BOARD_EVENTS, BOARD_LINES * 3)].reverse();
    const notes = new Map<string, string>();
    for (const event of stored) this.#restoreOne(event, holders, notes);
    this.#publish();
  }

  /** Adds a new decision. @param degreesKept whether the degrees are also stored in the log */
  add(
    line: DecisionView,
    { degreesKept = false, latency }: { degreesKept?: boolean; latency?: DecisionLatency | undefined } = {},
  ): void {
    if (hasDegrees(line) && !degreesKept) this.#passing.set(line.passage, line.accessPoint);
    this.#lines = [line, ...this.#lines].slice(0, BOARD_LINES);
    this.#publish();
    this.#tell(line, line.decision, latency);
  }

  /** A guard is asked about this person. */
  refer(about: Pick<DecisionView, 'passage' | 'accessPoint' | 'direction' | 'reason'>): void {
    this.#tell(about, 'Referred');
  }

  /**
   * Removes the degrees of a person who has left an access point. @param passage the passage under way there now, if
   * any
   */
  attends(accessPoint: string, passage: string | undefined): void {
    const left = [...this.#passing].filter(([id, place]) => place === accessPoint && id !== passage);
    if (left.length === 0) return;
    for (const [id] of left) this.#passing.delete(id);
    const gone = new Set(left.map(([id]) => id));
    this.#lines = this.#lines.map((line) => (gone.has(line.passage) ? withoutDegrees(line) : line));
    this.#publish();
  }

  /** Records how a passage ended. A refusal that a guard overruled stays a refusal. */
  settle(passage: string, passageState: DecisionView['passageState']): void {
    const at = this.#lines.findIndex((line) => line.passage === passage && line.decision === 'Granted');
    this.#lines = this.#lines.map((line, index) => (index === at ? { ...line, passageState } : line));
    this.#publish();
  }

  /** @param notes the guards' reasons so far, by passage */
  #restoreOne(event: StoredEvent, holders: HolderRegister, notes: Map<string, string>): void {
    if (event.name === 'operator.override') {
      const order = dataOf(event, event.name);
      const isDecision = order.action === 'open' || order.action === 'refuse';
      const { passage, note } = order;
      if (isDecision && passage !== undefined && note !== undefined) notes.set(passage, note);
      return;
    }
    const data = dataOf(event, 'access.granted');
    if (event.name === 'access.taken' || event.name === 'access.nottaken') {
      this.settle(data.passage, event.name === 'access.taken' ? 'taken' : 'nottaken');
      return;
    }
    const line = decisionView(data, event.timeMs, event.name === 'access.granted' ? 'unknown' : 'none', {
      holder: findHolder(holders, data.holderRef),
      note: data.decidedBy === 'auto' ? undefined : notes.get(data.passage),
    });
    this.#lines = [line, ...this.#lines].slice(0, BOARD_LINES);
  }

  #tell(
    { passage, accessPoint, direction, reason }: Parameters<DecisionBoard['refer']>[0],
    outcome: DecisionMade['outcome'],
    latency?: DecisionLatency,
  ): void {
    this.#state.decided.tell({
      passage,
      accessPoint,
      direction,
      outcome,
      ...(reason === undefined ? {} : { reason }),
      ...(latency === undefined ? {} : { latency }),
    });
  }

  #publish(): void {
    this.#state.decisions.set(this.#lines);
  }
}

function hasDegrees({ screening }: DecisionView): boolean {
  return screening?.temperatureC !== undefined || screening?.contactReading?.degreesC !== undefined;
}

function withoutDegrees({ screening, ...line }: DecisionView): DecisionView {
  if (screening === undefined) return line;
  const { temperatureC: _temperatureC, contactReading, ...rest } = screening;
  if (contactReading === undefined) return { ...line, screening: rest };
  const { degreesC: _degreesC, ...read } = contactReading;
  return { ...line, screening: { ...rest, contactReading: read } };
}

/** A line of the list from the data of an access.granted or access.denied event. */
export function decisionView(
  data: AccessData,
  timeMs: number,
  passageState: DecisionView['passageState'],
  live: {
    label?: string | undefined;
    temperatureC?: number | undefined;
    /** As the guard has read it by hand. */
    contactC?: number | undefined;
    holder?: Holder | undefined;
    note?: string | undefined;
  } = {},
): DecisionView {
  const temperatureC = live.temperatureC ?? data.screening?.object;
  const byHand = readByHand(data.screening?.contactReading, live.contactC);
  return {
    passage: data.passage,
    timeMs,
    accessPoint: data.accessPoint,
    direction: data.direction,
    decision: data.decision ?? 'Denied',
    ...(data.reason === undefined ? {} : { reason: data.reason }),
    reasons: data.reasons,
    ...(data.marks === undefined ? {} : { marks: data.marks }),
    ...(data.kind === undefined ? {} : { kind: data.kind }),
    ...(data.guest === undefined ? {} : { guest: data.guest }),
    ...(data.passId === undefined ? {} : { passId: data.passId }),
    ...(live.label === undefined ? {} : { label: live.label }),
    ...(data.holderRef === undefined ? {} : { holderRef: data.holderRef }),
    ...(live.holder === undefined ? {} : { holder: live.holder }),
    ...(data.screening === undefined
      ? {}
      : {
          screening: {
            outcome: data.screening.outcome,
            ...(data.screening.cause === undefined ? {} : { cause: data.screening.cause }),
            ...(temperatureC === undefined ? {} : { temperatureC }),
            ...(byHand === undefined ? {} : { contactReading: byHand }),
          },
        }),
    decidedBy: data.decidedBy,
    ...(live.note === undefined ? {} : { note: live.note }),
    ...(data.recognition === 'pt:REX' ? { recognition: data.recognition } : {}),
    passageState,
  };
}

function readByHand(
  reading: NonNullable<AccessData['screening']>['contactReading'],
  live: number | undefined,
): NonNullable<DecisionView['screening']>['contactReading'] {
  if (reading === undefined) return undefined;
  const { method, outcome, degrees: degreesC = live } = reading;
  return { method, outcome, ...(degreesC === undefined ? {} : { degreesC }) };
}
