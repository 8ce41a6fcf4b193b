import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Mosquitto } from '../../support/broker/mosquitto.ts';
import { EventWatch } from '../../support/gate/event-watch.ts';
import { issuePass, TestGate } from '../../support/gate/gate.ts';
import { needs } from '../../support/needs.ts';
import { GuardClient } from '../../support/screens/guard-client.ts';

const SCANNER = 'scanner:main-in';
const LINES = 5_000;
const LINE_BYTES = 150;

/** A megabyte of lines of printable noise, no two alike. */
function noise(): Uint8Array {
  const line = () => `~${randomBytes(LINE_BYTES).toString('base64url')}\r`;
  return Buffer.from(Array.from({ length: LINES }, line).join(''));
}

needs('mosquitto', 'socat')('the daemon with a scanner that pours out printable noise', () => {
  let broker: Mosquitto;
  let events: EventWatch;
  let gate: TestGate;
  let guard: GuardClient;

  beforeAll(async () => {
    broker = await Mosquitto.start();
    events = await EventWatch.start(broker.url);
    gate = await TestGate.set({ mqttUrl: broker.url, screening: 'off' });
    guard = await GuardClient.signIn(await gate.start());
    await guard.sees(SCANNER, 'ok');
  });
  afterAll(async () => {
    guard?.close();
    await gate?.dispose();
    await events?.stop();
    await broker?.stop();
  });

  it('keeps log and broker small, tells the guard, still reads a pass, and says how many there were', async () => {
    gate.scanner.send(noise());
    await guard.sees(SCANNER, 'degraded', 'scanner_noise');
    const { text, passId } = issuePass();
    gate.show(text);
    // The noise has locked the reader out, which holds up no good pass.
    expect((await events.next('access.granted')).data).toMatchObject({ passId, decidedBy: 'auto' });

    await gate.daemon.kill('SIGTERM');
    const rows = gate.rows();
    const told = rows.filter(({ name }) => name === 'device.scanner').map(({ event }) => event.data);
    const denied = rows.filter(({ name }) => name === 'access.denied');
    expect(denied).toHaveLength(10);
    // None is lost. A machine that stalls within a line makes two pieces of it, and test/app/scanner-noise.test.ts counts exactly.
    expect(told).toMatchObject([{ cause: 'scanner_noise' }, { unreadable: expect.any(Number) }]);
    expect(Number(told[1]?.unreadable)).toBeGreaterThanOrEqual(LINES - 10);
    expect(events.all.filter(({ name }) => name === 'access.denied')).toHaveLength(10);
  });
});
