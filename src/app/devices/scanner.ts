import type { DeviceStatus } from '../../core/events/event.ts';
import type { Cancel, Standstills } from '../../ports/clock.ts';
import type { CodeReader, CodeReaderEvent } from '../../ports/code-reader.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import { DeviceSupervisor, type SupervisorDeps } from './device-supervisor.ts';
import { FreshReader } from './fresh-reader.ts';
import { ScannerAdvice } from './scanner-advice.ts';

/** Delay before dropped codes are recorded: old codes arrive together, and one row covers all of them. */
const TELL_AFTER_MS = 1_000;
const KEPT = 'scanner_kept';
const KEPT_DETAIL =
  'Codes came right after the scanner was connected, or after the program had stood still: they may be old, so nothing was opened. Ask whoever stands there to show the pass once more.';

interface ScannerDeps {
  readonly accessPoint: string;
  readonly reader: CodeReader;
  readonly supervision: SupervisorDeps;
  readonly standstills: Standstills;
  /** Takes a code that was shown just now. Returns false for noise, which says nothing about the scanner's setting. */
  readonly onEvent: (event: CodeReaderEvent) => boolean;
  readonly onChange: (status: DeviceStatus) => void;
}

/**
 * The scanner of an access point, kept open. Fresh codes are passed on. Codes that may be old are dropped and counted
 * for the guard, who is also told if the scanner is configured wrongly.
 */
export class Scanner implements Lifecycle {
  readonly #deps: ScannerDeps;
  readonly #advice: ScannerAdvice;
  /** Opens the device and reports its state. */
  readonly supervisor: DeviceSupervisor;
  #dropped = 0;
  #cancelTelling: Cancel | undefined;

  constructor(deps: ScannerDeps) {
    this.#deps = deps;
    const { accessPoint, supervision, standstills, onChange } = deps;
    const { clock } = supervision;
    const reader = new FreshReader({
      reader: deps.reader,
      clock,
      standstills,
      onDropped: () => this.#drop(),
    });
    this.supervisor = new DeviceSupervisor({
      device: {
        role: 'scanner',
        owner: accessPoint,
        driver: reader.driver,
        simulated: reader.simulated,
        confirmedBy: 'link',
        eventName: 'device.scanner',
      },
      supervision,
      open: (signal) => reader.open((event) => this.#onEvent(event), signal),
      onChange,
    });
    this.#advice = new ScannerAdvice({ driver: reader.driver, scanner: this.supervisor });
  }

  async start(signal: AbortSignal): Promise<void> {
    await this.supervisor.start(signal);
  }

  async stop(): Promise<void> {
    this.#tellDropped();
    await this.supervisor.stop();
  }

  #onEvent(event: CodeReaderEvent): void {
    // Advice comes after the code was handled, so that nobody waits for it.
    if (this.#deps.onEvent(event)) this.#advice.look(event);
  }

  #drop(): void {
    this.#dropped += 1;
    this.#cancelTelling ??= this.#deps.supervision.clock.schedule(TELL_AFTER_MS, () => this.#tellDropped());
  }

  /** Records how many codes were dropped since the last record. */
  #tellDropped(): void {
    this.#cancelTelling?.();
    this.#cancelTelling = undefined;
    if (this.#dropped === 0) return;
    const dropped = this.#dropped;
    this.#dropped = 0;
    const { logger } = this.#deps.supervision;
    logger.warn({ part: this.supervisor.id, cause: KEPT, dropped }, KEPT_DETAIL);
    this.supervisor.noteDropped(KEPT, KEPT_DETAIL, dropped);
  }
}
