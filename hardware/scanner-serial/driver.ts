import type { ScannedCode } from '../../src/core/access/scanned-code.ts';
import { type GatepostError, isGatepostError } from '../../src/core/errors.ts';
import type { Cancel, Clock } from '../../src/ports/clock.ts';
import type { CodeReader, CodeReaderEvent } from '../../src/ports/code-reader.ts';
import type { DeviceLink } from '../../src/ports/device-link.ts';
import type { SerialLink, SerialPorts } from '../../src/ports/serial-ports.ts';
import { CodeFramer } from './codec.ts';
import { Gm65Heartbeat, switchSetUpCodesOff } from './gm65-care.ts';
import { HEARTBEAT } from './gm65-codec.ts';
import { Gm65Commander } from './gm65-commander.ts';

/** A silence this long ends a code that has no line end (hardware-facts 3.5: 50 to 100 ms). */
const DEFAULT_IDLE_MS = 80;

export interface SerialCodeReaderOptions {
  readonly serialPorts: SerialPorts;
  readonly clock: Clock;
  readonly path: string;
  readonly baudRate: number;
  /** Silence that ends a code without a line end, in milliseconds. */
  readonly idleMs?: number;
  /** For modules of the GM65 family, which take commands; left out, nothing is ever written to the scanner. */
  readonly gm65?: { readonly disableSetUpCodes: boolean };
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
    const { serialPorts, clock, path, baudRate, gm65 } = this.#options;
    const scan = new ScanLine(this.#options, onEvent);
    let receive = (bytes: Uint8Array): void => scan.receive(bytes);
    const link = await serialPorts.open({ path, baudRate }, (bytes) => receive(bytes), signal);
    void link.closed.then(() => scan.stop());
    const close = (): Promise<void> => {
      scan.stop();
      return link.close();
    };
    if (gm65 === undefined) return { closed: link.closed, close };

    const commander = new Gm65Commander({
      clock,
      write: (bytes) => link.write(bytes),
      onCodeBytes: (bytes) => scan.receive(bytes),
    });
    receive = (bytes) => commander.receive(bytes);
    void link.closed.then(() => commander.stop());
    try {
      if (gm65.disableSetUpCodes) await switchSetUpCodesOff((command) => commander.send(command));
      else await commander.send(HEARTBEAT);
    } catch (error) {
      await close();
      throw error;
    }
    return { closed: watchHeartbeat(link, commander, clock), close };
  }
}

/** Ends the link when the module hangs. Resolves as `closed` of a link does. */
async function watchHeartbeat(
  link: SerialLink,
  commander: Gm65Commander,
  clock: Clock,
): Promise<GatepostError | undefined> {
  let hang: GatepostError | undefined;
  const heartbeat = new Gm65Heartbeat({
    clock,
    send: (command) => commander.send(command),
    onDead: (error) => {
      if (isGatepostError(error)) hang = error;
      void link.close();
    },
  });
  heartbeat.start();
  const ending = await link.closed;
  heartbeat.stop();
  return ending ?? hang;
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

  #report(code: ScannedCode): void {
    if (!this.#stopped) this.#onEvent({ ...code, atMs: this.#lastByteMs });
  }
}
