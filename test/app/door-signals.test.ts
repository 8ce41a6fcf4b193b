import { beforeEach, describe, expect, it } from 'vitest';
import { SimulatedOutput } from '../../hardware/gpio/simulated-output.ts';
import type { TimedOutput } from '../../hardware/gpio/timed-output.ts';
import { DoorSignals } from '../../src/app/door/door-signals.ts';
import { GatepostError } from '../../src/core/errors.ts';
import type { DecisionView } from '../../src/ports/boards.ts';
import type { DoorView } from '../../src/ports/gate-state.ts';
import { VirtualClock } from '../support/clock/virtual-clock.ts';
import { lockOf } from '../support/devices/lock-of.ts';
import { SilentLogger } from '../support/silent-logger.ts';

const never = new AbortController().signal;
let clock: VirtualClock;
let lamp: TimedOutput;
let buzzer: TimedOutput;
let told: string[];
let signals: DoorSignals;

beforeEach(async () => {
  clock = new VirtualClock();
  lamp = lockOf(clock, new SimulatedOutput());
  buzzer = lockOf(clock, new SimulatedOutput());
  told = [];
  signals = makeSignals();
  await signals.start(never);
});

function makeSignals(): DoorSignals {
  return new DoorSignals({
    feed: { publish: (topic) => told.push(topic) },
    clock,
    logger: new SilentLogger(),
    signals: new Map([['main', { lamp, buzzer }]]),
    doorOf: (accessPoint) => (accessPoint === 'main-in' ? 'main' : undefined),
  });
}

function decide(decision: DecisionView['decision'], passage: string, more: Partial<DecisionView> = {}): void {
  const line = {
    passage,
    timeMs: clock.read().wallMs,
    accessPoint: 'main-in',
    direction: 'in',
    decision,
    reasons: [],
    decidedBy: 'auto',
    passageState: 'none',
    ...more,
  } satisfies DecisionView;
  signals.publish('decisions', [line]);
}

function alarm(value: DoorView['alarm']): void {
  signals.publish('door/main', {
    door: 'main',
    name: 'Main',
    mode: 'Locked',
    physical: 'Open',
    alarm: value,
    released: false,
  });
}

const on = (): [boolean, boolean] => [lamp.isReleased(), buzzer.isReleased()];

describe('lamp and buzzer of a door', () => {
  it('light and beep shortly for a grant, after the screens were told', () => {
    decide('Granted', 'a');
    expect([told, on()]).toEqual([['decisions'], [false, false]]);
    clock.advance(0);
    expect(on()).toEqual([true, true]);
    clock.advance(150);
    expect(on()).toEqual([true, false]);
    clock.advance(1_850);
    expect(on()).toEqual([false, false]);
  });

  it('beep long for a denial, once for each passage', () => {
    decide('Denied', 'a');
    clock.advance(0);
    expect(on()).toEqual([false, true]);
    clock.advance(800);
    decide('Denied', 'a', { passageState: 'nottaken' });
    clock.advance(0);
    expect(on()).toEqual([false, false]);
  });

  it('say nothing of what was read from the log, and of other doors', () => {
    decide('Granted', 'old', { timeMs: clock.read().wallMs - 60_000 });
    decide('Granted', 'elsewhere', { accessPoint: 'side-in' });
    clock.advance(0);
    expect(on()).toEqual([false, false]);
  });

  it('stay on while a door is in alarm, whatever is decided meanwhile', () => {
    alarm('DoorForcedOpen');
    clock.advance(0);
    decide('Granted', 'a');
    clock.advance(60_000);
    expect(on()).toEqual([true, true]);
    alarm('Normal');
    clock.advance(0);
    expect(on()).toEqual([false, false]);
  });

  it('never stop the gate when they cannot be had', async () => {
    await signals.stop();
    lamp.start = async () => {
      throw new GatepostError('gpio.unavailable', 'no lamp');
    };
    signals = makeSignals();
    await signals.start(never);
    decide('Granted', 'a');
    clock.advance(0);
    expect(on()).toEqual([false, true]);
    await signals.stop();
    expect([on(), clock.pendingTimers()]).toEqual([[false, false], 0]);
  });
});
