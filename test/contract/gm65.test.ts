import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { crc16Xmodem } from '../../hardware/framing/crc16-xmodem.ts';
import { hexOf } from '../../hardware/framing/sums.ts';
import { SerialCodeReader } from '../../hardware/scanner-serial/driver.ts';
import {
  encodeReply,
  type Gm65Reply,
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
import { settle, VirtualClock } from '../support/clock/virtual-clock.ts';
import { passText } from '../support/gate/rule-gate.ts';

const OK = Uint8Array.of(0x02, 0x00, 0x00, 0x01, 0x00, 0x33, 0x31);
const ALIVE = encodeReply(0x03, { status: 0, value: 0 });

const PASS = passText({ passId: '00000000000000a1' });
const OTHER = passText({ passId: '00000000000000b2' });

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

  /** What goes through, and the replies that were taken out. */
  function filtered(...parts: Uint8Array[]) {
    const replies: [number, Gm65Reply][] = [];
    const filter = new ReplyFilter((start, reply) => replies.push([start, reply]));
    const through = parts.map((part) => filter.push(part));
    return { through: Buffer.concat([...through, filter.release()]), replies };
  }

  it('is taken out wherever it is split and whatever it is glued to', () => {
    const stream = Buffer.concat([code, OK, code]);
    for (let at = 0; at <= stream.length; at++) {
      const { through, replies } = filtered(stream.subarray(0, at), stream.subarray(at));
      expect(through).toEqual(Buffer.concat([code, code]));
      expect(replies).toEqual([[0x02, { status: 0, value: 0 }]]);
    }
  });

  it('is taken out however many there are, of every kind', () => {
    const heartbeat = encodeReply(0x03, { status: 0, value: 0 });
    const { through, replies } = filtered(Buffer.concat([OK, heartbeat, code, OK]));
    expect(through).toEqual(code);
    expect(replies.map(([start]) => start)).toEqual([0x02, 0x03, 0x02]);
  });

  it('is none with a wrong checksum or another first byte', () => {
    const bad = Uint8Array.of(0x02, 0x00, 0x00, 0x01, 0x00, 0x33, 0x30);
    const other = encodeReply(0x04, { status: 0, value: 0 });
    expect(filtered(bad, other)).toEqual({ through: Buffer.concat([bad, other]), replies: [] });
  });

  it('is found right after one that breaks off', () => {
    const { through, replies } = filtered(Buffer.concat([OK.subarray(0, 3), OK]));
    expect(through).toEqual(Buffer.from(OK.subarray(0, 3)));
    expect(replies).toHaveLength(1);
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

  it('takes out a reply that comes when nobody waits for it any more, and nothing else', () => {
    commander.receive(Buffer.concat([Buffer.from('A\r'), OK, Buffer.from('B\r')]));
    expect(Buffer.concat(codes).toString()).toBe('A\rB\r');
    commander.receive(OK.subarray(0, 3));
    commander.receive(Buffer.from('C\r'));
    expect(Buffer.concat(codes).subarray(4)).toEqual(Buffer.concat([OK.subarray(0, 3), Buffer.from('C\r')]));
  });

  it('does not take the late reply to a heartbeat for that to another command', async () => {
    const zone = commander.send(readZone(3));
    await settle();
    commander.receive(encodeReply(0x03, { status: 0, value: 9 }));
    commander.receive(encodeReply(0x02, { status: 0, value: 7 }));
    expect(await zone).toBe(7);
  });

  it('gives up after its deadline, lets go what it held, and goes on', async () => {
    const silent = commander.send(TRIGGER);
    const expected = expect(silent).rejects.toMatchObject({ code: 'device.failed' });
    await settle();
    commander.receive(OK.subarray(0, 4));
    expect(codes).toEqual([]);
    clock.advance(100);
    expect(codes).toEqual([OK.subarray(0, 4)]);
    clock.advance(1_400);
    await expected;
    const next = commander.send(TRIGGER);
    await settle();
    commander.receive(ALIVE);
    await settle();
    clock.advance(100);
    await settle();
    commander.receive(OK);
    expect(await next).toBe(0);
  });

  it('does not take a late reply for that to the next command', async () => {
    const silent = commander.send(readZone(3));
    const expected = expect(silent).rejects.toMatchObject({ code: 'device.failed' });
    await settle();
    clock.advance(1_500);
    await expected;
    const next = commander.send(readZone(2));
    await settle();
    expect(sent.slice(1)).toEqual([hexOf(HEARTBEAT.bytes)]);
    commander.receive(encodeReply(0x02, { status: 0, value: 49 }));
    commander.receive(ALIVE);
    await settle();
    clock.advance(60);
    // The answer was that to an earlier heartbeat, and here comes more of what was asked before this one.
    commander.receive(encodeReply(0x02, { status: 0, value: 50 }));
    clock.advance(60);
    await settle();
    expect(sent).toHaveLength(2);
    clock.advance(40);
    await settle();
    expect(sent.slice(2)).toEqual([hexOf(readZone(2).bytes)]);
    commander.receive(encodeReply(0x02, { status: 0, value: 7 }));
    expect(await next).toBe(7);
    expect(Buffer.concat(codes)).toHaveLength(0);
  });

  it('sends nothing more to a module that does not come into step, and waits no more when the line ends', async () => {
    const lost = [readZone(3), readZone(2), TRIGGER].map((command) => commander.send(command));
    const failed = lost.map((sending) => expect(sending).rejects.toMatchObject({ code: 'device.failed' }));
    for (let time = 0; time < 3; time++) {
      await settle();
      clock.advance(1_500);
    }
    await Promise.all(failed);
    expect(sent).toEqual([readZone(3), HEARTBEAT, HEARTBEAT].map(({ bytes }) => hexOf(bytes)));
    const last = commander.send(TRIGGER);
    const over = expect(last).rejects.toMatchObject({ code: 'device.lost' });
    await settle();
    commander.receive(ALIVE);
    await settle();
    commander.stop();
    await over;
    expect(clock.pendingTimers()).toBe(0);
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

  function reader(disableSetUpCodes = true) {
    return new SerialCodeReader({
      serialPorts,
      clock,
      path: 'scanner',
      baudRate: 9600,
      gm65: { disableSetUpCodes },
      simulated: true,
    });
  }

  function open(disableSetUpCodes = true) {
    return reader(disableSetUpCodes).open((event) => events.push(event), running.signal);
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

  it('tells the module again to save what it has not saved', async () => {
    module.losesSaves = 1;
    const opening = open();
    await clock.advanceAsync(2_000, 100);
    await opening;
    expect(module.obeyed).toEqual(['read 3', 'write 3 3', 'read 3', 'heartbeat', 'save']);
  });

  it.each([
    ['the same reader', true],
    ['the next start of the program', false],
  ])('is not believed to have saved: %s does it at the next opening', async (_name, isSame) => {
    module.losesSaves = 2;
    const first = reader();
    const opening = expect(first.open((event) => events.push(event), running.signal)).rejects.toMatchObject({
      code: 'device.failed',
      message: expect.stringContaining('save'),
    });
    await clock.advanceAsync(4_000, 100);
    await opening;
    await (isSame ? first : reader()).open((event) => events.push(event), running.signal);
    powerOff();
    powerOff = module.powerOn();
    expect(module.zone(ZONE.setUpCodes)).toBe(3);
    expect(events).toEqual([]);
  });

  it('switches them off in a module that is put on the line without a word', async () => {
    await open();
    powerOff();
    module = new Gm65Simulator(line);
    powerOff = module.powerOn();
    expect(module.zone(ZONE.setUpCodes)).toBe(1);
    await clock.advanceAsync(10_000, 1_000);
    expect(module.zone(ZONE.setUpCodes)).toBe(3);
    expect(module.obeyed).toEqual(['heartbeat', 'read 3', 'write 3 3', 'read 3', 'save']);
    await clock.advanceAsync(10_000, 1_000);
    expect(module.obeyed.slice(5)).toEqual(['heartbeat', 'read 3']);
  });

  it('answers a heartbeat too late, with a code right behind it, and only the code is read', async () => {
    await open();
    const codes = new ScannerSimulator(line);
    let late: Uint8Array = OK;
    module.sendReply = (reply) => {
      late = reply;
    };
    await clock.advanceAsync(11_600, 100);
    codes.send(late);
    expect(events).toEqual([]);
    await clock.advanceAsync(200, 100);
    codes.send(Buffer.concat([late, Buffer.from('GP1:GOOD\r')]));
    await clock.advanceAsync(100, 100);
    expect(events.map((event) => event.type === 'code' && event.text)).toEqual(['GP1:GOOD']);
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
      codes.send(
        Buffer.concat([
          Buffer.from(`${PASS}\r${OTHER.slice(0, 9)}`),
          reply,
          Buffer.from(`${OTHER.slice(9)}\r`),
        ]),
        [3],
      );
    await open(false);
    expect(events.map((event) => event.type === 'code' && event.text)).toEqual([PASS, OTHER]);
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
