import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { openLogSource } from '../../src/adapters/sqlite/log-source.ts';
import { verifyLog } from '../../src/core/events/verify-log.ts';
import { VirtualClock } from '../support/clock/virtual-clock.ts';
import { accessGranted, doorOpened } from '../support/gate/event-samples.ts';
import { makePurge } from '../support/store/purge.ts';
import { openStore, temporaryFolder } from '../support/store/store-folder.ts';
import { typescriptArguments } from '../support/typescript-child.ts';

const DAY_MS = 86_400_000;
/** So many moments of a purge, evenly spread, are tried. */
const KILLS = 5;
const PEOPLE = 40;
const HOUSE = 'a1b2c3d4e5f6';

/** Purges in a process of its own, which is killed at a step; 0: to the end. */
async function purges(folder: string, atMs: number, step: number): Promise<string> {
  const child = spawn(
    process.execPath,
    typescriptArguments('faults/purging.child.ts', folder, String(atMs), String(step)),
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const exit = once(child, 'exit');
  const said = await text(child.stdout);
  expect(await exit).toEqual(step === 0 ? [0, null] : [null, 'SIGKILL']);
  return said;
}

/** A log of two weeks and a half, half of it acknowledged; a ledger, and the visitors' book. */
async function fill(folder: string): Promise<number> {
  const clock = new VirtualClock();
  const store = await openStore(folder, { clock });
  for (let person = 0; person < PEOPLE; person++) {
    const { wallMs } = clock.read();
    const [passage, passId] = [`p${person}`, `ca4d${String(person).padStart(12, '0')}`];
    const who = { passId, holderRef: HOUSE, direction: 'in', accessPoint: 'main-in' } as const;
    const visitor = {
      passId,
      label: 'Plumber',
      fromMs: wallMs,
      untilMs: wallMs + DAY_MS,
      registeredBy: 'chen',
    };
    store.log.commit({
      events: [accessGranted({ passage }, wallMs), doorOpened(wallMs)],
      effects: [
        {
          kind: 'recordPassage',
          entry: { passage, ...who, siteDay: Math.floor(wallMs / DAY_MS), passUntilMs: wallMs },
        },
        { kind: 'registerVisitor', visitor },
      ],
    });
    clock.advance(DAY_MS / 20);
  }
  store.outbox.advance(PEOPLE);
  while (store.tree.grow() > 0);
  await store.stop();
  return clock.read().wallMs + 20 * DAY_MS;
}

/** What a store still knows: rows by what is left of them, and other records. */
async function left(folder: string, atMs: number) {
  const source = openLogSource(folder);
  const verify = verifyLog(source, { witnesses: [] });
  let turn = verify.next();
  while (turn.done !== true) turn = verify.next();
  source.close();
  const store = await openStore(folder, { clock: new VirtualClock(atMs) });
  const rows = store.outbox.readAfter(0, 10_000).map(({ body }) => new TextDecoder().decode(body));
  const visitors = store.visitors.present(0, 1_000).length;
  await store.stop();
  const { findings, reduced } = turn.value;
  return { findings, reduced, named: rows.filter((row) => row.includes(HOUSE)).length, visitors };
}

/** The next start of the gate: its purge goes on by itself. */
async function finish(folder: string, atMs: number): Promise<void> {
  const clock = new VirtualClock(atMs);
  const store = await openStore(folder, { clock });
  const purge = makePurge(store, clock);
  await purge.start(new AbortController().signal);
  clock.advance(30 * 60_000);
  await purge.stop();
  await store.stop();
}

describe('a purge that is killed', () => {
  it('leaves the log provable at every step, and is done to its end afterwards', async () => {
    const original = temporaryFolder();
    const atMs = await fill(original);
    const whole = join(temporaryFolder(), 'whole');
    cpSync(original, whole, { recursive: true });
    const steps = Number(await purges(whole, atMs, 0));
    const done = await left(whole, atMs);
    expect(done).toMatchObject({ findings: [], named: 0, visitors: 0 });
    expect((await left(original, atMs)).named).toBe(PEOPLE);
    for (let kill = 0; kill < KILLS; kill++) {
      const folder = join(temporaryFolder(), 'killed');
      cpSync(original, folder, { recursive: true });
      await purges(folder, atMs, 1 + Math.floor((kill * (steps - 1)) / KILLS));
      const between = await left(folder, atMs);
      expect(between.findings).toEqual([]);
      expect(between.reduced).toBeLessThanOrEqual(done.reduced);
      await finish(folder, atMs);
      expect({ kill, ...(await left(folder, atMs)) }).toMatchObject({
        kill,
        findings: [],
        named: 0,
        visitors: 0,
      });
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
