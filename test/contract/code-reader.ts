import { afterEach, beforeEach, expect, it } from 'vitest';
import { SystemClock } from '../../src/adapters/clock/system-clock.ts';
import type { CodeReader, CodeReaderEvent } from '../../src/ports/code-reader.ts';
import type { DeviceLink } from '../../src/ports/device-link.ts';
import { Inbox } from '../support/inbox.ts';
import { expectKeptCodesDropped } from './kept-codes.ts';

/** A reader and somebody who holds codes in front of it. */
export interface CodeReaderRig {
  readonly reader: CodeReader;
  /** A reader of something that is not there. */
  readonly missing: CodeReader;
  /** A code is shown; the reader must be open. Resolves when it is on its way. */
  present(text: string): Promise<void>;
  /** The begin of a code, without its end. */
  presentHalf(): Promise<void>;
  /** Something that is no code, if the device can send such a thing. */
  presentRubbish?(): Promise<void>;
  unplug(): Promise<void>;
  plug(): Promise<void>;
  dispose(): Promise<void>;
}

const PASS =
  'GP1:6BFOXN*TS0BI$ZD4N9:9S6RCVN5+O30K3/XIV0W23NTDE$VK G2EP4J0BGJLFX3R3VHXK.PJ:2DPF6R:5SVBHABVCNN95S';

/** Every character that a pass may have. */
const ALPHABET = 'GP1:$%*+-./: 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** Line ends and what comes with them, inside a code or added by a scanner. */
export const BEHIND_A_CODE = [
  '\n',
  '\r\n',
  '\r\n\r\n',
  '\n\r',
  '\t',
  '  ',
  ' \r\n',
  '\r\u0003',
  '\n\u0004 ',
] as const;

/** What every CodeReader does. Call inside a describe(). */
export function codeReaderContract(makeRig: () => Promise<CodeReaderRig>): void {
  let rig: CodeReaderRig;
  let inbox: Inbox<CodeReaderEvent>;
  let links: DeviceLink[];

  beforeEach(async () => {
    rig = await makeRig();
    inbox = new Inbox();
    links = [];
  });

  afterEach(async () => {
    await Promise.all(links.map((link) => link.close()));
    await rig.dispose();
  });

  async function open(signal = new AbortController().signal): Promise<DeviceLink> {
    const link = await rig.reader.open(inbox.put, signal);
    links.push(link);
    return link;
  }

  async function textsUntil(last: string): Promise<unknown[]> {
    const events = await inbox.until((all) =>
      all.some((event) => event.type === 'code' && event.text === last),
    );
    const texts = events.map((event) => (event.type === 'code' ? event.text : event.cause));
    // A camera tells of a code again while it stays in view; how often depends on how busy the machine is.
    return texts.filter((text, at) => text !== texts[at - 1]);
  }

  it('reads codes in their order, every character of a pass among them', async () => {
    await open();
    await rig.present(PASS);
    await textsUntil(PASS);
    await rig.present(ALPHABET);
    expect(await textsUntil(ALPHABET)).toEqual([PASS, ALPHABET]);
  });

  it('takes what stands behind a code for no part of it', async () => {
    await open();
    for (const [at, behind] of BEHIND_A_CODE.entries()) {
      const text = `${PASS}${at}`;
      await rig.present(`${text}${behind}`);
      await textsUntil(text);
    }
    await rig.present(PASS);
    expect(await textsUntil(PASS)).toEqual([...BEHIND_A_CODE.map((_, at) => `${PASS}${at}`), PASS]);
  });

  it('stamps a code with the monotonic time of its arrival', async () => {
    await open();
    const before = new SystemClock().read().monotonicMs;
    await rig.present(PASS);
    const [event] = await inbox.until((all) => all.length > 0);
    expect(event?.beganMs).toBeGreaterThanOrEqual(before);
    expect(event?.beganMs).toBeLessThanOrEqual(event?.atMs ?? 0);
    expect(event?.atMs).toBeLessThanOrEqual(new SystemClock().read().monotonicMs);
  });

  it('drops half a code when the plug is pulled, and reads whole ones after it is back', async () => {
    const link = await open();
    await rig.present('BEFORE');
    await textsUntil('BEFORE');
    await rig.presentHalf();
    await rig.unplug();
    expect(await link.closed).toMatchObject({ code: 'device.lost' });
    await rig.plug();
    await open();
    await rig.present('WHOLE');
    expect(await textsUntil('WHOLE')).toEqual(['BEFORE', 'WHOLE']);
  });

  it('drops what it kept while nobody listened, at the first opening and after the plug was pulled', async () => {
    await expectKeptCodesDropped(rig.reader, rig.present);
    const link = await open();
    await rig.unplug();
    await link.closed;
    await rig.plug();
    await expectKeptCodesDropped(rig.reader, rig.present);
  });

  it('reads on after rubbish', async () => {
    if (rig.presentRubbish === undefined) return;
    await open();
    await rig.presentRubbish();
    await inbox.until((all) => all.length > 0);
    await rig.present('NEXT');
    const [rubbish, next] = await textsUntil('NEXT');
    expect(rubbish).toBeOneOf(['incomplete', 'unknown_key', 'control_characters', 'invalid_utf8']);
    expect(next).toBe('NEXT');
  });

  it('ends without an error when closed, twice without harm, and says nothing afterwards', async () => {
    const link = await open();
    await rig.presentHalf();
    await Promise.all([link.close(), link.close()]);
    expect(await link.closed).toBeUndefined();
    expect(inbox.items).toEqual([]);
  });

  it('ends by its signal', async () => {
    const running = new AbortController();
    const link = await open(running.signal);
    running.abort();
    expect(await link.closed).toBeUndefined();
  });

  it('names what is missing', async () => {
    await expect(rig.missing.open(inbox.put, new AbortController().signal)).rejects.toMatchObject({
      code: 'device.missing',
    });
  });
}
