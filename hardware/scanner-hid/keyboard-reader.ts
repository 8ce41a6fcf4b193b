import type { CodeReader, CodeReaderEvent } from '../../src/ports/code-reader.ts';
import type { DeviceLink } from '../../src/ports/device-link.ts';
import { ScanLine } from '../serial/scan-line.ts';
import { stopping } from '../serial/silence.ts';
import { type HidrawDeps, openHidraw } from './hidraw.ts';
import { KeyboardCodes } from './keyboard-codes.ts';
import { chooseKeyboardReport } from './keyboard-report.ts';
import type { LayoutName } from './layouts.ts';

/** Default silence that ends a code: ten times the slowest poll time of scanners. */
const DEFAULT_IDLE_MS = 100;

interface KeyboardCodeReaderDeps extends HidrawDeps {
  readonly layout: LayoutName;
  /** Silence that ends a code without Enter or Tab, in milliseconds. */
  readonly idleMs?: number;
  readonly simulated: boolean;
}

/** A scanner in keyboard mode, read below the input layer by hidraw. */
export class KeyboardCodeReader implements CodeReader {
  readonly driver = 'hid-keyboard';
  readonly simulated: boolean;
  readonly #deps: KeyboardCodeReaderDeps;

  constructor(deps: KeyboardCodeReaderDeps) {
    this.simulated = deps.simulated;
    this.#deps = deps;
  }

  async open(onEvent: (event: CodeReaderEvent) => void, signal: AbortSignal): Promise<DeviceLink> {
    const { clock, layout, idleMs = DEFAULT_IDLE_MS } = this.#deps;
    const codes = new KeyboardCodes(layout);
    const scan = new ScanLine({ clock, idleMs, cutter: codes, onEvent });
    const link = await openHidraw({
      deps: this.#deps,
      choose: (reports) => {
        const chosen = chooseKeyboardReport(reports);
        codes.readAs(chosen);
        return chosen;
      },
      onReport: (report, atMs) => scan.receive(report, atMs),
      signal,
    });
    return stopping(link, scan);
  }
}
