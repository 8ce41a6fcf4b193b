import { describe, expect, it } from 'vitest';
import { SENSORS } from '../../hardware/sensors.ts';
import { SimulatedSerialPorts } from '../../hardware/simulators/simulated-serial-ports.ts';
import { thermopileNoise } from '../../hardware/simulators/thermopile-noise.ts';
import { COMMANDS } from '../../hardware/thermometer-gy-mcu9061x/codec.ts';
import { GY_MCU9061X } from '../../hardware/thermometer-gy-mcu9061x/driver.ts';
import { GyMcu9061xSimulator } from '../../hardware/thermometer-gy-mcu9061x/simulator.ts';
import type { ThermometerEvent } from '../../src/ports/thermometer.ts';
import { settle, VirtualClock } from '../support/clock/virtual-clock.ts';
import { inMemoryRig, ptyRig } from '../support/devices/serial-rigs.ts';
import { needs } from '../support/needs.ts';
import { thermometerContract } from './thermometer.ts';
import { THERMOMETER_KITS } from './thermometer-kits.ts';

describe.each(THERMOMETER_KITS)('$driver on a simulated line', (kit) =>
  thermometerContract(kit, inMemoryRig),
);

for (const kit of THERMOMETER_KITS) {
  needs('socat')(`${kit.driver} on a pty`, () => thermometerContract(kit, ptyRig));
}

it('every thermometer family is tried', () => {
  expect(THERMOMETER_KITS.map(({ manifest }) => manifest)).toEqual(SENSORS.thermometers);
});

function makeKiosk(baudRate: 9600 | 115200 | 'auto' = 9600) {
  const clock = new VirtualClock();
  const serialPorts = new SimulatedSerialPorts();
  const line = serialPorts.line('thermometer');
  const thermometer = GY_MCU9061X.make(
    { serialPorts, clock, path: 'thermometer', simulated: true },
    { baudRate },
  );
  const module = new GyMcu9061xSimulator({ wire: line, clock });
  const events: ThermometerEvent[] = [];
  const stopping = new AbortController();
  const open = () => thermometer.open((event) => events.push(event), stopping.signal);
  return { clock, line, serialPorts, thermometer, module, events, open, stopping };
}

describe('the speed `auto`', () => {
  it('is 9600 when frames come at it, and a missing line is still named', async () => {
    const { clock, line, module, events, open } = makeKiosk('auto');
    module.powerOn();
    const opening = open();
    await clock.advanceAsync(100);
    const link = await opening;
    expect(events.map(({ type }) => type)).toEqual(['frame']);
    await link.close();
    line.unplug();
    await expect(open()).rejects.toMatchObject({ code: 'device.missing' });
  });

  it('goes over to 115200 after two seconds without a frame and remembers it', async () => {
    const { clock, module, events, open } = makeKiosk('auto');
    module.setStoredBaudRate(115200);
    module.powerOn();
    const opening = open();
    await clock.advanceAsync(1990);
    expect(events).toEqual([]);
    await clock.advanceAsync(200);
    const link = await opening;
    expect(events.map(({ type }) => type)).toEqual(['frame']);
    await link.close();

    events.length = 0;
    const again = open();
    await clock.advanceAsync(100);
    expect(events.map(({ type }) => type)).toEqual(['frame']);
    await (await again).close();
  });

  it('comes back to 9600 when the module was changed', async () => {
    const { clock, module, open, events } = makeKiosk('auto');
    module.setStoredBaudRate(115200);
    module.powerOn();
    const first = open();
    await clock.advanceAsync(2200);
    await (await first).close();
    module.powerOff();
    module.setStoredBaudRate(9600);
    module.powerOn();
    events.length = 0;
    const second = open();
    await clock.advanceAsync(2200);
    await second;
    expect(events.at(-1)).toMatchObject({ type: 'frame' });
  });

  it('stays with the speed at which another family can be read, and names the family', async () => {
    const { clock, module, events, open } = makeKiosk('auto');
    module.setTrouble('wrong_family');
    module.powerOn();
    const opening = open();
    await clock.advanceAsync(100);
    await opening;
    expect(events).toMatchObject([{ cause: 'sensor_wrong_family' }]);
  });

  it('opens in the end when nothing comes at either speed, and leaves no timer behind', async () => {
    const { clock, open } = makeKiosk('auto');
    const opening = open();
    await clock.advanceAsync(2100);
    const link = await opening;
    expect(clock.pendingTimers()).toBe(0);
    await link.close();
  });

  it('gives up when the plug is pulled or the program stops while it waits', async () => {
    const pulled = makeKiosk('auto');
    const opening = pulled.open();
    await settle();
    pulled.line.unplug();
    await expect(opening).rejects.toMatchObject({ code: 'device.lost' });
    expect(pulled.clock.pendingTimers()).toBe(0);

    const stopped = makeKiosk('auto');
    const waiting = stopped.open();
    await settle();
    stopped.stopping.abort(new Error('stopping'));
    await expect(waiting).rejects.toMatchObject({ code: 'device.failed' });
    expect(stopped.clock.pendingTimers()).toBe(0);
  });
});

describe('GyMcu9061xSimulator', () => {
  async function sentTo(baudRate: number, kiosk: ReturnType<typeof makeKiosk>) {
    const received: number[] = [];
    const link = await kiosk.serialPorts.open(
      { path: 'thermometer', baudRate },
      (bytes) => received.push(...bytes),
      kiosk.stopping.signal,
    );
    return { received, link };
  }

  it('sends ten frames a second from power-on, and none without power', async () => {
    const kiosk = makeKiosk();
    const { received } = await sentTo(9600, kiosk);
    kiosk.module.powerOn();
    kiosk.module.powerOn();
    kiosk.clock.advance(1000);
    expect(received.length).toBe(10 * 9);
    kiosk.module.powerOff();
    kiosk.module.powerOff();
    kiosk.clock.advance(1000);
    expect(received.length).toBe(10 * 9);
    expect(kiosk.clock.pendingTimers()).toBe(0);
  });

  it('obeys the orders of the table', async () => {
    const kiosk = makeKiosk();
    const { received, link } = await sentTo(9600, kiosk);
    kiosk.module.powerOn();
    await link.write(Uint8Array.of(0x00, 0xa5, ...COMMANDS.query));
    expect(received.length).toBe(9);
    kiosk.clock.advance(500);
    expect(received.length).toBe(9);
    await link.write(Uint8Array.from(COMMANDS.continuous));
    kiosk.clock.advance(500);
    expect(received.length).toBe(6 * 9);

    await link.write(Uint8Array.from([...COMMANDS.silentAfterPowerOn, ...COMMANDS.baud115200]));
    kiosk.module.powerOff();
    kiosk.module.powerOn();
    await link.close();
    const faster = await sentTo(115200, kiosk);
    kiosk.clock.advance(500);
    expect(faster.received).toEqual([]);
    await faster.link.write(Uint8Array.from(COMMANDS.query));
    expect(faster.received.slice(0, 4)).toEqual([0x5a, 0x5a, 0x45, 0x04]);
  });

  it('falls silent, and stays at one value, when told so', async () => {
    const { clock, module, events, open } = makeKiosk();
    module.powerOn();
    await open();
    clock.advance(100);
    module.setTrouble('stuck');
    clock.advance(1000);
    const objects = events.map((event) => event.type === 'frame' && event.frame.objectC);
    expect(objects.length).toBe(11);
    expect(new Set(objects).size).toBe(1);
    module.setTrouble('silent');
    clock.advance(10_000);
    expect(events.length).toBe(11);
  });

  it('moves only the last digit, the same way every time, and never in one direction', async () => {
    const { clock, module, events, open } = makeKiosk();
    module.setTemperatures({ objectC: 36.6, ambientC: 24 });
    module.powerOn();
    await open();
    clock.advance(7000);
    const objects = events.flatMap((event) => (event.type === 'frame' ? [event.frame.objectC] : []));
    const offsets = objects.map((objectC) => Math.round(objectC * 100) - 3660);
    expect(offsets.length).toBe(70);
    expect(Math.max(...offsets.map(Math.abs))).toBe(3);
    expect(offsets.reduce((sum, offset) => sum + offset, 0)).toBe(0);
    const noise = thermopileNoise();
    expect(offsets).toEqual(offsets.map(() => noise()));
  });
});
