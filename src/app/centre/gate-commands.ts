import { GatepostError } from '../../core/errors.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { GateState } from '../../ports/gate-state.ts';
import type { DeskAnswer } from '../../ports/guard-desk.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { Logger } from '../../ports/logger.ts';
import { refused } from '../log/desk-records.ts';
import type { CommandPlan, VerbTable } from './command-plans.ts';

/** How long a gate is shown, in seconds, if the command does not say. */
const IDENTIFY_S = 10;
/** How often it is looked whether the gate is free; the first look leaves time for the answer to the command. */
const LOOK_MS = 1_000;

interface GateCommandsDeps {
  /** Signs a checkpoint. @throws GatepostError as Checkpoints.order() */
  readonly signCheckpoint: (by: string) => Promise<unknown>;
  /** Asks for the signed lists, and tells every retained state again. */
  readonly resync: () => void;
  readonly state: Pick<GateState, 'identify'>;
  /** Whether somebody is on the way through, or waits for an answer. */
  readonly isBusy: () => boolean;
  /** Ends the program in order; undefined where nothing starts it again. */
  readonly restart: (() => void) | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The commands about the gate itself, which move nothing that people pass. */
export class GateCommands implements Lifecycle {
  readonly #deps: GateCommandsDeps;
  #nextLook: Cancel | undefined;

  constructor(deps: GateCommandsDeps) {
    this.#deps = deps;
  }

  readonly table: VerbTable<'checkpoint' | 'resync' | 'identify' | 'restart'> = {
    checkpoint: (_args, { operator }) => ({
      events: [],
      afterwards: () => this.#checkpoint(operator),
    }),
    resync: () => act(() => this.#deps.resync()),
    identify: ({ seconds = IDENTIFY_S }) => act(() => this.#deps.state.identify.tell({ seconds })),
    restart: () => {
      const { restart } = this.#deps;
      if (restart === undefined) return refused('no_such_place', 'Nothing here would start the gate again.');
      return act(() => this.#lookLater(restart));
    },
  };

  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
  }

  async stop(): Promise<void> {
    this.#nextLook?.();
    this.#nextLook = undefined;
  }

  async #checkpoint(by: string): Promise<DeskAnswer> {
    try {
      await this.#deps.signCheckpoint(by);
      return { status: 'done' };
    } catch (error) {
      if (!(error instanceof GatepostError)) throw error;
      return refused('not_recorded', error.message);
    }
  }

  /** Restarts as soon as nobody is under way. */
  #lookLater(restart: () => void): void {
    this.#nextLook ??= this.#deps.clock.schedule(LOOK_MS, () => {
      this.#nextLook = undefined;
      if (this.#deps.isBusy()) {
        this.#lookLater(restart);
        return;
      }
      this.#deps.logger.info({ part: 'commands' }, 'The centre has the gate restarted.');
      restart();
    });
  }
}

function act(work: () => void): CommandPlan {
  return {
    events: [],
    act: () => {
      work();
      return undefined;
    },
  };
}
