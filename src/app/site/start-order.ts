import { messageOf } from '../../core/errors.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { Logger } from '../../ports/logger.ts';

export interface NamedPart extends Lifecycle {
  readonly name: string;
}

/** Gives a part a name for the log. */
export function named(name: string, part: Lifecycle): NamedPart {
  return { name, start: (signal) => part.start(signal), stop: () => part.stop() };
}

/** Starts parts in their order and stops them in the opposite one. */
export class StartOrder implements Lifecycle {
  readonly #order: readonly NamedPart[];
  readonly #logger: Logger;
  #started: NamedPart[] = [];

  constructor(parts: readonly NamedPart[], logger: Logger) {
    this.#order = parts;
    this.#logger = logger;
  }

  /** If a part cannot start, the parts before it are stopped and its error is thrown. */
  async start(signal: AbortSignal): Promise<void> {
    if (this.#started.length > 0) return;
    try {
      for (const part of this.#order) {
        signal.throwIfAborted();
        this.#started.push(part);
        await part.start(signal);
      }
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** A part that cannot stop must not keep the others from stopping. */
  async stop(): Promise<void> {
    const parts = this.#started.reverse();
    this.#started = [];
    for (const part of parts) {
      try {
        await part.stop();
      } catch (error) {
        this.#logger.error({ part: part.name, err: error }, `${part.name} did not stop: ${messageOf(error)}`);
      }
    }
  }
}
