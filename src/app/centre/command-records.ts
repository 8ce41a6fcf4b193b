import type { ListedKey } from '../../core/bundle/trust-content.ts';
import type { Command } from '../../core/command/command.ts';
import type { CommandAnswer, CommandOutcome, ReplayReport } from '../../core/contract/commands.ts';
import type { Value } from '../../core/contract/fields.ts';
import type { Effect } from '../../core/decision/effect.ts';
import { toHex } from '../../core/encoding/hex.ts';
import { isGatepostError } from '../../core/errors.ts';
import type { EventDataByName } from '../../core/events/event.ts';
import { keyIdOf } from '../../core/pass/read-pass.ts';
import type { Clock } from '../../ports/clock.ts';
import type { CommandBook } from '../../ports/command-book.ts';
import type { GateState } from '../../ports/gate-state.ts';
import type { DeskRecords } from '../log/desk-records.ts';
import type { EventWriter, UndatedEvent } from '../log/event-writer.ts';
import type { CommandEnd, CommandPlan } from './command-plans.ts';

type ResultData = EventDataByName['command.result'];

/** What became of a command, with the number of its event if it has one of its own. */
export type RecordedOutcome = CommandOutcome & {
  readonly sequence?: number;
  readonly replay?: ReplayReport;
};

interface CommandRecordsDeps {
  readonly book: CommandBook;
  readonly notes: EventWriter;
  readonly records: DeskRecords;
  readonly keys: () => readonly ListedKey[];
  readonly state: Pick<GateState, 'commands'>;
  readonly clock: Clock;
  /** Id of this kiosk, the subject of the events. */
  readonly gate: string;
}

/**
 * What commands leave behind: their event, and the counter that they use up, in one transaction and before anything is
 * done.
 */
export class CommandRecords {
  readonly #deps: CommandRecordsDeps;
  /** By public key, hex: also what could not be written, so that nothing acts twice in this run. */
  readonly #used = new Map<string, number>();

  constructor(deps: CommandRecordsDeps) {
    this.#deps = deps;
  }

  /** @throws GatepostError `log.unavailable` */
  readonly lastCounter = ({ publicKey }: Pick<ListedKey, 'publicKey'>): number => {
    const key = toHex(publicKey);
    return Math.max(this.#used.get(key) ?? 0, this.#deps.book.counterOf(key));
  };

  /**
   * Unix milliseconds; what was signed before is no command. Where no clock could be believed since the log began, it is
   * from now on, if one can be believed now.
   * @throws GatepostError `log.unavailable`
   */
  goodFromMs(): number | undefined {
    const { book, clock, notes } = this.#deps;
    const known = book.goodFromMs();
    const { wallMs, quality } = clock.read();
    if (known !== undefined || quality === 'unsynced') return known;
    notes.write([], [{ kind: 'commandsFrom', fromMs: wallMs }], { usesReserve: true });
    return wallMs;
  }

  /** Records a command that is refused before anything is asked of the gate. */
  refuse(outcome: CommandOutcome, signers: readonly ListedKey[]): RecordedOutcome {
    this.#deps.notes.tryWrite(this.#event(outcome, signers));
    return outcome;
  }

  /**
   * Uses the command up, and does what is planned once both are on disk.
   * @param tell called with answers before the last one
   */
  async carryOut(
    { verb, counter }: Command,
    signers: readonly ListedKey[],
    plan: CommandPlan,
    tell: (progress: Value<typeof CommandAnswer>) => void,
  ): Promise<RecordedOutcome> {
    const { records } = this.#deps;
    const effects = signers.map(({ publicKey }): Effect => {
      return { kind: 'useCommand', key: toHex(publicKey), counter };
    });
    for (const { publicKey } of signers) this.#used.set(toHex(publicKey), counter);
    const said = { verb, counter };
    let sequence: number | undefined;
    const outcome = (answer: CommandEnd, whenRefused: 'refused' | 'failed'): RecordedOutcome => ({
      ...said,
      ...outcomeOf(answer, whenRefused),
      ...(sequence === undefined ? {} : { sequence }),
      ...(answer.replay === undefined ? {} : { replay: answer.replay }),
    });
    if ('status' in plan) {
      const refusal = outcome(plan, 'refused');
      const answer = records.carryOut({
        events: [this.#event(refusal, signers)],
        effects,
        shuts: true,
        act: ([row]) => {
          sequence = row?.sequence;
          return undefined;
        },
      });
      this.publish();
      return outcome(answer.status === 'done' ? plan : answer, 'refused');
    }
    const done = { ...said, result: 'done' } as const;
    const answer = records.carryOut({
      ...plan,
      events: [this.#event(done, signers), ...plan.events],
      effects: [...effects, ...(plan.effects ?? [])],
      act: (rows) => {
        sequence = rows[0]?.sequence;
        this.publish();
        return plan.act?.(rows);
      },
    });
    const progress = (replay: ReplayReport): void => {
      tell({ ...said, result: 'running', ...(sequence === undefined ? {} : { sequence }), replay });
    };
    const isRecorded = sequence !== undefined || plan.shuts === true;
    const last = answer.status === 'done' ? ((await plan.afterwards?.(progress)) ?? answer) : answer;
    const end = outcome(last, isRecorded ? 'failed' : 'refused');
    if (end.result === 'failed') this.#deps.notes.tryWrite(this.#event(end, signers));
    return end;
  }

  /** Tells the last counter of each key that may sign commands. */
  publish(): void {
    const { keys, state } = this.#deps;
    const counters: Record<string, number> = {};
    for (const key of keys().filter(({ use, status }) => use === 'command' && status === 'active')) {
      const counter = this.#tellable(key);
      const keyId = keyIdOf(key.publicKey);
      if (counter > 0) counters[keyId] = Math.max(counter, counters[keyId] ?? 0);
    }
    state.commands.set(counters);
  }

  /** 0 where the log cannot be read. */
  #tellable(key: ListedKey): number {
    try {
      return this.lastCounter(key);
    } catch (error) {
      if (!isGatepostError(error, 'log.unavailable')) throw error;
      return 0;
    }
  }

  #event(
    { verb, counter, result, reason, detail }: CommandOutcome,
    signers: readonly ListedKey[],
  ): UndatedEvent {
    const [key, secondKey] = signers.map(({ publicKey }) => keyIdOf(publicKey));
    const data: ResultData = {
      ...(verb === undefined ? {} : { verb }),
      ...(key === undefined ? {} : { key }),
      ...(secondKey === undefined ? {} : { secondKey }),
      ...(counter === undefined ? {} : { counter }),
      result,
      ...(reason === undefined ? {} : { reason }),
      ...(detail === undefined ? {} : { detail }),
    };
    return { name: 'command.result', subject: this.#deps.gate, data };
  }
}

function outcomeOf(
  answer: CommandEnd,
  whenRefused: 'refused' | 'failed',
): Pick<CommandOutcome, 'result' | 'reason' | 'detail'> {
  if (answer.status === 'done') return { result: 'done' };
  return { result: whenRefused, reason: answer.cause ?? 'already_done', detail: answer.detail };
}
