import { appendFileSync, closeSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { DecisionView } from '../../src/ports/boards.ts';
import { Mosquitto } from '../support/broker/mosquitto.ts';
import { EventWatch } from '../support/gate/event-watch.ts';
import { issuePass, TestGate } from '../support/gate/gate.ts';
import { NAMESPACE, needsMounts } from '../support/needs.ts';
import { GuardClient } from '../support/screens/guard-client.ts';
import { temporaryFolder } from '../support/store/store-folder.ts';

const MIB = 1024 * 1024;

/** Leaves so much space free; gives the path of what took the rest. */
function leave(disk: string, bytes: number): string {
  const path = join(disk, 'ballast');
  const { bavail, bsize } = statfsSync(disk);
  appendFileSync(path, Buffer.alloc(bavail * bsize - bytes));
  return path;
}

/** Takes all the space there is; gives the path of what took it. */
function fill(disk: string): string {
  const path = join(disk, 'ballast');
  const file = openSync(path, 'a');
  try {
    for (const size of [65_536, 4_096, 1]) {
      try {
        for (;;) writeSync(file, Buffer.alloc(size));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      }
    }
  } finally {
    closeSync(file);
  }
  return path;
}

// A mount namespace of its own gives the daemon a small real disk.
needsMounts(
  '/mnt',
  'mosquitto',
  'socat',
)('a daemon whose disk is full', () => {
  it('warns at the first mark, opens for nobody when it is full, says why, and opens again by itself', async () => {
    const disk = temporaryFolder();
    const broker = await Mosquitto.start();
    onTestFinished(() => broker.stop());
    const events = await EventWatch.start(broker.url);
    onTestFinished(() => events.stop());
    const gate = await TestGate.set({
      mqttUrl: broker.url,
      screening: 'off',
      contact: false,
      releaseSeconds: 0.2,
      storeFolder: join(disk, 'store'),
    });
    onTestFinished(() => gate.dispose());
    const mount = `mount -t tmpfs -o size=64m none '${disk}' && exec "$@"`;
    const daemon = await gate.start({ wrapper: [...NAMESPACE, 'sh', '-c', mount, 'sh'] });
    const guard = await GuardClient.signIn(daemon);
    onTestFinished(() => guard.close());
    const decisions = () => (guard.screen.latest('decisions') ?? []) as readonly DecisionView[];

    async function isLetIn(): Promise<void> {
      const releases = gate.level.releases + 1;
      const { text, passId } = issuePass();
      events.mark();
      gate.show(text);
      await gate.level.changes.until((levels) => gate.level.releases === releases && levels.at(-1) === '0');
      expect((await events.next('access.granted')).data.passId).toBe(passId);
      await guard.seesPerson('Idle');
    }
    // The disk as the daemon sees it.
    const seen = join(`/proc/${daemon.pid}/root`, disk);
    const storage = () => events.all.filter(({ name }) => name === 'device.storage').at(-1)?.data;

    // At the first mark guard and servers are told, and everybody is let in as ever.
    leave(seen, 5 * MIB);
    await guard.sees('log', 'degraded', 'log.low');
    await events.until(() => storage()?.cause === 'log.low');
    expect(storage()).toMatchObject({
      device: 'log',
      status: 'degraded',
      detail: expect.stringContaining('MiB are free'),
    });
    await isLetIn();
    const ballast = fill(seen);

    // The first one finds out, the others come to a gate that knows; a wrong pass is not hidden by the full disk.
    const comers = [
      [issuePass().text, ['gp:LogUnavailable']],
      [issuePass().text, ['gp:LogUnavailable']],
      [issuePass({ site: 'other-court' }).text, ['gp:WrongSite', 'gp:LogUnavailable']],
    ] as const;
    for (const [text, reasons] of comers) {
      const { length } = decisions();
      gate.show(text);
      await guard.screen.until(() => decisions().length > length);
      expect(decisions()[0]).toMatchObject({ decision: 'Denied', reason: reasons[0], reasons });
      await guard.seesPerson('Fault');
    }
    await guard.sees('log', 'degraded', 'log.full');
    expect(await guard.order('open', { accessPoint: 'main-in', note: 'knows her' })).toBe(409);
    expect(gate.level.changes.items).toEqual(['1', '0']);

    rmSync(ballast);
    await guard.sees('log', 'ok');
    // What was said of the full disk may be on its way still.
    await events.until(() => storage()?.status === 'ok');
    expect(storage()).toEqual({ device: 'log', status: 'ok' });
    await isLetIn();
    expect(gate.level.changes.items).toEqual(['1', '0', '1', '0']);
    const granted = events.all.filter(({ name }) => name === 'access.granted');
    expect(granted).toHaveLength(2);
  });
});
