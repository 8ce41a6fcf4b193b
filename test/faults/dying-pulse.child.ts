import { GpiodDoorActuator } from '../../hardware/gpio/gpiod-door-actuator.ts';
import { LedsDoorActuator } from '../../hardware/gpio/leds-door-actuator.ts';
import { SystemClock } from '../../src/adapters/clock/system-clock.ts';

/** Releases a lock and waits to be killed. Arguments: leds|gpiod, its root or PATH, pulse|hold. */
const [driver, where = '', order] = process.argv.slice(2);
const clock = new SystemClock();
const lock =
  driver === 'leds'
    ? new LedsDoorActuator({ led: 'gatepost:main', clock, root: where })
    : new GpiodDoorActuator({ line: 17, activeLevel: 'high', clock, source: { path: where } });
await lock.start(new AbortController().signal);
if (order === 'pulse') lock.pulse(1_500);
else lock.hold();
process.stdout.write('released\n');
setInterval(() => undefined, 60_000);
