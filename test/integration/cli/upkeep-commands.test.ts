import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { OwnUpkeepCommands } from '../../../src/adapters/commands/upkeep-commands.ts';
import type { Store } from '../../../src/adapters/sqlite/store.ts';
import { packageRoot } from '../../../src/version.ts';
import { filled, passages, site } from '../../support/store/backup-site.ts';

const PROGRAM = join(packageRoot(), 'dist/src/cli/gatepost.js');
const NEVER = new AbortController().signal;

function commandsOf({ file }: ReturnType<typeof site>) {
  return new OwnUpkeepCommands({ command: [process.execPath, PROGRAM], config: file('gate.yaml') });
}

async function beside(): Promise<{ place: ReturnType<typeof site>; store: Store }> {
  const place = site();
  return { place, store: await filled(place.store) };
}

describe("the program's own commands beside a running gate", () => {
  it('give the log away, make a backup that the gate is told of, and find what the doctor finds', async () => {
    const { place, store } = await beside();
    const commands = commandsOf(place);
    let text = '';
    for await (const bytes of commands.export({ format: 'jsonl' }, NEVER))
      text += Buffer.from(bytes).toString();
    const { firstSequence, lastSequence } = store.outbox.position();
    expect(text.trimEnd().split('\n')).toHaveLength(lastSequence - firstSequence + 1);

    const said = await commands.backup(place.file('stick'), NEVER);
    expect(place.taken()).toHaveLength(1);
    expect(said).toContain(place.taken()[0]);
    expect(store.backups.untold()).toHaveLength(1);

    const findings = await commands.examine(NEVER);
    const checks = new Set(findings.map(({ check }) => check));
    for (const check of ['config', 'storage', 'log', 'backup']) expect(checks).toContain(check);
    expect(checks).not.toContain('asker');
  });

  it('end with what they said, when nobody reads any more, and with the signal', async () => {
    const { place, store } = await beside();
    const commands = commandsOf(place);
    await expect(commands.backup(place.file('nowhere/here'), NEVER)).rejects.toThrow(/is the stick mounted/);
    passages(store, 2_000);
    const rows = commands.export({ format: 'csv' }, NEVER)[Symbol.asyncIterator]();
    expect((await rows.next()).value?.length).toBeGreaterThan(0);
    await rows.return?.();
    const stop = new AbortController();
    const copying = commands.backup(place.file('stick'), stop.signal);
    stop.abort(new Error('the gate has ended'));
    await expect(copying).rejects.toThrow('the gate has ended');
    await expect
      .poll(() => readdirSync(place.file('stick')).filter((name) => name.endsWith('.age')))
      .toEqual([]);
    await expect(commands.examine(stop.signal)).rejects.toThrow('the gate has ended');
  });
});
