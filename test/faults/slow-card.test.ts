import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it, onTestFinished, vi } from 'vitest';
import { Mosquitto } from '../support/broker/mosquitto.ts';
import { EventWatch } from '../support/gate/event-watch.ts';
import { issuePass, TestGate } from '../support/gate/gate.ts';
import { needs } from '../support/needs.ts';
import { GuardClient } from '../support/screens/guard-client.ts';

/** What a sync takes on the slow card. */
const SYNC_MS = 1_300;
/** systemd's patience; a sign of life is sent three times in it. */
const WATCHDOG_USEC = 6_000_000;
/** For a program that has to be started first, on a busy machine. */
const AT_MOST = { timeout: 200_000 };

needs('mosquitto', 'socat')('a daemon on a slow card', () => {
  it('opens, gives its signs of life, and says what is slow', async () => {
    const broker = await Mosquitto.start();
    onTestFinished(() => broker.stop());
    const events = await EventWatch.start(broker.url);
    onTestFinished(() => events.stop());
    const gate = await TestGate.set({
      mqttUrl: broker.url,
      screening: 'off',
      contact: false,
      releaseSeconds: 0.2,
    });
    onTestFinished(() => gate.dispose());
    // A program in place of systemd-notify: a line for each sign of life.
    const bin = join(gate.folder, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'signs'), '');
    const signs = () => readFileSync(join(bin, 'signs'), 'utf8').length;
    writeFileSync(
      join(bin, 'systemd-notify'),
      `#!/bin/sh\ncase "$*" in *WATCHDOG=1*) printf x >> ${bin}/signs;; esac\n`,
    );
    chmodSync(join(bin, 'systemd-notify'), 0o755);
    const card = join(gate.folder, 'card');
    writeFileSync(card, '0');
    const preload = pathToFileURL('test/support/store/slow-card.mjs').href;
    const daemon = await gate.start({
      env: {
        PATH: `${bin}:${process.env.PATH}`,
        NOTIFY_SOCKET: join(gate.folder, 'notify'),
        WATCHDOG_USEC: String(WATCHDOG_USEC),
        SLOW_CARD: card,
        NODE_OPTIONS: `--import ${preload}`,
      },
    });
    const guard = await GuardClient.signIn(daemon);
    onTestFinished(() => guard.close());
    await guard.sees('log', 'ok');
    events.mark();
    writeFileSync(card, String(SYNC_MS));
    const before = signs();
    for (let person = 1; person <= 4; person++) {
      gate.show(issuePass().text);
      await gate.level.changes.until((levels) => gate.level.releases === person && levels.at(-1) === '0');
      await guard.seesPerson('Idle');
    }
    await vi.waitFor(() => expect(signs()).toBeGreaterThan(before + 2), AT_MOST);
    await guard.sees('log', 'degraded', 'log.slow');
    expect((await events.next('device.storage')).data).toMatchObject({ device: 'log', cause: 'log.slow' });
    const said = daemon.log.items.map(({ msg }) => msg);
    expect(said).toContainEqual(expect.stringMatching(/^Writing to the log takes long/));
    expect(said.filter((msg) => msg.startsWith('The watchdog is not fed'))).toEqual([]);
  });
});
