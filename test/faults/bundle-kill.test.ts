import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { startDistribution } from '../support/gate/distribution-rig.ts';
import { openStore, temporaryFolder } from '../support/store/store-folder.ts';
import { typescriptArguments } from '../support/typescript-child.ts';

/** Runs a gate until it has taken `count` lists, kills it at some moment after, gives the numbers it reported. */
async function killAfter(folder: string, count: number, delayMs: number): Promise<number[]> {
  const child = spawn(process.execPath, typescriptArguments('faults/bundle-writer.child.ts', folder), {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exit = once(child, 'exit');
  const reported: number[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    reported.push(Number(line));
    // The next list is under way: the delay picks the step at which it is cut off.
    if (reported.length === count) setTimeout(() => child.kill('SIGKILL'), delayMs);
  }
  expect(await exit).toEqual([null, 'SIGKILL']);
  return reported;
}

describe('a gate that is killed while it takes lists', () => {
  it('has the last one it reported or the one after, whole, with its event, and nothing left over', async () => {
    const folder = temporaryFolder();
    for (const [count, delayMs] of [
      [1, 0],
      [3, 1],
      [2, 2],
      [5, 3],
      [4, 5],
      [2, 8],
    ] as const) {
      const reported = await killAfter(folder, count, delayMs);
      const last = reported.at(-1) ?? Number.NaN;
      const store = await openStore(folder);
      const gate = await startDistribution(store);
      const inForce = gate.inForce.kept('orders')?.number ?? Number.NaN;
      expect([last, last + 1]).toContain(inForce);
      expect(gate.inForce.content('orders')?.orders.count).toBe(2);
      expect(gate.events().at(-1)).toMatchObject({ name: 'policy.applied', data: { number: inForce } });
      expect(readdirSync(join(folder, 'bundles'))).toHaveLength(2);
      await gate.distribution.stop();
      await store.stop();
    }
  });
});
