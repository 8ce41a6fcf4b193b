import type { AccessData, StoredEvent } from '../core/events/event.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { DecisionView, GuardFeed } from '../ports/guard-feed.ts';
import type { Holder, HolderRegister } from '../ports/holder-register.ts';
import { knownHolder } from './known-holder.ts';

/** Lines the guard's list holds. */
const BOARD_LINES = 50;
const BOARD_EVENTS = ['access.granted', 'access.denied', 'access.taken', 'access.nottaken'];

/** The guard's list of the last decisions, of all access points, newest first. */
export class DecisionBoard {
  readonly #feed: GuardFeed;
  #lines: readonly DecisionView[] = [];

  constructor(feed: GuardFeed) {
    this.#feed = feed;
  }

  /** Fills the list from the log, so that a restart does not empty the guard's screen. */
  restore(log: EventLog, holders: HolderRegister): void {
    const stored = [...log.recent(BOARD_EVENTS, BOARD_LINES * 2)].reverse();
    for (const event of stored) this.#restoreOne(event, holders);
    this.#publish();
  }

  add(line: DecisionView): void {
    this.#lines = [line, ...this.#lines].slice(0, BOARD_LINES);
    this.#publish();
  }

  /** Notes how a passage ended. */
  settle(passage: string, passageState: DecisionView['passageState']): void {
    this.#lines = this.#lines.map((line) => (line.passage === passage ? { ...line, passageState } : line));
    this.#publish();
  }

  #restoreOne(event: StoredEvent, holders: HolderRegister): void {
    const { data } = JSON.parse(new TextDecoder().decode(event.body)) as { data: AccessData };
    if (event.name === 'access.taken' || event.name === 'access.nottaken') {
      const passageState = event.name === 'access.taken' ? 'taken' : 'nottaken';
      this.#lines = this.#lines.map((line) =>
        line.passage === data.passage ? { ...line, passageState } : line,
      );
      return;
    }
    const line = decisionView(data, event.timeMs, event.name === 'access.granted' ? 'unknown' : 'none', {
      holder: knownHolder(holders, data.holderRef),
    });
    this.#lines = [line, ...this.#lines].slice(0, BOARD_LINES);
  }

  #publish(): void {
    this.#feed.publish('decisions', this.#lines);
  }
}

/** A line of the list from the data of an access.granted or access.denied event. */
export function decisionView(
  data: AccessData,
  timeMs: number,
  passageState: DecisionView['passageState'],
  live: { label?: string | undefined; temperatureC?: number | undefined; holder?: Holder | undefined } = {},
): DecisionView {
  const temperatureC = live.temperatureC ?? data.screening?.object;
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
          },
        }),
    decidedBy: data.decidedBy,
    ...(data.recognition === 'pt:REX' ? { recognition: data.recognition } : {}),
    passageState,
  };
}
