import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { TimeQuality } from '../../../src/core/access/vocabulary.ts';
import {
  type ClockState,
  confirmClock,
  type KeptTime,
  lookAt,
  OUTAGE_MS,
  SETTLE_MS,
  startClock,
} from '../../../src/core/time/wall-clock.ts';

const NOW = Date.UTC(2026, 10, 28, 12);
const LATEST = Date.UTC(2036, 10, 28);
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOTHING: KeptTime = { floorMs: 0, vouchedMs: 0 };

/** A gate's clock on a machine whose clocks the test holds; it is looked at every five seconds. */
class Gate {
  systemMs = NOW;
  monotonicMs = 0;
  quality: TimeQuality;
  state: ClockState;

  constructor(kept: KeptTime = NOTHING, quality: TimeQuality = 'synced', systemMs = NOW) {
    this.quality = quality;
    this.systemMs = systemMs;
    this.state = startClock(kept, this.#look(), LATEST);
  }

  runs(ms: number): this {
    for (let left = ms; left > 0; left -= 5 * SECOND) {
      const step = Math.min(left, 5 * SECOND);
      this.systemMs += step;
      this.monotonicMs += step;
      this.#see();
    }
    return this;
  }

  jumps(ms: number): this {
    this.systemMs += ms;
    this.#see();
    return this;
  }

  /** What would be kept, as restart() or a power cut finds it. */
  get kept(): KeptTime {
    const { floorMs, vouchedMs } = this.state;
    return { floorMs: Math.floor(floorMs), vouchedMs: Math.floor(vouchedMs) };
  }

  confirms(): this {
    const kept = { floorMs: this.systemMs, vouchedMs: this.systemMs };
    this.state = confirmClock(kept, this.#look(), LATEST);
    return this;
  }

  #see(): void {
    this.state = lookAt(this.state, this.#look(), LATEST);
  }

  #look() {
    const { systemMs, monotonicMs, quality } = this;
    return { systemMs, monotonicMs, quality, askedMs: monotonicMs };
  }
}

const reading = ({ state }: Gate) => [Math.floor(state.wallMs), state.quality];

describe('a jump ahead while the gate runs', () => {
  it.each<[string, TimeQuality, number, TimeQuality]>([
    ['ten years, in step', 'synced', 9 * 365 * DAY, 'unsynced'],
    ['ten years, by its battery', 'holdover', 9 * 365 * DAY, 'unsynced'],
    ['32 days, in step', 'synced', 32 * DAY, 'unsynced'],
    ['30 days, in step', 'synced', 30 * DAY, 'synced'],
    ['30 days, by its battery', 'holdover', 30 * DAY, 'unsynced'],
    ['three minutes, by its battery', 'holdover', 3 * MINUTE, 'unsynced'],
    ['beyond the last moment, in step', 'synced', 20 * 365 * DAY, 'unsynced'],
  ])('of %s', (_name, quality, jump, expected) => {
    const gate = new Gate(NOTHING, quality).runs(HOUR);
    gate.jumps(jump);
    expect(gate.state.quality).toBe(expected);
    const follows = expected === 'synced';
    expect(gate.state.wallMs).toBe(NOW + HOUR + (follows ? jump : 0));
    // After 70 seconds it is right again, and nothing of it was kept.
    gate.runs(70 * SECOND).jumps(-jump);
    expect(reading(gate)).toEqual([NOW + HOUR + 70 * SECOND, quality]);
    expect(reading(new Gate(gate.kept, quality, gate.systemMs))).toEqual([gate.systemMs, quality]);
  });

  it('is believed after 15 minutes in step, and only then kept', () => {
    const gate = new Gate().runs(HOUR).jumps(60 * DAY);
    gate.runs(SETTLE_MS - 5 * SECOND);
    expect(reading(gate)).toEqual([NOW + HOUR + SETTLE_MS - 5 * SECOND, 'unsynced']);
    expect(gate.kept.floorMs).toBeLessThan(NOW + DAY);
    gate.runs(5 * SECOND);
    expect(reading(gate)).toEqual([gate.systemMs, 'synced']);
    expect(gate.kept).toEqual({ floorMs: gate.systemMs, vouchedMs: gate.systemMs });
  });

  it('begins its 15 minutes anew whenever the clock falls out of step or jumps', () => {
    const gate = new Gate()
      .runs(HOUR)
      .jumps(60 * DAY)
      .runs(10 * MINUTE);
    gate.quality = 'holdover';
    gate.runs(5 * SECOND);
    gate.quality = 'synced';
    gate
      .runs(10 * MINUTE)
      .jumps(DAY)
      .runs(10 * MINUTE);
    expect(gate.state.quality).toBe('unsynced');
    expect(gate.runs(5 * MINUTE).state.quality).toBe('synced');
  });

  it('that is believed at once is kept after 15 minutes', () => {
    const gate = new Gate()
      .runs(HOUR)
      .jumps(20 * DAY)
      .runs(SETTLE_MS - 5 * SECOND);
    expect(gate.state.quality).toBe('synced');
    expect(gate.kept.floorMs).toBeLessThan(NOW + DAY);
    expect(gate.kept.vouchedMs).toBeLessThan(NOW + DAY);
    expect(gate.runs(10 * SECOND).kept.vouchedMs).toBe(gate.systemMs);
  });

  it('cannot be made of small steps', () => {
    for (const quality of ['synced', 'holdover'] as const) {
      const gate = new Gate(NOTHING, quality).runs(HOUR);
      for (let step = 0; step < 5_000; step++) gate.jumps(110 * SECOND).runs(5 * SECOND);
      expect(gate.state.wallMs).toBeLessThanOrEqual(gate.state.floorMs + OUTAGE_MS + 2 * MINUTE);
      expect(gate.kept.floorMs).toBeLessThan(NOW + DAY);
    }
  });
});

describe('a clock that is set back', () => {
  it.each<[TimeQuality, number]>([
    ['synced', HOUR],
    ['holdover', HOUR],
    ['holdover', 3 * MINUTE],
    ['synced', 400 * DAY],
  ])('%s, by %i ms, is not followed', (quality, back) => {
    const gate = new Gate(NOTHING, quality).runs(HOUR).jumps(-back).runs(HOUR);
    expect(reading(gate)).toEqual([NOW + 2 * HOUR, 'unsynced']);
    expect(reading(new Gate(gate.kept, quality, gate.systemMs))[1]).toBe('unsynced');
    expect(gate.jumps(back).state.quality).toBe(quality);
  });

  it('by two minutes stands still until time catches up', () => {
    for (const quality of ['synced', 'holdover'] as const) {
      const gate = new Gate(NOTHING, quality)
        .runs(HOUR)
        .jumps(-2 * MINUTE)
        .runs(MINUTE);
      expect(reading(gate)).toEqual([NOW + HOUR, quality]);
      expect(reading(gate.runs(2 * MINUTE))).toEqual([NOW + HOUR + MINUTE, quality]);
    }
  });

  it('by what a crystal drifts in months without a time service is a correction', () => {
    const gate = new Gate(NOTHING, 'synced').runs(HOUR);
    gate.quality = 'holdover';
    gate.runs(2 * DAY);
    gate.quality = 'synced';
    gate.jumps(-3 * MINUTE);
    expect(reading(gate)).toEqual([NOW + HOUR + 2 * DAY, 'synced']);
    expect(gate.runs(4 * MINUTE).state.wallMs).toBe(gate.systemMs);
  });
});

describe('a start', () => {
  const kept = { floorMs: NOW, vouchedMs: NOW };
  it.each<[string, KeptTime, number, TimeQuality, number, TimeQuality]>([
    ['for the first time', NOTHING, 0, 'holdover', 0, 'holdover'],
    ['after an outage of 30 days, in step', kept, 30 * DAY, 'synced', 30 * DAY, 'synced'],
    ['after an outage of 30 days, by its battery', kept, 30 * DAY, 'holdover', 30 * DAY, 'holdover'],
    ['without any sign', kept, DAY, 'unsynced', DAY, 'unsynced'],
    ['after 32 days, in step', kept, 32 * DAY, 'synced', 0, 'unsynced'],
    ['after 32 days, by its battery', kept, 32 * DAY, 'holdover', 0, 'unsynced'],
    ['a little behind', kept, -2 * MINUTE, 'holdover', 0, 'holdover'],
    ['behind', kept, -3 * MINUTE, 'holdover', 0, 'unsynced'],
    ['behind, in step', kept, -HOUR, 'synced', 0, 'unsynced'],
    ['with a floor that cannot be', { floorMs: LATEST + 1, vouchedMs: 0 }, 0, 'synced', 0, 'synced'],
    ['in a year that cannot be', kept, 11 * 365 * DAY, 'synced', 0, 'unsynced'],
  ])('%s', (_name, floor, ahead, quality, wall, expected) => {
    const gate = new Gate(floor, quality, NOW + ahead);
    expect(reading(gate)).toEqual([NOW + wall, expected]);
  });

  it('far ahead is believed after 15 minutes in step', () => {
    const gate = new Gate(kept, 'synced', NOW + 100 * DAY).runs(SETTLE_MS);
    expect(reading(gate)).toEqual([gate.systemMs, 'synced']);
    expect(gate.kept.vouchedMs).toBe(gate.systemMs);
  });

  it('of a Pi without a battery is right as soon as a time service speaks', () => {
    const gate = new Gate(kept, 'unsynced', NOW + MINUTE).runs(MINUTE);
    expect(gate.state.quality).toBe('unsynced');
    gate.quality = 'synced';
    gate.jumps(12 * DAY);
    expect(reading(gate)).toEqual([gate.systemMs, 'synced']);
  });

  it('keeps no time that nobody believed', () => {
    expect(new Gate(NOTHING, 'unsynced', NOW + 9 * DAY).runs(HOUR).kept).toEqual(NOTHING);
  });

  it('of a gate that no time service ever reached keeps a floor, but stands for no date', () => {
    const gate = new Gate(NOTHING, 'holdover').runs(3 * DAY);
    expect(gate.kept).toEqual({ floorMs: NOW + 3 * DAY, vouchedMs: 0 });
  });
});

describe('a person', () => {
  it('takes back a date that was kept, and is believed without any sign', () => {
    const gate = new Gate({ floorMs: NOW + 900 * DAY, vouchedMs: NOW + 900 * DAY }, 'unsynced');
    expect(gate.state.doubt?.kind).toBe('behind');
    gate.confirms().runs(MINUTE);
    expect(reading(gate)).toEqual([gate.systemMs, 'holdover']);
    expect(gate.kept).toEqual({ floorMs: gate.systemMs, vouchedMs: gate.systemMs });
  });

  it('confirms a jump ahead', () => {
    const gate = new Gate(NOTHING, 'holdover')
      .runs(HOUR)
      .jumps(50 * DAY)
      .confirms()
      .runs(MINUTE);
    expect(reading(gate)).toEqual([gate.systemMs, 'holdover']);
  });

  it('cannot confirm a year that cannot be', () => {
    expect(new Gate().jumps(20 * 365 * DAY).confirms().state.doubt?.kind).toBe('beyond');
  });
});

describe('whatever the system clock does', () => {
  const event = fc.record({
    jump: fc.oneof(
      fc.constant(0),
      fc.integer({ min: -20 * SECOND, max: 20 * SECOND }),
      fc.integer({ min: -400 * DAY, max: 400 * DAY }),
      fc.integer({ min: -20 * 365 * DAY, max: 20 * 365 * DAY }),
    ),
    passed: fc.integer({ min: 0, max: 40 * MINUTE }),
    quality: fc.constantFrom<TimeQuality>('synced', 'holdover', 'unsynced'),
    restart: fc.boolean(),
  });

  it('nothing that was believed for 15 minutes is lived through again, and the floor only grows', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 12 }), (events) => {
        let gate = new Gate();
        let floorMs = 0;
        for (const { jump, passed, quality, restart } of events) {
          gate.quality = quality;
          gate.jumps(jump).runs(Math.min(passed, MINUTE));
          gate.runs(passed);
          if (restart) gate = new Gate(gate.kept, quality, gate.systemMs);
          const { state } = gate;
          expect(state.floorMs).toBeGreaterThanOrEqual(floorMs - 1);
          expect(state.wallMs).toBeGreaterThanOrEqual(state.floorMs);
          expect(state.vouchedMs).toBeLessThanOrEqual(state.floorMs);
          expect(state.wallMs).toBeLessThanOrEqual(LATEST + DAY);
          floorMs = state.floorMs;
        }
      }),
      { numRuns: 100 },
    );
  });

  it('what is kept is never ahead of all that passed and all that settled', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 12 }), (events) => {
        const gate = new Gate();
        let most = NOW;
        for (const { jump, passed, quality } of events) {
          gate.quality = quality;
          // Jumps that last for less than 15 minutes.
          const shortMs = Math.min(passed, SETTLE_MS - MINUTE);
          gate.jumps(jump).runs(shortMs).jumps(-jump).runs(MINUTE);
          most += shortMs + MINUTE + 2 * MINUTE;
          expect(gate.state.floorMs).toBeLessThanOrEqual(most);
        }
      }),
      { numRuns: 100 },
    );
  });
});
