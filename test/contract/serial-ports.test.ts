import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NodeSerialPorts } from '../../hardware/serial/serial-ports.ts';
import { inMemoryRig, ptyRig } from '../support/devices/serial-rigs.ts';
import { needs } from '../support/needs.ts';
import { serialPortsContract } from './serial-ports.ts';

describe('SimulatedSerialPorts', () => serialPortsContract(inMemoryRig));

needs('socat')('NodeSerialPorts on a pty', () => serialPortsContract(ptyRig));

needs('socat')('a real line of NodeSerialPorts', () => {
  // A pty has no parity to switch on, but keeps which one it would be.
  it.each([
    [{}, '-parodd', '-cstopb'],
    [{ parity: 'odd', stopBits: 2 }, 'parodd', 'cstopb'],
    [{ parity: 'even', stopBits: 1 }, '-parodd', '-cstopb'],
  ] as const)('is set to %o', async (setting, ...flags) => {
    const { ports, path, dispose } = await ptyRig();
    const options = { path, baudRate: 9600, ...setting };
    const link = await ports.open(options, () => undefined, new AbortController().signal);
    const said = execFileSync('stty', ['-F', path, '-a'], { encoding: 'utf8' }).split(/\s+/);
    for (const flag of flags) expect(said).toContain(flag);
    await link.close();
    await dispose();
  });
});

describe('NodeSerialPorts', () => {
  const open = (path: string) =>
    new NodeSerialPorts().open({ path, baudRate: 9600 }, () => undefined, new AbortController().signal);

  it('says that a file is no serial line', async () => {
    await expect(open('/dev/null')).rejects.toMatchObject({ code: 'device.failed' });
  });

  // Root may open everything, so there is nothing to see for root.
  it.skipIf(process.getuid?.() === 0)('names the group that a forbidden line belongs to', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'gatepost-denied-'));
    const path = join(folder, 'ttyUSB0');
    writeFileSync(path, '');
    chmodSync(path, 0);
    try {
      await expect(open(path)).rejects.toMatchObject({ code: 'device.denied', message: /usermod -aG/ });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
