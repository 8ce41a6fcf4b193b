import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Wire } from '../../hardware/simulators/wire.ts';
import type { SerialLink, SerialPorts } from '../../src/ports/serial-ports.ts';
import { Inbox } from '../support/inbox.ts';

export interface SerialRig {
  readonly ports: SerialPorts;
  readonly path: string;
  readonly missingPath: string;
  /** The device's end of `path`; a new one after plug(). */
  readonly wire: () => Wire;
  unplug(): Promise<void>;
  plug(): Promise<void>;
  dispose(): Promise<void>;
}

/** What every SerialPorts does. Call inside a describe(). */
export function serialPortsContract(makeRig: () => Promise<SerialRig>): void {
  let rig: SerialRig;
  let links: SerialLink[];
  let running: AbortController;

  beforeEach(async () => {
    rig = await makeRig();
    links = [];
    running = new AbortController();
  });

  afterEach(async () => {
    await Promise.all(links.map((link) => link.close()));
    await rig.dispose();
  });

  async function open(onBytes: (bytes: Uint8Array) => void = () => undefined): Promise<SerialLink> {
    const link = await rig.ports.open({ path: rig.path, baudRate: 9600 }, onBytes, running.signal);
    links.push(link);
    return link;
  }

  it('carries every byte value unchanged and in order, both ways', async () => {
    const all = Uint8Array.from({ length: 256 }, (_, value) => value);
    const toKiosk = new Inbox<Uint8Array>();
    const toDevice = new Inbox<Uint8Array>();
    const link = await open(toKiosk.put);
    rig.wire().onBytes(toDevice.put);
    rig.wire().write(all);
    await link.write(all);
    expect(Buffer.concat(await toKiosk.until((chunks) => bytesIn(chunks) >= 256))).toEqual(Buffer.from(all));
    expect(Buffer.concat(await toDevice.until((chunks) => bytesIn(chunks) >= 256))).toEqual(Buffer.from(all));
  });

  it('keeps writes in order that are not waited for', async () => {
    const toDevice = new Inbox<Uint8Array>();
    const link = await open();
    rig.wire().onBytes(toDevice.put);
    const blocks = Array.from({ length: 20 }, (_, value) => new Uint8Array(1000).fill(value));
    await Promise.all(blocks.map((block) => link.write(block)));
    const received = Buffer.concat(await toDevice.until((chunks) => bytesIn(chunks) >= 20_000));
    expect(received).toEqual(Buffer.concat(blocks));
  });

  it('hands over chunks that stay as they were', async () => {
    const inbox = new Inbox<Uint8Array>();
    await open(inbox.put);
    rig.wire().write(Uint8Array.of(1));
    await inbox.until((chunks) => bytesIn(chunks) === 1);
    rig.wire().write(Uint8Array.of(2));
    await inbox.until((chunks) => bytesIn(chunks) === 2);
    expect(inbox.items.map((chunk) => [...chunk])).toEqual([[1], [2]]);
  });

  it('ends without an error when it is closed, and closes twice without harm', async () => {
    const link = await open();
    await Promise.all([link.close(), link.close()]);
    await link.close();
    expect(await link.closed).toBeUndefined();
  });

  it('can be opened again after it was closed', async () => {
    await (await open()).close();
    const inbox = new Inbox<Uint8Array>();
    await open(inbox.put);
    rig.wire().write(Uint8Array.of(7));
    expect([...Buffer.concat(await inbox.until((chunks) => bytesIn(chunks) > 0))]).toEqual([7]);
  });

  it('refuses to write on a closed line and sends nothing later', async () => {
    const link = await open();
    await link.close();
    await expect(link.write(Uint8Array.of(1))).rejects.toMatchObject({ code: 'device.lost' });
    const toDevice = new Inbox<Uint8Array>();
    rig.wire().onBytes(toDevice.put);
    const again = await open();
    await again.write(Uint8Array.of(2));
    await toDevice.until((chunks) => bytesIn(chunks) > 0);
    expect([...Buffer.concat(toDevice.items)]).toEqual([2]);
  });

  it('says device.lost when the plug is pulled, and opens again when it is back', async () => {
    const link = await open();
    await rig.unplug();
    expect(await link.closed).toMatchObject({ code: 'device.lost' });
    await expect(link.write(Uint8Array.of(1))).rejects.toMatchObject({ code: 'device.lost' });
    await expect(open()).rejects.toMatchObject({ code: 'device.missing' });
    await rig.plug();
    const inbox = new Inbox<Uint8Array>();
    await open(inbox.put);
    rig.wire().write(Uint8Array.of(9));
    expect([...Buffer.concat(await inbox.until((chunks) => bytesIn(chunks) > 0))]).toEqual([9]);
  });

  it('notices a plug that is pulled while bytes pour in', async () => {
    const inbox = new Inbox<Uint8Array>();
    const link = await open(inbox.put);
    for (let block = 0; block < 64; block++) rig.wire().write(new Uint8Array(1024).fill(0x55));
    await inbox.until((chunks) => bytesIn(chunks) > 0);
    await rig.unplug();
    expect(await link.closed).toMatchObject({ code: 'device.lost' });
  });

  it('names a missing path', async () => {
    const opening = rig.ports.open(
      { path: rig.missingPath, baudRate: 9600 },
      () => undefined,
      running.signal,
    );
    await expect(opening).rejects.toMatchObject({ code: 'device.missing' });
  });

  it('refuses a line that is in use, which goes on working', async () => {
    const inbox = new Inbox<Uint8Array>();
    await open(inbox.put);
    await expect(open()).rejects.toMatchObject({ code: 'device.busy' });
    rig.wire().write(Uint8Array.of(5));
    expect([...Buffer.concat(await inbox.until((chunks) => bytesIn(chunks) > 0))]).toEqual([5]);
  });

  it('closes when its signal aborts', async () => {
    const link = await open();
    running.abort(new Error('stopping'));
    expect(await link.closed).toBeUndefined();
  });

  it('does not open for a signal that has aborted', async () => {
    running.abort(new Error('stopping'));
    await expect(open()).rejects.toMatchObject({ code: 'device.failed' });
  });

  it('leaves nothing open when it is called off while it opens', async () => {
    const opening = open();
    running.abort(new Error('stopping'));
    const outcome = await opening.then(
      (link) => link.closed,
      (error: unknown) => error,
    );
    // A line that was quick enough to open closes again; a slow one never opens.
    if (outcome !== undefined) expect(outcome).toMatchObject({ code: 'device.failed' });
    running = new AbortController();
    await open();
  });
}

function bytesIn(chunks: readonly Uint8Array[]): number {
  return chunks.reduce((sum, chunk) => sum + chunk.length, 0);
}
