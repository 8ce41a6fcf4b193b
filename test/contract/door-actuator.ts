import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { isGatepostError } from '../../src/core/errors.ts';
import type { DoorActuator } from '../../src/ports/door-devices.ts';
import { VirtualClock } from '../support/clock/virtual-clock.ts';

/** A driver and the world behind its output. */
interface ActuatorRig {
  readonly actuator: DoorActuator;
  /** The level at the output itself, not what the driver believes. */
  isReleasedOutside(): boolean;
  /** Leaves the output released, as a process that died would. */
  leaveReleased(): void;
  /** From now on (or no longer) the output cannot be written. */
  setBroken(broken: boolean): void;
  cleanUp(): void | Promise<void>;
}

const never = new AbortController().signal;

/** What every DoorActuator promises. */
export function describeDoorActuator(name: string, makeRig: (clock: VirtualClock) => ActuatorRig): void {
  describe(`DoorActuator ${name}`, () => {
    let clock: VirtualClock;
    let rig: ActuatorRig;
    let actuator: DoorActuator;

    beforeEach(() => {
      clock = new VirtualClock();
      rig = makeRig(clock);
      actuator = rig.actuator;
    });
    afterEach(() => rig.cleanUp());

    const levels = (): [boolean, boolean] => [actuator.isReleased(), rig.isReleasedOutside()];

    it('is at rest after start, whatever a dead process left', async () => {
      rig.leaveReleased();
      await actuator.start(never);
      expect(levels()).toEqual([false, false]);
    });

    it('has released when pulse() returns and rests by itself after its time', async () => {
      await actuator.start(never);
      actuator.pulse(3_000);
      expect(levels()).toEqual([true, true]);
      clock.advance(2_999);
      expect(levels()).toEqual([true, true]);
      clock.advance(1);
      expect(levels()).toEqual([false, false]);
      expect(clock.pendingTimers()).toBe(0);
    });

    it('begins the time anew on a pulse during a pulse', async () => {
      await actuator.start(never);
      actuator.pulse(3_000);
      clock.advance(2_000);
      actuator.pulse(3_000);
      clock.advance(2_999);
      expect(rig.isReleasedOutside()).toBe(true);
      clock.advance(1);
      expect(rig.isReleasedOutside()).toBe(false);
    });

    it('holds until rest(), also when a pulse came before', async () => {
      await actuator.start(never);
      actuator.pulse(100);
      actuator.hold();
      clock.advance(3_600_000);
      expect(levels()).toEqual([true, true]);
      actuator.rest();
      expect(levels()).toEqual([false, false]);
    });

    it('ends a pulse at once by rest()', async () => {
      await actuator.start(never);
      actuator.pulse(3_000);
      actuator.rest();
      expect(levels()).toEqual([false, false]);
      expect(clock.pendingTimers()).toBe(0);
    });

    it.each([0, -1, 60_001, Number.NaN])('refuses a pulse of %s ms and stays at rest', async (holdMs) => {
      await actuator.start(never);
      expect(() => actuator.pulse(holdMs)).toThrowError(/1 to 60,000/);
      expect(levels()).toEqual([false, false]);
    });

    it('is at rest after stop(), without a timer, and may be stopped and started again', async () => {
      await actuator.stop();
      await actuator.start(never);
      await actuator.start(never);
      actuator.pulse(3_000);
      await actuator.stop();
      await actuator.stop();
      expect(levels()).toEqual([false, false]);
      expect(clock.pendingTimers()).toBe(0);
      await actuator.start(never);
      actuator.pulse(3_000);
      expect(levels()).toEqual([true, true]);
    });

    it('moves nothing before start()', () => {
      expect(() => actuator.pulse(1_000)).toThrowError(expect.objectContaining({ code: 'gpio.failed' }));
      expect(() => actuator.hold()).toThrowError(expect.objectContaining({ code: 'gpio.failed' }));
      expect(clock.pendingTimers()).toBe(0);
    });

    it('says gpio.failed when it cannot release, and does not leave the output released', async () => {
      await actuator.start(never);
      rig.setBroken(true);
      expect(() => actuator.pulse(1_000)).toThrowError(expect.objectContaining({ code: 'gpio.failed' }));
      rig.setBroken(false);
      clock.advance(1_000);
      expect(levels()).toEqual([false, false]);
    });

    it('says that it is still released when it cannot rest, and goes on trying', async () => {
      await actuator.start(never);
      actuator.pulse(1_000);
      rig.setBroken(true);
      clock.advance(1_000);
      expect(levels()).toEqual([true, true]);
      let thrown: unknown;
      try {
        actuator.rest();
      } catch (error) {
        thrown = error;
      }
      expect(isGatepostError(thrown, 'gpio.failed')).toBe(true);
      rig.setBroken(false);
      clock.advance(1_000);
      expect(levels()).toEqual([false, false]);
      expect(clock.pendingTimers()).toBe(0);
    });
  });
}
