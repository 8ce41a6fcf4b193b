import { readdirSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it } from 'vitest';
import { VirtualClock } from '../support/clock/virtual-clock.ts';
import { policy } from '../support/gate/policy-samples.ts';
import { RuleGate } from '../support/gate/rule-gate.ts';
import { temporaryFolder } from '../support/store/store-folder.ts';

const HOUR_MS = 3_600_000;
/** A few passages of the hour in which everything has been used once already. */
const SLACK_BYTES = 1024 * 1024;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heapBytes(): number {
  collectGarbage();
  collectGarbage();
  return process.memoryUsage().heapUsed;
}

function openFiles(): number {
  return readdirSync('/proc/self/fd').length;
}

describe('a day of traffic', () => {
  let gate: RuleGate;
  afterEach(() => gate.stop());

  /** People of many households come and go, some are refused, some turn round at the door. */
  async function hours(count: number, everyMs: number): Promise<void> {
    const from = gate.clock.read().wallMs;
    for (let person = 0; gate.clock.read().wallMs < from + count * HOUR_MS; person++) {
      const passId = (person % 500).toString(16).padStart(16, '0');
      const holderRef = (person % 200).toString(16).padStart(12, '0');
      const direction = person % 2 === 0 ? 'out' : 'in';
      if (person % 11 === 0) gate.show(direction, `not a pass ${person}`);
      else if (person % 7 === 0) await gate.staysBack(direction, { passId, holderRef });
      else await gate.goes(direction, { passId, holderRef });
      await gate.pass(everyMs);
      gate.logger.lines.length = 0;
    }
  }

  it.each([
    { title: 'of passes alone, 24 hours', thermometer: false, warmUp: 2, rest: 22, everyMs: 90_000 },
    {
      title: 'with a thermometer that sends ten times a second',
      thermometer: true,
      warmUp: 2,
      rest: 6,
      everyMs: 60_000,
    },
  ])(
    'leaves memory, files and timers as they were: $title',
    async ({ thermometer, warmUp, rest, everyMs }) => {
      gate = await RuleGate.start(temporaryFolder(), new VirtualClock(), policy(), { thermometer });
      await hours(warmUp, everyMs);
      const before = { heap: heapBytes(), files: openFiles(), timers: gate.clock.pendingTimers() };
      await hours(rest, everyMs);
      await gate.pass(60_000);
      expect(openFiles()).toBe(before.files);
      expect(gate.clock.pendingTimers()).toBeLessThanOrEqual(before.timers + 2);
      expect(heapBytes() - before.heap).toBeLessThan(SLACK_BYTES);
      expect(gate.data('access.granted').length).toBeGreaterThan(100);
    },
  );
});
