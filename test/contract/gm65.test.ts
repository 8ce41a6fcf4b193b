import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { crc16Xmodem } from '../../hardware/checksums/crc16-xmodem.ts';
import { hexOf } from '../../hardware/checksums/sums.ts';
import { SerialCodeReader } from '../../hardware/scanner-serial/driver.ts';
import {
  encodeReply,
  HEARTBEAT,
  ReplyFilter,
  readZone,
  SAVE,
  TRIGGER,
  writeZone,
  ZONE,
} from '../../hardware/scanner-serial/gm65-codec.ts';
import { Gm65Commander } from '../../hardware/scanner-serial/gm65-commander.ts';
import { Gm65Simulator } from '../../hardware/scanner-serial/gm65-simulator.ts';
import { ScannerSimulator } from '../../hardware/scanner-serial/simulator.ts';
import { SimulatedSerialPorts } from '../../hardware/simulators/simulated-serial-ports.ts';
import type { CodeReaderEvent } from '../../src/ports/code-reader.ts';
import { settle, VirtualClock } from '../support/virtual-clock.ts';

const OK = Uint8Array.of(0x02, 0x00, 0x00, 0x01, 0x00, 0x33, 0x31);

describe('bytes of the GM65 family', () => {
  it.each([
    ['trigger', TRIGGER.bytes, '7E 00 08 01 00 02 01 02 DA'],
    ['save', SAVE.bytes, '7E 00 09 01 00 00 00 DE C8'],
    ['heartbeat', HEARTBEAT.bytes, '7E 00 0A 01 00 00 00 30 1A'],
    ['write of zone 0', writeZone(0, 0xf5).bytes, '7E 00 08 01 00 00 F5 CB 23'],
    ['user defaults', writeZone(0xd9, 0x55).bytes, '7E 00 08 01 00 D9 55 D1 76'],
    ['OK', encodeReply(0x02, { status: 0, value: 0 }), '02 00 00 01 00 33 31'],
  ])('are those of the data sheet: %s', (_name, bytes, hex) => {
    expect(hexOf(bytes)).toBe(hex);
  });

  it('carry the checksum of the sheet where Gatepost has no such command', () => {
    expect(crc16Xmodem([0x07, 0x01, 0x00, 0x2a, 0x02], 0, 5)).toBe(0xd80f);
  });
});

describe('a reply among codes', () => {
  const code = Buffer.from('0523\u00331\r\n');

  it('is taken out wherever it is split and whatever it is glued to', () => {
    const stream = Buffer.concat([code, OK, code]);
    for (let at = 0; at <= stream.length; at++) {
      const filter = new ReplyFilter(0x02);
      const through = [stream.subarray(0, at), stream.subarray(at)].map((part) => filter.push(part));
      expect(Buffer.concat(through)).toEqual(Buffer.concat([code, code]));
      expect(filter.reply).toEqual({ status: 0, value: 0 });
    }
  });

  it('is taken once; what looks like it afterwards goes through', () => {
    const filter = new ReplyFilter(0x02);
    expect(filter.push(Buffer.concat([OK, OK]))).toEqual(OK);
  });

  it('is none with a wrong checksum or another first byte', () => {
    const bad = Uint8Array.of(0x02, 0x00, 0x00, 0x01, 0x00, 0x33, 0x30);
    const filter = new ReplyFilter(0x02);
    const heartbeat = encodeReply(0x03, { status: 0, value: 0 });
    expect(Buffer.concat([filter.push(Buffer.concat([bad, heartbeat])), filter.release()])).toEqual(
      Buffer.concat([bad, heartbeat]),
    );
    expect(filter.reply).toBeUndefined();
  });

  it('is found right after one that breaks off', () => {
    const filter = new ReplyFilter(0x02);
    expect(filter.push(Buffer.concat([OK.subarray(0, 3), OK]))).toEqual(OK.subarray(0, 3));
    expect(filter.reply).toBeDefined();
  });
});

describe('Gm65Commander', () => {
  const clock = new VirtualClock();
  let sent: string[];
  let codes: Uint8Array[];
  let commander: Gm65Commander;

  beforeEach(() => {
    sent = [];
    codes = [];
    commander = new Gm65Commander({
      clock,
      write: async (bytes) => {
        sent.push(hexOf(bytes));
      },
      onCodeBytes: (bytes) => codes.push(bytes),
    });
  });

  it('has one command on its way at a time', async () => {
    const both = [commander.send(TRIGGER), commander.send(readZone(3))];
    await settle();
    expect(sent).toHaveLength(1);
    commander.receive(OK);
    await settle();
    expect(sent).toHaveLength(2);
    commander.receive(encodeReply(0x02, { status: 0, value: 7 }));
    expect(await Promise.all(both)).toEqual([0, 7]);
  });

  it('lets everything through while it waits for nothing', () => {
    commander.receive(OK);
    expect(codes).toEqual([OK]);
  });

  it('gives up after its deadline, lets go what it held, and goes on', async () => {
    const silent = commander.send(TRIGGER);
    const expected = expect(silent).rejects.toMatchObject({ code: 'device.failed' });
    await settle();
    commander.receive(OK.subarray(0, 4));
    expect(codes).toEqual([]);
    clock.advance(1_500);
    await expected;
    expect(codes).toEqual([OK.subarray(0, 4)]);
    const next = commander.send(TRIGGER);
    await settle();
    commander.receive(OK);
    expect(await next).toBe(0);
  });

  it('says when the module refuses', async () => {
    const refused = commander.send(SAVE);
    await settle();
    commander.receive(encodeReply(0x02, { status: 1, value: 0 }));
    await expect(refused).rejects.toMatchObject({
      code: 'device.failed',
      message: expect.stringContaining('save'),
    });
  });

  it('leaves nobody waiting when the line ends', async () => {
    const waiting = [commander.send(SAVE), commander.send(TRIGGER)];
    await settle();
    commander.stop();
    for (const one of waiting) await expect(one).rejects.toMatchObject({ code: 'device.lost' });
    expect(clock.pendingTimers()).toBe(0);
  });
});

describe('SerialCodeReader with a GM65', () => {
  const clock = new VirtualClock();
  const serialPorts = new SimulatedSerialPorts();
  const line = serialPorts.line('scanner');
  let module: Gm65Simulator;
  let powerOff: () => void;
  let events: CodeReaderEvent[];
  let running: AbortController;

  beforeEach(() => {
    module = new Gm65Simulator(line);
    powerOff = module.powerOn();
    events = [];
    running = new AbortController();
  });

  afterEach(() => {
    running.abort();
    powerOff();
  });

  function open(disableSetUpCodes = true) {
    const reader = new SerialCodeReader({
      serialPorts,
      clock,
      path: 'scanner',
      baudRate: 9600,
      gm65: { disableSetUpCodes },
      simulated: true,
    });
    return reader.open((event) => events.push(event), running.signal);
  }

  it('switches set-up codes off for good, and writes the flash only when it has to', async () => {
    await (await open()).close();
    expect(module.obeyed).toEqual(['read 3', 'write 3 3', 'read 3', 'save']);
    powerOff();
    powerOff = module.powerOn();
    expect(module.zone(ZONE.setUpCodes)).toBe(3);
    await open();
    expect(module.obeyed).toEqual(['read 3', 'write 3 3', 'read 3', 'save', 'read 3']);
  });

  it('says so when the module only pretends, and does not wear its flash out', async () => {
    module.forgetsZones = true;
    await expect(open()).rejects.toMatchObject({
      code: 'device.failed',
      message: expect.stringContaining('set-up codes'),
    });
    expect(module.obeyed).toEqual(['read 3', 'write 3 3', 'read 3']);
  });

  it('switches them off in the module that is plugged in next', async () => {
    const link = await open();
    line.unplug();
    expect(await link.closed).toMatchObject({ code: 'device.lost' });
    powerOff();
    line.plug();
    module = new Gm65Simulator(line);
    powerOff = module.powerOn();
    await open();
    expect(module.zone(ZONE.setUpCodes)).toBe(3);
  });

  it('is not opened by a reply with a wrong checksum, whose bytes are no code', async () => {
    module.sendReply = (reply) => line.write(reply.map((byte, at) => (at === 6 ? byte ^ 1 : byte)));
    const opening = expect(open()).rejects.toMatchObject({ code: 'device.failed' });
    await clock.advanceAsync(2_000, 500);
    await opening;
    expect(events.filter(({ type }) => type === 'code')).toEqual([]);
  });

  it('leaves them alone when told so, but asks whether the module is one', async () => {
    await open(false);
    expect(module.obeyed).toEqual(['heartbeat']);
  });

  it('reads codes while commands are answered', async () => {
    const codes = new ScannerSimulator(line);
    module.sendReply = (reply) =>
      codes.send(Buffer.concat([Buffer.from('A\rB'), reply, Buffer.from('C\r')]), [3]);
    await open(false);
    expect(events.map((event) => event.type === 'code' && event.text)).toEqual(['A', 'BC']);
  });

  it('says so when nothing answers, and frees the line', async () => {
    powerOff();
    const opening = expect(open()).rejects.toMatchObject({
      code: 'device.failed',
      message: expect.stringContaining('family: plain'),
    });
    await clock.advanceAsync(2_000, 500);
    await opening;
    powerOff = module.powerOn();
    await open();
  });

  it('ends the link when three heartbeats are not answered', async () => {
    const link = await open();
    await clock.advanceAsync(20_000, 1_000);
    expect(module.obeyed.filter((what) => what === 'heartbeat').length).toBeGreaterThan(0);
    powerOff();
    await clock.advanceAsync(40_000, 500);
    expect(await link.closed).toMatchObject({ code: 'device.failed' });
    expect(clock.pendingTimers()).toBe(0);
  });
});
