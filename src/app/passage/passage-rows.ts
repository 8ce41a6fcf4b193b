import type { AccessPointFacts } from '../../core/decision/decision.ts';
import type { AccessData } from '../../core/events/event.ts';
import type { PassageRecord } from '../../core/passage/passage.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Door } from '../door/door.ts';
import type { EventWriter } from '../log/event-writer.ts';
import { accessData, latencyMs } from './access-record.ts';
import type { PassageBoard } from './passage-board.ts';
import { effectsOf, eventsOf } from './passage-effects.ts';
import type { KnownPassage } from './passage-facts.ts';

export interface PassageRowsDeps {
  readonly accessPoint: AccessPointFacts;
  /** Whether degrees are recorded. */
  readonly recordDegrees: boolean;
  readonly door: Pick<Door, 'hasContact'>;
  readonly board: Pick<PassageBoard, 'list'>;
  /** Called when the number of people inside may have changed, with the pass that was shown. */
  readonly onCounted: (passId?: string) => void;
  readonly notes: EventWriter;
  readonly clock: Clock;
}

/** Records the passages at one place with their effects, and shows them to the guard afterwards. */
export class PassageRows {
  readonly #deps: PassageRowsDeps;
  #untold: (() => void)[] = [];
  /** When the lock was told to move for the passage that is told next, in milliseconds from its code. */
  #outputMs: number | undefined;

  constructor(deps: PassageRowsDeps) {
    this.#deps = deps;
  }

  dataOf(passage: KnownPassage, record: PassageRecord): AccessData {
    const { accessPoint, recordDegrees, clock } = this.#deps;
    return accessData(accessPoint, passage, record, { recordDegrees, clock });
  }

  /**
   * Writes one transaction. The guard's list and the counts are updated later, by tell(), so that the lock need not
   * wait for them.
   * @param noteOf the reason of the guard who decided about this person
   * @throws GatepostError `log.unavailable`
   */
  commit(passage: KnownPassage, record: PassageRecord, noteOf: () => string | undefined): void {
    const { accessPoint, notes, board, door, onCounted } = this.#deps;
    const { facts } = passage;
    const data = this.dataOf(passage, record);
    notes.write(eventsOf(facts, record, data), effectsOf(passage, record, accessPoint));
    const note = data.decidedBy === 'auto' ? undefined : noteOf();
    this.#untold.push(() => {
      board.list(record, data, facts, { watched: door.hasContact, note, outputMs: this.#outputMs });
      if (record.name === 'access.granted' || record.name === 'access.nottaken') onCounted(data.passId);
    });
  }

  /**
   * Records the refusal of a person who came during another person's passage. The same code may be shown again at once.
   */
  noteTurnedAway(passage: KnownPassage, record: Extract<PassageRecord, { name: 'access.denied' }>): void {
    const { accessPoint, notes, board } = this.#deps;
    const data = this.dataOf(passage, record);
    const unused = { ...passage, facts: { ...passage.facts, effects: [] } };
    notes.tryWrite(
      { name: record.name, subject: accessPoint.id, data },
      effectsOf(unused, record, accessPoint),
    );
    board.list(record, data, passage.facts, { watched: false });
  }

  /** The lock has been told to move for this passage. */
  released({ facts }: KnownPassage): void {
    this.#outputMs = latencyMs(facts, this.#deps.clock);
  }

  /** Shows the guard what was committed since the last call. */
  tell(): void {
    const untold = this.#untold;
    this.#untold = [];
    for (const tell of untold) tell();
    this.#outputMs = undefined;
  }
}
