import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Command } from 'commander';
import { describe, expect, it, vi } from 'vitest';
import { jsonLine, plainLine, timeWriter } from '../../../src/cli/site/log-line.ts';
import { registerLogTail } from '../../../src/cli/site/log-tail.ts';
import {
  accessGranted,
  doorOpened,
  SAMPLE_ACCESS,
  SAMPLE_TIME_MS,
} from '../../support/gate/event-samples.ts';
import { openStore, temporaryFolder } from '../../support/store/store-folder.ts';
import { typescriptArguments } from '../../support/typescript-child.ts';

/** Runs `gatepost log tail …` in this process and gives the lines it printed. */
async function tail(...words: string[]): Promise<string[]> {
  const program = new Command().exitOverride().configureOutput({ writeErr: () => undefined });
  registerLogTail(program);
  const print = vi.spyOn(console, 'log').mockImplementation(() => undefined);
  try {
    await program.parseAsync(['log', 'tail', ...words], { from: 'user' });
    return print.mock.calls.map(([line]) => String(line));
  } finally {
    print.mockRestore();
  }
}

describe('gatepost log tail', () => {
  it('prints one plain line an event while the store is open', async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    store.log.commit({
      events: [
        accessGranted(),
        {
          ...accessGranted(),
          name: 'access.denied',
          data: { ...SAMPLE_ACCESS, decision: 'Denied', reason: 'gp:Replay' },
        },
        { ...doorOpened(), timeQuality: 'unsynced' },
      ],
    });
    expect(await tail('--store', folder, '-n', '3')).toEqual([
      '2020-02-24 08:00:00   access.granted     main-in     Granted  -  resident  00112233aabbccdd',
      '2020-02-24 08:00:00   access.denied      main-in     Denied  gp:Replay  resident  00112233aabbccdd',
      '2020-02-24 08:00:00~  door.physical      main        door=main  state=Open',
    ]);
  });

  it('prints the events themselves as JSON lines', async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    const [event] = store.log.commit({ events: [accessGranted()] });
    expect(await tail('--store', folder, '-n', '1', '--json')).toEqual([
      new TextDecoder().decode(event?.body),
    ]);
  });

  it.each(['not json', '[]', 'null', '"text"', '{"type":', '\u001b[2J'])(
    'names a row whose body somebody changed into %j',
    (body) => {
      const event = { sequence: 7, epoch: 'e', name: 'access.granted', group: 'access' } as const;
      const row = { ...event, timeMs: SAMPLE_TIME_MS, body: new TextEncoder().encode(body) } as never;
      expect(plainLine(row, timeWriter('UTC'))).toMatch(
        /access\.granted +row 7: this row is not as it was written/,
      );
      expect(JSON.parse(jsonLine(row))).toMatchObject({ sequence: 7 });
    },
  );

  it('shows nothing that a terminal would obey', async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    const note = '\u001b[2Jgone\u009b31m\u202e\nx';
    store.log.commit({
      events: [
        {
          name: 'operator.override',
          subject: 'main-in',
          data: { operator: 'li', action: 'open', note },
          timeMs: SAMPLE_TIME_MS,
          timeQuality: 'synced',
        },
      ],
    });
    const [plain] = await tail('--store', folder, '-n', '1');
    const [json] = await tail('--store', folder, '-n', '1', '--json');
    expect(plain).toContain('note=\\u001b[2Jgone\\u009b31m\\u202e\\u000ax');
    expect(JSON.parse(json ?? '').data.note).toBe(note);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they must not be there
    for (const line of [plain, json]) expect(line).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
  });

  it('says how it is used when nothing names the log, and refuses a silly count', async () => {
    await expect(tail()).rejects.toMatchObject({ code: 'usage' });
    await expect(tail('--store', '/nowhere', '-n', '0')).rejects.toThrow(/whole number/);
    await expect(tail('--store', '/nowhere')).rejects.toMatchObject({ code: 'log.unavailable' });
  });

  it('follows the log until it is interrupted', async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    const words = typescriptArguments('integration/cli/log-tail.child.ts', '--store', folder, '--follow');
    const child = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
    const exit = once(child, 'exit');
    const seen: string[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      seen.push(line.split(/\s+/)[2] ?? '');
      if (seen.length === 3) child.kill('SIGINT');
      else store.log.commit({ events: [doorOpened()] });
    }
    expect(seen).toEqual(['log.reset', 'door.physical', 'door.physical']);
    expect(await exit).toEqual([0, null]);
  });

  it('takes store and time zone from the config', async () => {
    const folder = temporaryFolder();
    const store = await openStore(join(folder, 'state'));
    store.log.commit({ events: [accessGranted()] });
    const config = join(folder, 'gatepost.yaml');
    writeFileSync(config, CONFIG);
    const [line] = await tail('--config', config, '-n', '1');
    expect(line).toMatch(/^2020-02-24 16:00:00 /);
  });
});

const CONFIG = `
version: 1
site: { id: willow-court, name: Willow Court, timeZone: Asia/Shanghai }
gate: { id: north, name: North gate }
language: zh-CN
doors:
  main: { name: Main door, lock: { driver: simulated, levelFile: main.level } }
accessPoints:
  main-in: { door: main, direction: in, scanner: { driver: serial, path: simulated } }
passes: { issuers: [{ name: office, publicKey: 7be3357c561a025031960f9e0fc3c08afe453a7669026c68e43bf969965e88f2 }], kinds: [resident] }
screening: { in: off, out: off }
web: { host: 127.0.0.1, port: 8080 }
store: { folder: state }
`;
