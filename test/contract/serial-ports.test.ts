import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NodeSerialPorts } from '../../hardware/serial/serial-ports.ts';
import { needs } from '../support/needs.ts';
import { inMemoryRig, ptyRig } from '../support/serial-rigs.ts';
import { serialPortsContract } from './serial-ports.ts';

describe('SimulatedSerialPorts', () => serialPortsContract(inMemoryRig));

needs('socat')('NodeSerialPorts on a pty', () => serialPortsContract(ptyRig));

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
