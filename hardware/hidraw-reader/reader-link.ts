import type { GatepostError } from '../../src/core/errors.ts';
import type { DeviceLink } from '../../src/ports/device-link.ts';

/** The link of one reader: ends once, by itself, by close() or by the signal. */
export class ReaderLink implements DeviceLink {
  readonly closed: Promise<GatepostError | undefined>;
  readonly #free: () => Promise<void> | void;
  #settle: (error: GatepostError | undefined) => void = () => undefined;
  #ended = false;

  /** @param free frees the device; called once. */
  constructor(free: () => Promise<void> | void) {
    this.#free = free;
    this.closed = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  get ended(): boolean {
    return this.#ended;
  }

  endWith(signal: AbortSignal): void {
    const stop = (): void => this.end();
    signal.addEventListener('abort', stop, { once: true });
    void this.closed.then(() => signal.removeEventListener('abort', stop));
    if (signal.aborted) this.end();
  }

  end(error?: GatepostError): void {
    if (this.#ended) return;
    this.#ended = true;
    void Promise.resolve(this.#free()).then(() => this.#settle(error));
  }

  async close(): Promise<void> {
    this.end();
    await this.closed;
  }
}
