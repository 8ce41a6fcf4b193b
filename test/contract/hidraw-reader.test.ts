import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openDeviceReader } from '../../hardware/hidraw-reader/kernel-device-files.ts';
import type { DeviceLink } from '../../src/ports/device-link.ts';
import { FifoDevice } from '../support/devices/fifo-device.ts';
import { Inbox } from '../support/inbox.ts';
import { typescriptArguments } from '../support/typescript-child.ts';

describe.each(['epoll', 'cat'] as const)('a device read by %s', (backEnd) => {
  let device: FifoDevice;
  let chunks: Inbox<Uint8Array>;
  let running: AbortController;

  beforeEach(() => {
    device = new FifoDevice();
    chunks = new Inbox();
    running = new AbortController();
  });

  afterEach(() => {
    running.abort();
    device.dispose();
  });

  function open(path = device.path): Promise<DeviceLink> {
    return openDeviceReader(path, chunks.put, running.signal, backEnd);
  }

  async function bytesUntil(count: number): Promise<Buffer> {
    return Buffer.concat(
      await chunks.until((all) => all.reduce((sum, { length }) => sum + length, 0) >= count),
    );
  }

  it('gives every byte in order', async () => {
    await open();
    const all = Uint8Array.from({ length: 256 }, (_, value) => value);
    for (let round = 0; round < 8; round++) device.write(all);
    expect(await bytesUntil(2048)).toEqual(Buffer.concat(new Array(8).fill(all)));
  });

  it('gives each byte as soon as it is there', async () => {
    await open();
    for (let value = 1; value <= 5; value++) {
      device.write(Uint8Array.of(value));
      expect((await bytesUntil(value)).at(-1)).toBe(value);
    }
  });

  it('says when the device goes away, and reads it again when it is back', async () => {
    const link = await open();
    device.write(Uint8Array.of(1));
    await bytesUntil(1);
    device.unplug();
    expect(await link.closed).toMatchObject({ code: 'device.lost' });
    await expect(open()).rejects.toMatchObject({ code: 'device.missing' });
    device.plug();
    await open();
    device.write(Uint8Array.of(2));
    expect(await bytesUntil(2)).toEqual(Buffer.of(1, 2));
  });

  it('ends without an error by close(), twice without harm, or by its signal', async () => {
    const link = await open();
    await Promise.all([link.close(), link.close()]);
    expect(await link.closed).toBeUndefined();
    const other = await open();
    running.abort();
    expect(await other.closed).toBeUndefined();
    device.write(Uint8Array.of(1));
    expect(chunks.items).toEqual([]);
    await expect(open()).rejects.toMatchObject({ code: 'device.failed' });
  });

  it('leaves no open file behind', async () => {
    await (await open()).close();
    const before = readdirSync('/proc/self/fd').length;
    for (let round = 0; round < 10; round++) await (await open()).close();
    expect(readdirSync('/proc/self/fd').length).toBeLessThanOrEqual(before);
  });

  it('refuses what is no device', async () => {
    const file = join(dirname(device.path), 'file');
    writeFileSync(file, 'text');
    await expect(open(file)).rejects.toMatchObject({ code: 'device.failed' });
    await expect(open(dirname(device.path))).rejects.toMatchObject({ code: 'device.failed' });
  });

  it('does not keep the program from ending while nothing arrives', async () => {
    const child = spawn(
      process.execPath,
      typescriptArguments('contract/hidraw-reader.child.ts', device.path, backEnd),
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    await once(child.stdout, 'data');
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await ended).toEqual([7, null]);
  });
});
