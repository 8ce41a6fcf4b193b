import type { Cancel, Clock } from '../../src/ports/clock.ts';
import type { CodeReader, CodeReaderEvent } from '../../src/ports/code-reader.ts';
import type { DeviceLink } from '../../src/ports/device-link.ts';
import type { SerialPorts } from '../../src/ports/serial-ports.ts';
import { CodeFramer, type FramedCode } from './codec.ts';

/** A silence this long ends a code that has no line end (hardware-facts 3.5: 50 to 100 ms). */
const DEFAULT_IDLE_MS = 80;

export interface SerialCodeReaderOptions {
  readonly serialPorts: SerialPorts;
  readonly clock: Clock;
  readonly path: string;
  readonly baudRate: number;
  /** Silence that ends a code without a line end, in milliseconds. */
  readonly idleMs?: number;
  readonly simulated: boolean;
}

/** A scanner that sends its codes over a serial line: CDC-ACM (USB virtual COM port) or UART. */
export class SerialCodeReader implements CodeReader {
  readonly driver = 'serial';
  readonly simulated: boolean;
  readonly #options: SerialCodeReaderOptions;

  constructor(options: SerialCodeReaderOptions) {
    this.simulated = options.simulated;
    this.#options = options;
  }

  /** A code that is under way when the link ends is dropped: half a code is no code. */
  async open(onEvent: (event: CodeReaderEvent) => void, signal: AbortSignal): Promise<DeviceLink> {
    const { serialPorts, path, baudRate } = this.#options;
    const scan = new ScanLine(this.#options, onEvent);
    const link = await serialPorts.open({ path, baudRate }, (bytes) => scan.receive(bytes), signal);
    void link.closed.then(() => scan.stop());
    return {
      closed: link.closed,
      close: () => {
        scan.stop();
        return link.close();
      },
    };
  }
}

/** One connection's codes and its silence timer. */
class ScanLine {
  readonly #framer = new CodeFramer();
  readonly #clock: Clock;
  readonly #idleMs: number;
  readonly #onEvent: (event: CodeReaderEvent) => void;
  #cancelIdle: Cancel | undefined;
  #lastByteMs = 0;
  #stopped = false;

  constructor(
    options: { readonly clock: Clock; readonly idleMs?: number },
    onEvent: (event: CodeReaderEvent) => void,
  ) {
    this.#clock = options.clock;
    this.#idleMs = options.idleMs ?? DEFAULT_IDLE_MS;
    this.#onEvent = onEvent;
  }

  receive(bytes: Uint8Array): void {
    if (this.#stopped) return;
    this.#lastByteMs = this.#clock.read().monotonicMs;
    this.#cancelIdle?.();
    this.#cancelIdle = undefined;
    for (const code of this.#framer.push(bytes)) this.#report(code);
    if (this.#framer.pending && !this.#stopped) {
      this.#cancelIdle = this.#clock.schedule(this.#idleMs, () => this.#silence());
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#cancelIdle?.();
    this.#cancelIdle = undefined;
  }

  #silence(): void {
    this.#cancelIdle = undefined;
    const code = this.#framer.flush();
    if (code !== undefined) this.#report(code);
  }

  #report(code: FramedCode): void {
    if (!this.#stopped) this.#onEvent({ ...code, atMs: this.#lastByteMs });
  }
}
