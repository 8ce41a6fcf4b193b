import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GpiodOutput } from '../../hardware/gpio/gpiod-output.ts';
import { LedsOutput } from '../../hardware/gpio/leds-output.ts';
import { OnoffOutput } from '../../hardware/gpio/onoff-output.ts';
import { SimulatedOutput } from '../../hardware/gpio/simulated-output.ts';
import { TimedOutput } from '../../hardware/gpio/timed-output.ts';
import { VirtualClock } from '../support/clock/virtual-clock.ts';
import { FakeGpiod } from '../support/devices/fake-gpiod.ts';
import { LedKernel } from '../support/devices/led-kernel.ts';
import { lockOf } from '../support/devices/lock-of.ts';
import { MemoryGpio, writePi4 } from '../support/devices/memory-gpio.ts';
import { describeDoorActuator } from './door-actuator.ts';

describeDoorActuator('simulated', (clock) => {
  const folder = mkdtempSync(join(tmpdir(), 'gatepost-lock-'));
  const levelFile = join(folder, 'lock.level');
  const aside = join(folder, 'aside');
  let broken = false;
  return {
    actuator: lockOf(clock, new SimulatedOutput({ levelFile })),
    isReleasedOutside: () => readFileSync(broken ? aside : levelFile, 'utf8') === '1\n',
    leaveReleased: () => writeFileSync(levelFile, '1\n'),
    // A folder in the file's place refuses writes, also to root.
    setBroken: (wanted) => {
      broken = wanted;
      if (wanted) {
        renameSync(levelFile, aside);
        mkdirSync(levelFile);
      } else {
        rmdirSync(levelFile);
        renameSync(aside, levelFile);
      }
    },
    cleanUp: () => rmSync(folder, { recursive: true }),
  };
});

for (const activeLevel of ['high', 'low'] as const) {
  describeDoorActuator(`onoff, active ${activeLevel}`, (clock) => {
    const root = mkdtempSync(join(tmpdir(), 'gatepost-gpio-'));
    writePi4(root);
    const gpio = new MemoryGpio();
    const line = gpio.line(529);
    const active = activeLevel === 'high' ? 1 : 0;
    return {
      actuator: lockOf(clock, new OnoffOutput({ line: 17, activeLevel, source: gpio.source(root) })),
      isReleasedOutside: () => line.direction === 'out' && line.level === active,
      leaveReleased: () => {
        line.exported = true;
        line.direction = 'out';
        line.level = active;
      },
      setBroken: (wanted) => {
        line.broken = wanted ? new Error('EIO: i/o error, write') : undefined;
      },
      cleanUp: () => rmSync(root, { recursive: true }),
    };
  });
}

for (const version of ['1.6.3', '2.2.1'] as const) {
  for (const activeLevel of ['high', 'low'] as const) {
    describeDoorActuator(`gpiod ${version}, active ${activeLevel}`, (clock) => {
      const active = activeLevel === 'high' ? 1 : 0;
      const gpiod = new FakeGpiod(version, active === 1 ? 0 : 1);
      const actuator = lockOf(clock, new GpiodOutput({ line: 17, activeLevel, source: gpiod.source }));
      return {
        actuator,
        isReleasedOutside: () => gpiod.level() === active,
        leaveReleased: () => {
          gpiod.setPersistent(true);
          gpiod.write('level', `999999999 ${active}`);
        },
        // The worst kernel for this: a line that nobody drives stays as it was.
        setBroken: (wanted) => {
          gpiod.setPersistent(true);
          gpiod.setBroken(wanted);
        },
        cleanUp: async () => {
          await actuator.stop();
          gpiod.cleanUp();
        },
      };
    });
  }
}

describeDoorActuator('leds', (clock) => {
  const kernel = new LedKernel();
  return {
    actuator: lockOf(clock, new LedsOutput(kernel.settings)),
    isReleasedOutside: () => kernel.isOn(),
    leaveReleased: () => kernel.leaveOn(),
    setBroken: (wanted) => kernel.setBroken(wanted),
    cleanUp: () => kernel.cleanUp(),
  };
});

describe('an output', () => {
  it('says in its messages what hangs on it', () => {
    const lamp = new TimedOutput({
      name: 'lamp of door main',
      driver: new SimulatedOutput(),
      clock: new VirtualClock(),
    });
    expect(() => lamp.hold()).toThrowError('The lamp of door main is not started');
    expect(() => lamp.pulse(0)).toThrowError('for the lamp of door main was refused');
  });
});
