import { beforeEach, describe, expect, it } from 'vitest';
import { SimulatedOutput } from '../../hardware/gpio/simulated-output.ts';
import { TimedOutput } from '../../hardware/gpio/timed-output.ts';
import { DecisionBoard } from '../../src/app/board/decision-board.ts';
import { DoorSignals } from '../../src/app/door/door-signals.ts';
import { PresentState } from '../../src/app/state/present-state.ts';
import { GatepostError } from '../../src/core/errors.ts';
import type { DecisionView } from '../../src/ports/boards.ts';
import type { DoorView } from '../../src/ports/gate-state.ts';
import { VirtualClock } from '../support/clock/virtual-clock.ts';
import { DoorLog } from '../support/devices/door-rig.ts';
import { everyEvent } from '../support/gate/all-events.ts';
import { SilentLogger } from '../support/silent-logger.ts';

const never = new AbortController().signal;
let clock: VirtualClock;
let lamp: TimedOutput;
let buzzer: TimedOutput;
let state: PresentState;
let board: DecisionBoard;
let signals: DoorSignals;

beforeEach(async () => {
  clock = new VirtualClock();
  const output = (name: string) =>
    new TimedOutput({ name: `${name} of door main`, driver: new SimulatedOutput(), clock });
  lamp = output('lamp');
  buzzer = output('buzzer');
  state = new PresentState();
  state.accessPoints.set({ id: 'main-in', door: 'main', direction: 'in', enabled: true });
  board = new DecisionBoard(state);
  signals = makeSignals();
  await signals.start(never);
});

function makeSignals(logger = new SilentLogger()): DoorSignals {
  return new DoorSignals({
    state,
    clock,
    logger,
    signals: new Map([['main', { lamp, buzzer }]]),
  });
}

function decide(decision: DecisionView['decision'], passage: string, accessPoint = 'main-in'): void {
  board.add({
    passage,
    timeMs: clock.read().wallMs,
    accessPoint,
    direction: 'in',
    decision,
    reasons: [],
    decidedBy: 'auto',
    passageState: 'none',
  });
}

function alarm(value: DoorView['alarm']): void {
  state.doors.set({
    door: 'main',
    name: 'Main',
    mode: 'Locked',
    physical: 'Open',
    alarm: value,
    released: false,
  });
}

const on = (): [boolean, boolean] => [lamp.isReleased(), buzzer.isReleased()];

describe('an evacuation of the site', () => {
  it('keeps the lamp on until it ends, whatever is decided meanwhile', () => {
    const site = (holds: 'none' | 'evacuate') =>
      state.siteOrder.set({ order: holds, holds, counter: 1, obeyed: true });
    site('evacuate');
    clock.advance(1);
    decide('Granted', 'p1');
    clock.advance(60_000);
    expect([lamp.isReleased(), buzzer.isReleased()]).toEqual([true, false]);
    site('none');
    clock.advance(1);
    expect(lamp.isReleased()).toBe(false);
  });
});

describe('lamp and buzzer of a door', () => {
  it('light and beep shortly for a grant, after the screens were told', () => {
    decide('Granted', 'a');
    expect(state.decisions.values[0]).toHaveLength(1);
    expect(on()).toEqual([false, false]);
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
    board.attends('main-in', undefined);
    board.settle('a', 'nottaken');
    clock.advance(0);
    expect(on()).toEqual([false, false]);
  });

  it('say nothing of what was read from the log, and of other doors', () => {
    const log = new DoorLog([]);
    log.commit({ events: everyEvent(clock.read().wallMs) });
    board.restore(log, { find: () => undefined });
    expect(state.decisions.values[0]).toContainEqual(
      expect.objectContaining({ accessPoint: 'main-in', decision: 'Granted' }),
    );
    decide('Granted', 'elsewhere', 'side-in');
    clock.advance(0);
    expect(on()).toEqual([false, false]);
  });

  it('are told of somebody who leaves by the button of a door that has no way out', () => {
    decide('Granted', 'a', 'main');
    clock.advance(0);
    expect(on()).toEqual([true, true]);
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

  it('never stop the gate when they cannot be had, and are named once', async () => {
    await signals.stop();
    lamp.start = async () => {
      throw new GatepostError('gpio.unavailable', 'no lamp');
    };
    const logger = new SilentLogger();
    signals = makeSignals(logger);
    await signals.start(never);
    decide('Granted', 'a');
    clock.advance(0);
    expect(on()).toEqual([false, true]);
    expect(logger.lines).toMatchObject([
      {
        level: 'warn',
        fields: { code: 'gpio.unavailable' },
        message: 'The lamp of door main does not work: no lamp',
      },
    ]);
    await signals.stop();
    expect([on(), clock.pendingTimers()]).toEqual([[false, false], 0]);
  });
});
