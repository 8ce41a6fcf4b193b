import { afterEach, beforeEach, expect, it } from 'vitest';
import { Mosquitto } from '../support/broker/mosquitto.ts';
import { EventWatch } from '../support/gate/event-watch.ts';
import { issuePass, TestGate } from '../support/gate/gate.ts';
import { needs } from '../support/needs.ts';
import { seededRandom } from '../support/seeded-random.ts';

const CHILD = 'dist/test/faults/dying-daemon.child.js';
/** GATEPOST_KILLS sets another number, for a long run. */
const RANDOM_KILLS = Number(process.env.GATEPOST_KILLS ?? 6);
/** Each costs a start of the daemon, which takes its time when other tests run beside it. */
const RANDOM_LIMIT_MS = 900_000;
/** The longest a daemon of the random test may live, in passages of this machine. */
const MOST_PASSAGES = 3;

needs('mosquitto', 'socat')('a daemon that is killed in the middle of its work', () => {
  let broker: Mosquitto;
  let central: EventWatch;
  let gate: TestGate;
  /** For each time the lock was released: the passage of the newest access.granted in the log at that moment. */
  let releasedFor: string[];

  beforeEach(async () => {
    broker = await Mosquitto.start();
    central = await EventWatch.start(broker.url);
    releasedFor = [];
  });
  afterEach(async () => {
    await gate?.dispose();
    await central?.stop();
    await broker?.stop();
  });

  async function set(releaseSeconds: number): Promise<void> {
    gate = await TestGate.set({
      mqttUrl: broker.url,
      screening: 'off',
      releaseSeconds,
      contact: false,
      onRise: () => releasedFor.push(newestGranted()),
    });
  }

  function newestGranted(): string {
    return gate.rows().findLast(({ name }) => name === 'access.granted')?.event.data.passage ?? 'nobody';
  }

  /** What must be true of a log whose daemon just died. */
  function expectSoundLog(): void {
    expect(gate.verify()).toMatchObject({ status: 'intact', rows: gate.rows().length });
    // Every release has a record of its own from before it.
    expect(releasedFor).not.toContain('nobody');
    expect(new Set(releasedFor).size).toBe(releasedFor.length);
  }

  /** Starts the daemon again; a lock that its predecessor left released is at rest before it is ready. */
  async function startAgain(): Promise<void> {
    await gate.start();
    expect(gate.level.level).toBe('0');
  }

  /** Waits until the central server has the whole log: without its repeats each event once, in order, unchanged. */
  async function expectAllReceived(): Promise<void> {
    const log = gate.rows().map(({ body }) => Buffer.from(body).toString());
    const received = (): string[] => {
      const bodies = new Map<string, string>();
      for (const { event, body } of central.all) {
        const identity = `${event.source} ${event.id}`;
        expect(bodies.get(identity) ?? body.toString()).toBe(body.toString());
        bodies.set(identity, body.toString());
      }
      return [...bodies.values()];
    };
    await central.until(() => received().includes(log.at(-1) ?? ''));
    expect(received().slice(0, log.length)).toEqual(log);
  }

  it.each([
    // Place, whether the lock is left released, how often it was, whether the record is there.
    ['before the record', '0', 0, 0],
    ['after the record', '0', 0, 1],
    ['before the release', '0', 0, 1],
    ['after the release', '1', 1, 1],
    ['before the publish', '1', 1, 1],
    ['after the acknowledgement', '1', 1, 1],
    // Where nothing else is written the cursor is written down some seconds later, when the lock is at rest again.
    ['before the cursor moves', '0', 1, 1],
    ['after the cursor moved', '0', 1, 1],
  ] as const)('%s', async (place, level, releases, records) => {
    // Longer than a busy machine needs from the release to the place.
    await set(3);
    await gate.start({ entry: [CHILD, place] });
    const { text, passId } = issuePass();
    gate.show(text);
    expect(await gate.daemon.ended()).toBe('SIGKILL');
    expect(gate.level.level).toBe(level);
    await gate.level.changes.until(() => gate.level.releases === releases);
    expect(releasedFor).toHaveLength(releases);
    expect(gate.rows().filter(({ event }) => event.data.passId === passId)).toHaveLength(records);
    expectSoundLog();

    await startAgain();
    await expectAllReceived();
    // It works as before, for the next one.
    gate.show(issuePass().text);
    await gate.level.changes.until((levels) => gate.level.releases > releases && levels.at(-1) === '0');
    await gate.daemon.kill('SIGKILL');
    expectSoundLog();
  });

  it(
    `${RANDOM_KILLS} times at any moment, while people come one after another`,
    async () => {
      const random = seededRandom(20_200_224);
      await set(0.2);
      await startAgain();
      const startMs = performance.now();
      gate.show(issuePass().text);
      await gate.level.changes.until((levels) => gate.level.releases > 0 && levels.at(-1) === '0');
      const passageMs = performance.now() - startMs;
      await gate.daemon.kill('SIGKILL');
      for (let round = 0; round < RANDOM_KILLS; round++) {
        await startAgain();
        setTimeout(() => gate.daemon.signal('SIGKILL'), random() * MOST_PASSAGES * passageMs);
        await comeOneAfterAnother(gate.daemon.ended());
        expectSoundLog();
      }
      await startAgain();
      expect(releasedFor.length).toBeGreaterThan(RANDOM_KILLS / 2);
      await expectAllReceived();
    },
    RANDOM_LIMIT_MS,
  );

  /** Each shows a pass when the one before has gone through, until the daemon is dead. */
  async function comeOneAfterAnother(ended: Promise<unknown>): Promise<void> {
    let alive = true;
    const dead = ended.then(() => {
      alive = false;
    });
    while (alive) {
      const changes = gate.level.changes.items.length;
      gate.show(issuePass().text);
      const through = gate.level.changes.until((levels) => levels.length > changes && levels.at(-1) === '0');
      await Promise.race([dead, through]);
    }
  }
});
