import { describe, expect, it } from 'vitest';
import { SystemClock } from '../../../src/adapters/clock/system-clock.ts';
import { scanner } from '../../../src/config/devices.ts';
import { assembleScanner } from '../../../src/daemon/scanners.ts';
import { SimulatedWorld } from '../../../src/demo/simulated-devices.ts';

describe('assembleScanner', () => {
  const clock = new SystemClock();
  const parts = { clock, world: new SimulatedWorld() };

  it.each([
    { driver: 'serial', path: '/dev/gatepost-none' },
    { driver: 'serial', path: '/dev/gatepost-none', family: 'gm65' },
    { driver: 'hid-keyboard', path: '/dev/gatepost-none' },
    { driver: 'hid-pos', path: '/dev/gatepost-none' },
    { driver: 'camera', source: 'v4l2', path: '/dev/gatepost-none' },
  ])('makes a reader of $driver that says what is missing', async (entry) => {
    const reader = assembleScanner('main-in', scanner.parse(entry), parts);
    expect(reader).toMatchObject({ driver: entry.driver, simulated: false });
    await expect(reader.open(() => undefined, new AbortController().signal)).rejects.toMatchObject({
      code: 'device.missing',
    });
  });

  it('plugs a simulated one into the simulated world', async () => {
    const entry = scanner.parse({ driver: 'serial', path: 'simulated', family: 'gm65' });
    const reader = assembleScanner('main-in', entry, parts);
    expect(reader.simulated).toBe(true);
    const texts: string[] = [];
    const link = await reader.open(
      (event) => texts.push(event.type === 'code' ? event.text : event.cause),
      new AbortController().signal,
    );
    parts.world.scanners.get('main-in')?.simulator.present('GP1:X');
    await expect.poll(() => texts).toEqual(['GP1:X']);
    await link.close();
  });
});
