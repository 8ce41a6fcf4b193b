import type { CodeReader, CodeReaderEvent } from '../../src/ports/code-reader.ts';
import type { DeviceLink } from '../../src/ports/device-link.ts';
import { Silence, stopping } from '../serial/silence.ts';
import { type HidrawDeps, openHidraw } from './hidraw.ts';
import { choosePosReport, PosCodes } from './pos-codes.ts';

/** Longest time to the next report of a code, which follows within a few poll times of at most 10 ms. */
const CONTINUATION_MS = 200;

interface PosCodeReaderDeps extends HidrawDeps {
  readonly simulated: boolean;
}

/** A scanner in HID-POS mode: bytes instead of keys, which no other program receives. */
export class PosCodeReader implements CodeReader {
  readonly driver = 'hid-pos';
  readonly simulated: boolean;
  readonly #deps: PosCodeReaderDeps;

  constructor(deps: PosCodeReaderDeps) {
    this.simulated = deps.simulated;
    this.#deps = deps;
  }

  async open(onEvent: (event: CodeReaderEvent) => void, signal: AbortSignal): Promise<DeviceLink> {
    const { clock } = this.#deps;
    const codes = new PosCodes();
    let beganMs = 0;
    let lastReportMs = 0;
    const silence = new Silence(clock, CONTINUATION_MS, () => {
      for (const code of codes.flush()) onEvent({ ...code, beganMs, atMs: lastReportMs });
    });
    const link = await openHidraw({
      deps: this.#deps,
      choose: choosePosReport,
      onReport: (report, atMs) => {
        if (silence.stopped) return;
        lastReportMs = atMs;
        if (!codes.pending) beganMs = atMs;
        for (const code of codes.push(report)) onEvent({ ...code, beganMs, atMs });
        silence.restart(codes.pending);
      },
      signal,
    });
    return stopping(link, silence);
  }
}
