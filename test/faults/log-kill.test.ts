import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { openReadOnly } from '../../src/adapters/sqlite/log-reader.ts';
import { CHAIN_START, verifyChain } from '../../src/core/events/chain.ts';
import { openStore, temporaryFolder } from '../support/store/store-folder.ts';
import { typescriptArguments } from '../support/typescript-child.ts';

/** Runs a writer until it has reported `count` commits, kills it with SIGKILL, gives all it reported. */
async function killAfter(folder: string, count: number): Promise<number[]> {
  const child = spawn(
    process.execPath,
    typescriptArguments('faults/log-writer.child.ts', folder, 'endless'),
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const exit = once(child, 'exit');
  const reported: number[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    reported.push(Number(line));
    if (reported.length === count) child.kill('SIGKILL');
  }
  expect(await exit).toEqual([null, 'SIGKILL']);
  return reported;
}

function rememberedPasses(folder: string): unknown[] {
  const database = new Database(join(folder, 'gatepost.db'), { readonly: true });
  const passes = database.prepare('SELECT pass_id FROM pass_step').pluck().all();
  database.close();
  return passes;
}

describe('a log whose process is killed in the middle of its work', () => {
  it('has every event that was reported, without a gap and with an intact chain, three times over', async () => {
    const folder = temporaryFolder();
    for (const count of [1, 40, 150]) {
      const reported = await killAfter(folder, count);
      expect(reported.length).toBeGreaterThanOrEqual(count);
      const store = await openStore(folder);
      expect(store.endedUncleanly).toBe(true);
      const { lastSequence } = store.outbox.position();
      expect(lastSequence).toBeGreaterThanOrEqual(reported.at(-1) ?? Number.NaN);
      const reader = openReadOnly(folder);
      const head = reader.head();
      expect(
        verifyChain(reader.rows(), {
          after: CHAIN_START,
          cover: reader.cover(),
          ...(head && { last: head }),
        }),
      ).toMatchObject({
        status: 'intact',
        rows: lastSequence,
      });
      // Two events and one effect in each transaction: all of it or nothing.
      expect((lastSequence - 1) % 2).toBe(0);
      for (const event of reader.newest(2)) {
        const { data } = JSON.parse(new TextDecoder().decode(event.body));
        expect(rememberedPasses(folder)).toContain(data.passId);
      }
      reader.close();
      await store.stop();
    }
  });
});
