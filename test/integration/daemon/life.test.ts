import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Mosquitto } from '../../support/broker/mosquitto.ts';
import { MqttSubscriber } from '../../support/broker/mqtt-subscriber.ts';
import { DaemonProcess, type LogLine } from '../../support/gate/daemon.ts';
import { issuePass, TestGate } from '../../support/gate/gate.ts';
import { needs } from '../../support/needs.ts';
import { GuardClient } from '../../support/screens/guard-client.ts';

/** Systemd waits 10 s before it kills; the daemon means to be gone well before. */
/** How long a release would last. */
const RELEASE_MS = 60_000;

needs('mosquitto', 'socat')('the life of the daemon', () => {
  let broker: Mosquitto;
  let gate: TestGate;

  beforeEach(async () => {
    broker = await Mosquitto.start();
    gate = await TestGate.set({ mqttUrl: broker.url, screening: 'off', releaseSeconds: 60 });
  });
  afterEach(async () => {
    await gate?.dispose();
    await broker?.stop();
  });

  it('ends soon after SIGTERM with the lock at rest, and says goodbye', async () => {
    const conn = await MqttSubscriber.start({
      url: broker.url,
      topics: ['gates/v1/willow-court/north/#'],
    });
    await gate.start();
    gate.show(issuePass().text);
    await gate.level.changes.until(() => gate.level.releases === 1);
    expect(gate.level.level).toBe('1');
    const toldMs = performance.now();
    expect(await gate.daemon.kill('SIGTERM')).toBe(0);
    expect(performance.now() - toldMs).toBeLessThan(RELEASE_MS);
    expect(gate.level.level).toBe('0');
    expect(gate.daemon.complaint).toBe('');
    const [stopping, last] = gate.rows().slice(-2);
    expect(stopping).toMatchObject({ name: 'device.stopping', event: { data: { cause: 'stop' } } });
    expect(last).toMatchObject({ name: 'log.checkpoint', event: { data: { by: 'auto' } } });
    await conn.until((messages) =>
      messages.some(({ payload }) => payload.includes('"state":"disconnected"')),
    );
    expect(conn.messages.at(-1)?.topic).toMatch(/state\/conn$/);
    expect(conn.messages.some(({ payload }) => payload.equals(last?.body ?? Buffer.alloc(0)))).toBe(true);
    await conn.stop();
  });

  it('starts again where it was: same epoch, same account, the last decisions on the guard’s screen', async () => {
    const before = await GuardClient.signIn(await gate.start());
    const { text, passId } = issuePass();
    gate.show(text);
    await gate.level.changes.until(() => gate.level.releases === 1);
    before.close();
    expect(await gate.daemon.kill('SIGTERM')).toBe(0);
    await gate.start();
    const after = await GuardClient.signIn(gate.daemon);
    await after.screen.until(() => after.screen.latest('decisions') !== undefined);
    expect(after.screen.latest('decisions')).toMatchObject([{ decision: 'Granted', decidedBy: 'auto' }]);
    after.close();
    const rows = gate.rows();
    expect(rows.filter(({ event }) => event.data.passId === passId)).toHaveLength(1);
    expect(new Set(rows.map(({ epoch }) => epoch)).size).toBe(1);
    const starts = rows.filter(({ name }) => name === 'device.started');
    expect(starts.map(({ event }) => event.data.unclean)).toEqual([false, false]);
    expect(gate.level.level).toBe('0');
  });

  it('writes its present state to the log when it is told SIGUSR2, without persons, and goes on', async () => {
    await gate.start();
    const person = { label: 'Zhao Lan', holderRef: '0a1b2c3d4e5f' };
    const { text, passId } = issuePass(person);
    gate.show(text);
    await gate.level.changes.until(() => gate.level.releases === 1);
    gate.daemon.signal('SIGUSR2');
    const isState = ({ msg }: LogLine) => msg.startsWith('The present state of the gate');
    const line = (await gate.daemon.log.until((lines) => lines.some(isState))).find(isState);
    expect(line?.state).toMatchObject({
      phase: 'ready',
      doors: [{ door: 'main', released: true }],
      accessPoints: [{ id: 'main-in', shows: 'AccessGranted' }],
      devices: expect.arrayContaining([expect.objectContaining({ id: 'lock:main', status: 'ok' })]),
      boards: { decisions: 1 },
    });
    const told = JSON.stringify(line);
    const ofPersons = [person.label, person.holderRef, passId, text];
    expect(ofPersons.filter((word) => told.includes(word))).toEqual([]);
    expect(await gate.daemon.kill('SIGTERM')).toBe(0);
  });

  it('lets no second daemon near the same log', async () => {
    await gate.start();
    const second = DaemonProcess.spawn({ config: gate.config });
    expect(await second.ended()).toBe(1);
    expect(second.complaint).toContain('Another Gatepost already uses this store');
  });

  it('refuses a wrong config with exit code 78, and names every mistake', async () => {
    const config = join(gate.folder, 'wrong.yaml');
    const wrong = readFileSync(gate.config, 'utf8')
      .replace('"releaseSeconds": 60', '"releaseSeconds": 61')
      .replace('"language": "en"', '"language": "tlh"')
      .replace('"door": "main"', '"door": "back"')
      .replace('"store"', '"stroe"');
    writeFileSync(config, wrong);
    const daemon = DaemonProcess.spawn({ config });
    expect(await daemon.ended()).toBe(78);
    for (const mistake of ['releaseSeconds', 'language', 'accessPoints.main-in.door', 'stroe']) {
      expect(daemon.complaint).toContain(mistake);
    }
    expect(daemon.complaint).not.toMatch(/\n\s+at /);
  });
});
