import { type GatepostError, isGatepostError } from '../../src/core/errors.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { CodeReader, CodeReaderEvent } from '../../src/ports/code-reader.ts';
import type { DeviceLink } from '../../src/ports/device-link.ts';
import type { SerialLink, SerialPorts } from '../../src/ports/serial-ports.ts';
import { ScanLine } from '../serial/scan-line.ts';
import { stopping } from '../serial/silence.ts';
import { CodeFramer } from './codec.ts';
import { Gm65Heartbeat, type SaveOwed, switchSetUpCodesOff } from './gm65-care.ts';
import { HEARTBEAT } from './gm65-codec.ts';
import { Gm65Commander } from './gm65-commander.ts';

/** A silence this long ends a code that has no line end (hardware/FACTS.md#serial-scanners). */
const DEFAULT_IDLE_MS = 80;

interface SerialCodeReaderDeps {
  readonly serialPorts: SerialPorts;
  readonly clock: Clock;
  readonly path: string;
  readonly baudRate: number;
  /** Silence that ends a code without a line end, in milliseconds. */
  readonly idleMs?: number;
  /** For modules of the GM65 family, which accept commands; if absent, nothing is ever written to the scanner. */
  readonly gm65?: { readonly disableSetUpCodes: boolean };
  readonly simulated: boolean;
}

/** A scanner that sends its codes over a serial line: CDC-ACM (USB virtual COM port) or UART. */
export class SerialCodeReader implements CodeReader {
  readonly driver = 'serial';
  readonly simulated: boolean;
  readonly #deps: SerialCodeReaderDeps;
  readonly #memory: SaveOwed = { saveOwed: false };

  constructor(deps: SerialCodeReaderDeps) {
    this.simulated = deps.simulated;
    this.#deps = deps;
  }

  /** An incomplete code is dropped when the link ends. */
  async open(onEvent: (event: CodeReaderEvent) => void, signal: AbortSignal): Promise<DeviceLink> {
    const { serialPorts, clock, path, baudRate, idleMs = DEFAULT_IDLE_MS, gm65 } = this.#deps;
    const scan = new ScanLine({ clock, idleMs, cutter: new CodeFramer(), onEvent });
    let receive = (bytes: Uint8Array): void => scan.receive(bytes);
    const link = await serialPorts.open({ path, baudRate }, (bytes) => receive(bytes), signal);
    const { closed, close } = stopping(link, scan);
    if (gm65 === undefined) return { closed, close };

    const commander = new Gm65Commander({
      clock,
      write: (bytes) => link.write(bytes),
      onCodeBytes: (bytes) => scan.receive(bytes),
    });
    receive = (bytes) => commander.receive(bytes);
    void link.closed.then(() => commander.stop());
    const lookAfter = async (): Promise<void> => {
      if (gm65.disableSetUpCodes)
        await switchSetUpCodesOff((command) => commander.send(command), this.#memory);
    };
    try {
      if (gm65.disableSetUpCodes) await lookAfter();
      else await commander.send(HEARTBEAT);
    } catch (error) {
      await close();
      throw error;
    }
    return { closed: watchHeartbeat(link, { commander, lookAfter, clock }), close };
  }
}

/** Ends the link when the module hangs. Resolves as `closed` of a link does. */
async function watchHeartbeat(
  link: SerialLink,
  module: { commander: Gm65Commander; lookAfter: () => Promise<void>; clock: Clock },
): Promise<GatepostError | undefined> {
  const { commander, lookAfter, clock } = module;
  let hang: GatepostError | undefined;
  const heartbeat = new Gm65Heartbeat({
    clock,
    send: (command) => commander.send(command),
    lookAfter,
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
