import { beginsLikePass, isWholePass } from '../../src/core/scan/pass-form.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { Silence } from './silence.ts';

/** A pause up to this length in the middle of a pass still belongs to it. */
const PAUSE_MS = 500;

/** The part of a code that has arrived. */
export interface BegunCode {
  /** As characters. */
  readonly begun: string;
  /** Whether this scanner has ended a code by itself, with a line end. */
  readonly endsLines: boolean;
}

/**
 * Ends codes by silence. A scanner without line ends has sent a whole code when nothing follows for `idleMs`. But an
 * incomplete pass waits for its rest, and for a scanner that ends its codes itself silence ends none: the remainder
 * is dropped.
 */
export class CodeSilence {
  readonly #idle: Silence;
  readonly #pause: Silence;
  readonly #code: BegunCode;
  readonly #onEnd: (how: 'ended' | 'dropped') => void;

  constructor(deps: {
    readonly clock: Clock;
    readonly idleMs: number;
    readonly code: BegunCode;
    readonly onEnd: (how: 'ended' | 'dropped') => void;
  }) {
    const { clock, idleMs } = deps;
    this.#code = deps.code;
    this.#onEnd = deps.onEnd;
    this.#pause = new Silence(clock, Math.max(0, PAUSE_MS - idleMs), () => this.#end());
    this.#idle = new Silence(clock, idleMs, () => {
      const { begun } = this.#code;
      if (beginsLikePass(begun) && !isWholePass(begun)) this.#pause.restart(true);
      else this.#end();
    });
  }

  get stopped(): boolean {
    return this.#idle.stopped;
  }

  /** Restarts the wait if `waiting`, else ends it. */
  restart(waiting: boolean): void {
    this.#pause.restart(false);
    this.#idle.restart(waiting);
  }

  /** Stops it for good. Idempotent. */
  stop(): void {
    this.#pause.stop();
    this.#idle.stop();
  }

  #end(): void {
    const { begun, endsLines } = this.#code;
    this.#onEnd(endsLines && !isWholePass(begun) ? 'dropped' : 'ended');
  }
}
