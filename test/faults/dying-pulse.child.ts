import { GpiodOutput } from '../../hardware/gpio/gpiod-output.ts';
import { LedsOutput } from '../../hardware/gpio/leds-output.ts';
import { SystemClock } from '../../src/adapters/clock/system-clock.ts';
import { lockOf } from '../support/devices/lock-of.ts';

/** Releases a lock and waits to be killed. Arguments: leds|gpiod, its root or PATH, pulse|hold. */
const [driver, where = '', order] = process.argv.slice(2);
const clock = new SystemClock();
const lock =
  driver === 'leds'
    ? lockOf(clock, new LedsOutput({ led: 'gatepost:main', root: where, switchMs: 10_000 }))
    : lockOf(clock, new GpiodOutput({ line: 17, activeLevel: 'high', source: { path: where } }));
await lock.start(new AbortController().signal);
if (order === 'pulse') lock.pulse(1_500);
else lock.hold();
process.stdout.write('released\n');
setInterval(() => undefined, 60_000);
