import type { ScannedCode } from '../../src/core/scan/scanned-code.ts';
import type { CodeReader, CodeReaderEvent } from '../../src/ports/code-reader.ts';
import type { DeviceLink } from '../../src/ports/device-link.ts';
import { CodeSilence } from '../serial/code-silence.ts';
import { stopping } from '../serial/silence.ts';
import { type HidrawDeps, openHidraw } from './hidraw.ts';
import { KeyboardCodes } from './keyboard-codes.ts';
import { chooseKeyboardReport } from './keyboard-report.ts';
import type { LayoutName } from './layouts.ts';

/** Ten times the slowest poll time that scanners offer. */
const DEFAULT_IDLE_MS = 100;

interface KeyboardCodeReaderOptions extends HidrawDeps {
  readonly layout: LayoutName;
  /** Silence that ends a code without Enter or Tab, in milliseconds. */
  readonly idleMs?: number;
  readonly simulated: boolean;
}

/** A scanner that plays keyboard, read below the input layer by hidraw. */
export class KeyboardCodeReader implements CodeReader {
  readonly driver = 'hid-keyboard';
  readonly simulated: boolean;
  readonly #options: KeyboardCodeReaderOptions;

  constructor(options: KeyboardCodeReaderOptions) {
    this.simulated = options.simulated;
    this.#options = options;
  }

  async open(onEvent: (event: CodeReaderEvent) => void, signal: AbortSignal): Promise<DeviceLink> {
    const { clock, layout, idleMs = DEFAULT_IDLE_MS } = this.#options;
    const codes = new KeyboardCodes(layout);
    let beganMs = 0;
    let lastKeyMs = 0;
    const silence = new CodeSilence({
      clock,
      idleMs,
      code: codes,
      onEnd: (how) => {
        const lengthBytes = codes.begun.length;
        const code = codes.flush();
        if (code === undefined) return;
        const told: ScannedCode =
          how === 'ended' ? code : { type: 'rejected', cause: 'incomplete', lengthBytes };
        onEvent({ ...told, beganMs, atMs: lastKeyMs });
      },
    });
    const link = await openHidraw({
      parts: this.#options,
      choose: (reports) => {
        const chosen = chooseKeyboardReport(reports);
        codes.readAs(chosen);
        return chosen;
      },
      onReport: (report, atMs) => {
        if (silence.stopped) return;
        lastKeyMs = atMs;
        if (!codes.pending) beganMs = atMs;
        for (const code of codes.push(report)) onEvent({ ...code, beganMs, atMs });
        silence.restart(codes.pending);
      },
      signal,
    });
    return stopping(link, silence);
  }
}
