import type { Clock } from '../../src/ports/clock.ts';
import type { SerialPorts } from '../../src/ports/serial-ports.ts';
import type { PrinterLink, PrinterTrouble, TicketPrinter } from '../../src/ports/ticket-printer.ts';
import { type PrinterDebt, PrinterSession } from './session.ts';

/** Dots that fit on a roll, eight to the millimetre, by its width in millimetres. */
export const PAPER_DOTS = { 58: 384, 80: 576 } as const;

interface EscPosPrinterDeps {
  readonly driver: 'usb' | 'serial';
  /** Opens the path: `NodeSerialPorts`, `LpPorts`, or simulated ones. */
  readonly ports: SerialPorts;
  readonly clock: Clock;
  readonly path: string;
  /** Bits per second of a serial line. */
  readonly baudRate?: number;
  readonly widthMm: keyof typeof PAPER_DOTS;
  /** False: the printer answers nothing, so it is not asked. */
  readonly tellsStatus: boolean;
  readonly simulated: boolean;
}

/** Speed where none matters. */
const ANY_SPEED = 115_200;

/** A receipt printer that takes ESC/POS: on USB, or on a serial line. */
export class EscPosPrinter implements TicketPrinter {
  readonly driver: string;
  readonly simulated: boolean;
  readonly dots: number;
  readonly #deps: EscPosPrinterDeps;
  readonly #debt: PrinterDebt = { bytes: 0 };

  constructor(deps: EscPosPrinterDeps) {
    this.driver = deps.driver;
    this.simulated = deps.simulated;
    this.dots = PAPER_DOTS[deps.widthMm];
    this.#deps = deps;
  }

  async open(
    onStatus: (trouble: PrinterTrouble | undefined) => void,
    signal: AbortSignal,
  ): Promise<PrinterLink> {
    const { ports, clock, path, baudRate, tellsStatus } = this.#deps;
    let receive = (_bytes: Uint8Array): void => undefined;
    const link = await ports.open(
      { path, baudRate: baudRate ?? ANY_SPEED },
      (bytes) => receive(bytes),
      signal,
    );
    const { dots } = this;
    const debt = this.#debt;
    const session = new PrinterSession({ link, clock, dots, baudRate, tellsStatus, debt, onStatus });
    receive = (bytes) => session.receive(bytes);
    session.begin();
    return { closed: link.closed, close: () => link.close(), print: (ticket) => session.print(ticket) };
  }
}
