import { GatepostError } from '../../core/errors.ts';
import type { DeskPasses, PassPrinter, PrintAnswer } from '../../ports/desk-passes.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type {
  DotImage,
  PrinterLink,
  PrinterTrouble,
  Ticket,
  TicketPrinter,
} from '../../ports/ticket-printer.ts';
import { DeviceSupervisor, type SupervisorDeps } from '../devices/device-supervisor.ts';

/** Most slips at a time, the one that is printed among them: a guard prints for the one who stands there. */
const MOST_SLIPS = 3;

/** For the installer; the guard reads the page's own words. */
const DETAILS: Readonly<Record<PrinterTrouble, string>> = {
  paper: 'The receipt printer is out of paper. Put a new roll in.',
  cover: 'The cover of the receipt printer is open. Shut it.',
  fault: 'The receipt printer reports a fault, such as a stuck knife. Switch it off and on again.',
  silent:
    'The receipt printer does not answer. Check power, cable, path and speed; if it prints all the same, it cannot tell about itself: set printer.tellsStatus to false.',
};

interface PassPrintingDeps {
  readonly printer: TicketPrinter;
  readonly passes: DeskPasses;
  readonly supervision: SupervisorDeps;
}

/**
 * The receipt printer of the desk, kept open. It has no part in a passage: nothing waits for it, it keeps nothing, and
 * what becomes of it is shown, not written down.
 */
export class PassPrinting implements PassPrinter, Lifecycle {
  readonly #deps: PassPrintingDeps;
  readonly #supervisor: DeviceSupervisor;
  #link: PrinterLink | undefined;
  #slips = 0;

  constructor(deps: PassPrintingDeps) {
    this.#deps = deps;
    const { printer, supervision } = deps;
    const { driver, simulated } = printer;
    this.#supervisor = new DeviceSupervisor({
      device: { role: 'printer', driver, simulated, confirmedBy: 'data' },
      supervision,
      open: (signal) => this.#open(signal),
    });
  }

  get dots(): number {
    return this.#deps.printer.dots;
  }

  start(signal: AbortSignal): Promise<void> {
    return this.#supervisor.start(signal);
  }

  /** A slip that is printed now breaks off. */
  stop(): Promise<void> {
    return this.#supervisor.stop();
  }

  async print(passId: string, words: DotImage): Promise<PrintAnswer | undefined> {
    const pass = this.#deps.passes.passOf(passId);
    if (pass === undefined) return undefined;
    if (this.#slips >= MOST_SLIPS) return { status: 'failed', cause: 'busy' };
    this.#slips += 1;
    try {
      return await this.#print({ code: pass.text, words });
    } finally {
      this.#slips -= 1;
    }
  }

  async #open(signal: AbortSignal): Promise<PrinterLink> {
    const link = await this.#deps.printer.open((trouble) => this.#show(trouble), signal);
    this.#link = link;
    void link.closed.then(() => {
      if (this.#link === link) this.#link = undefined;
    });
    return link;
  }

  async #print(ticket: Ticket): Promise<PrintAnswer> {
    const link = this.#link;
    const outcome = (await link?.print(ticket)) ?? 'silent';
    if (outcome === 'printed' || outcome === 'sent') return { status: outcome };
    // What it has not taken is not waited for: a printer that comes back begins anew.
    if (outcome === 'silent' && link !== undefined && link === this.#link)
      this.#supervisor.reopen('printer_silent', new GatepostError('device.lost', DETAILS.silent));
    return { status: 'failed', cause: outcome };
  }

  #show(trouble: PrinterTrouble | undefined): void {
    if (trouble === undefined) this.#supervisor.confirm();
    else this.#supervisor.degrade(`printer_${trouble}`, DETAILS[trouble]);
  }
}
