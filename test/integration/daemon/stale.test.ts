import { realpathSync } from 'node:fs';
import { setTimeout as passing } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DaemonProcess } from '../../support/gate/daemon.ts';
import { issuePass, TestGate } from '../../support/gate/gate.ts';
import { needs } from '../../support/needs.ts';
import { GuardClient } from '../../support/screens/guard-client.ts';
import { opensFile } from '../../support/store/open-files.ts';

needs('socat')('a pass that is old when the daemon reads it', () => {
  let gate: TestGate;
  let daemon: DaemonProcess;

  beforeAll(async () => {
    gate = await TestGate.set({ screening: 'off', contact: false, releaseSeconds: 0.2 });
  });
  afterAll(() => gate?.dispose());

  const countsOf = () =>
    gate.rows().flatMap(({ event }) => (event.data.cause === 'scanner_kept' ? [event.data.dropped] : []));
  const grantedOf = () =>
    gate.rows().flatMap(({ name, event }) => (name === 'access.granted' ? [event.data.passId] : []));

  /** Only the pass of now opens, and the old ones are counted. */
  async function opensOnlyFor(granted: readonly string[], counts: readonly number[]): Promise<void> {
    await daemon.log.until(
      (lines) => lines.filter(({ cause }) => cause === 'scanner_kept').length === counts.length,
    );
    const { text, passId } = issuePass();
    gate.scanner.present(text);
    await gate.level.changes.until(() => gate.level.releases === granted.length + 1);
    expect(grantedOf()).toEqual([...granted, passId]);
    expect(countsOf()).toEqual(counts);
  }

  it('opens nothing when the scanner sends it as soon as somebody listens', async () => {
    daemon = await gate.start({}, async ({ pid }) => {
      await opensFile(pid, realpathSync(gate.scannerCable.kioskPath));
      gate.scanner.present(issuePass().text);
    });
    await opensOnlyFor([], [1]);
  });

  it('opens nothing after the daemon was stopped for six seconds', async () => {
    await gate.level.changes.until((levels) => levels.at(-1) === '0');
    const before = grantedOf();
    process.kill(daemon.pid, 'SIGSTOP');
    await passing(500);
    gate.scanner.present(issuePass().text);
    await passing(5_500);
    process.kill(daemon.pid, 'SIGCONT');
    await opensOnlyFor(before, [1, 1]);
  });

  it('opens nothing for what a guard ordered while the daemon was stopped', async () => {
    await gate.level.changes.until((levels) => levels.at(-1) === '0');
    const guard = await GuardClient.signIn(daemon);
    const { releases } = gate.level;
    process.kill(daemon.pid, 'SIGSTOP');
    const order = { accessPoint: 'main-in', note: 'parcel for 3-201' };
    const answer = guard.order('open', order);
    await passing(6_000);
    process.kill(daemon.pid, 'SIGCONT');
    expect(await answer).toBe(409);
    expect(gate.level.releases).toBe(releases);
    await passing(500);
    expect(await guard.order('open', order)).toBe(200);
    guard.close();
  });
});
