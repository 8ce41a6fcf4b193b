import { afterEach, beforeEach, expect, it } from 'vitest';
import { SerialCodeReader } from '../../hardware/scanner-serial/driver.ts';
import { Gm65Simulator } from '../../hardware/scanner-serial/gm65-simulator.ts';
import { ScannerSimulator } from '../../hardware/scanner-serial/simulator.ts';
import { SystemClock } from '../../src/adapters/clock/system-clock.ts';
import type { CodeReaderEvent } from '../../src/ports/code-reader.ts';
import type { DeviceLink } from '../../src/ports/device-link.ts';
import { Inbox } from '../support/inbox.ts';
import { BEHIND_A_CODE } from './code-reader.ts';
import { expectKeptCodesDropped } from './kept-codes.ts';
import type { SerialRig } from './serial-ports.ts';

/** Longer than any test: a slow machine must not end a code between two of its bytes. */
const NEVER_IDLE_MS = 600_000;
const PASS =
  'GP1:6BFOXN*TS0BI$ZD4N9:9S6RCVN5+O30K3/XIV0W23NTDE$VK G2EP4J0BGJLFX3R3VHXK.PJ:2DPF6R:5SVBHABVCNN95S';

/** What a scanner on a serial line does, whatever carries the line and whatever family it is. Call inside a describe(). */
export function serialCodeReaderContract(
  makeRig: () => Promise<SerialRig>,
  family: 'plain' | 'gm65' = 'plain',
): void {
  let rig: SerialRig;
  let scanner: ScannerSimulator;
  let inbox: Inbox<CodeReaderEvent>;
  let links: DeviceLink[];
  let powerOff = (): void => undefined;

  beforeEach(async () => {
    rig = await makeRig();
    powerOn();
    scanner = new ScannerSimulator(rig.wire());
    inbox = new Inbox();
    links = [];
  });

  afterEach(async () => {
    await Promise.all(links.map((link) => link.close()));
    await rig.dispose();
  });

  function powerOn(): void {
    powerOff();
    if (family === 'gm65') powerOff = new Gm65Simulator(rig.wire()).powerOn();
  }

  function reader(idleMs = NEVER_IDLE_MS, path = rig.path): SerialCodeReader {
    return new SerialCodeReader({
      serialPorts: rig.ports,
      clock: new SystemClock(),
      path,
      baudRate: 9600,
      idleMs,
      ...(family === 'gm65' ? { gm65: { disableSetUpCodes: true } } : {}),
      simulated: false,
    });
  }

  async function open(idleMs?: number): Promise<DeviceLink> {
    const link = await reader(idleMs).open(inbox.put, new AbortController().signal);
    links.push(link);
    return link;
  }

  /** What came, up to and including the code `last`, without times. */
  async function eventsUntil(last: string): Promise<unknown[]> {
    const events = await inbox.until((all) => all.some((event) => isCode(event, last)));
    return events.map((event) =>
      event.type === 'code' ? event.text : { cause: event.cause, lengthBytes: event.lengthBytes },
    );
  }

  it.each(['\r', '\n', '\r\n', '\t'] as const)('takes %j for the end of a code', async (suffix) => {
    await open();
    scanner.present(PASS, { suffix });
    await eventsUntil(PASS);
    scanner.present('second', { suffix });
    expect(await eventsUntil('second')).toEqual([PASS, 'second']);
  });

  it.each([...BEHIND_A_CODE, '\u0000', '\r\u0000'])(
    'takes %j behind a code for no part of it',
    async (behind) => {
      await open();
      for (const [at, suffix] of (['\r', '\n', '\r\n', '\t'] as const).entries()) {
        scanner.present(`${PASS}${at}${behind}`, { suffix });
        await eventsUntil(`${PASS}${at}`);
      }
      scanner.present('last');
      expect(await eventsUntil('last')).toEqual([...[0, 1, 2, 3].map((at) => `${PASS}${at}`), 'last']);
    },
  );

  it('takes a silence for the end of a code without a line end', async () => {
    await open(50);
    scanner.present(PASS, { suffix: '' });
    expect(await eventsUntil(PASS)).toEqual([PASS]);
  });

  it.each([1, 2, 3, 7])('puts codes together that arrive in pieces of %i', async (length) => {
    await open();
    scanner.present('请出示通行证 🚪', { suffix: '\r\n', chunkLengths: [length] });
    await eventsUntil('请出示通行证 🚪');
    scanner.present(PASS, { suffix: '\n', chunkLengths: [length, 1] });
    expect(await eventsUntil(PASS)).toEqual(['请出示通行证 🚪', PASS]);
  });

  it('rejects what is no text and reads on', async () => {
    await open();
    scanner.send(Uint8Array.of(0xff, 0xfe, 0x41, 0x0d));
    await inbox.until((all) => all.length === 1);
    scanner.present('A\u0000B');
    await inbox.until((all) => all.length === 2);
    scanner.present('next');
    expect(await eventsUntil('next')).toEqual([
      { cause: 'invalid_utf8', lengthBytes: 3 },
      { cause: 'control_characters', lengthBytes: 3 },
      'next',
    ]);
  });

  it('rejects an endless line once and reads on after its end', async () => {
    await open();
    scanner.send(new Uint8Array(1_000_000).fill(0x41), [4096, 1, 999]);
    scanner.present('');
    await inbox.until((all) => all.length === 1);
    scanner.present('next');
    expect(await eventsUntil('next')).toEqual([{ cause: 'too_long', lengthBytes: 4097 }, 'next']);
  });

  it('stamps a code with the monotonic time of its arrival', async () => {
    const before = new SystemClock().read().monotonicMs;
    await open();
    scanner.present(PASS);
    const [event] = await inbox.until((all) => all.length > 0);
    expect(event?.beganMs).toBeGreaterThanOrEqual(before);
    expect(event?.beganMs).toBeLessThanOrEqual(event?.atMs ?? 0);
    expect(event?.atMs).toBeLessThanOrEqual(new SystemClock().read().monotonicMs);
  });

  it('drops half a code when the plug is pulled, and reads whole ones after it is back', async () => {
    const link = await open();
    scanner.present('before', { suffix: '\r' });
    await eventsUntil('before');
    scanner.present('half', { suffix: '' });
    await rig.unplug();
    expect(await link.closed).toMatchObject({ code: 'device.lost' });
    await rig.plug();
    powerOn();
    await open();
    new ScannerSimulator(rig.wire()).present('whole');
    expect(await eventsUntil('whole')).toEqual(['before', 'whole']);
  });

  it('drops what it kept while nobody listened, at the first opening and after the plug was pulled', async () => {
    await expectKeptCodesDropped(reader(), (text) => scanner.present(text));
    const link = await open();
    await rig.unplug();
    await link.closed;
    await rig.plug();
    powerOn();
    scanner = new ScannerSimulator(rig.wire());
    await expectKeptCodesDropped(reader(), (text) => scanner.present(text));
  });

  it('ends without an error when closed, twice without harm, and says nothing afterwards', async () => {
    const link = await open();
    scanner.present('last words', { suffix: '' });
    await Promise.all([link.close(), link.close()]);
    expect(await link.closed).toBeUndefined();
    expect(inbox.items).toEqual([]);
  });

  it('names a missing and a busy line', async () => {
    const signal = new AbortController().signal;
    await expect(reader(80, rig.missingPath).open(inbox.put, signal)).rejects.toMatchObject({
      code: 'device.missing',
    });
    await open();
    await expect(open()).rejects.toMatchObject({ code: 'device.busy' });
  });
}

function isCode(event: CodeReaderEvent, text: string): boolean {
  return event.type === 'code' && event.text === text;
}
