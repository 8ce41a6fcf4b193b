import { Silence } from '../serial/silence.ts';
import { type HidrawDeps, openHidraw } from './hidraw.ts';
import { meaningOf } from './key-meaning.ts';
import { chooseKeyboardReport, type KeyStroke, KeyStrokes } from './keyboard-report.ts';

const END_MS = 500;
/** Largest number of strokes of one scan; far more than the calibration code has. */
const STROKES_MAX = 256;

/**
 * Waits for one scan and returns its keystrokes without the one that ends it.
 * @throws GatepostError `device.*`; `signal` ends the waiting and returns what arrived so far
 */
export async function readStrokes(deps: HidrawDeps, signal: AbortSignal): Promise<readonly KeyStroke[]> {
  const ended = new AbortController();
  const strokes: KeyStroke[] = [];
  const keys = new KeyStrokes();
  const silence = new Silence(deps.clock, END_MS, () => ended.abort());
  const link = await openHidraw({
    deps,
    choose: (reports) => {
      const chosen = chooseKeyboardReport(reports);
      keys.readAs(chosen);
      return chosen;
    },
    onReport: (report) => {
      for (const stroke of keys.push(report) ?? []) {
        const meaning = meaningOf(stroke);
        if (meaning === 'end') ended.abort();
        else if (meaning !== 'none' && strokes.length < STROKES_MAX && !ended.signal.aborted)
          strokes.push(stroke);
      }
      silence.restart(strokes.length > 0);
    },
    signal: AbortSignal.any([signal, ended.signal]),
  });
  const failure = await link.closed;
  silence.stop();
  if (failure !== undefined) throw failure;
  return strokes;
}
