import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sql } from 'postgres';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { FeedDatabase } from '../../../src/adapters/postgres/feed-database.ts';
import type { FeedView } from '../../../src/core/feed/gate-feed.ts';
import { originOf, signCheckpoint } from '../../../src/core/proof/checkpoint.ts';
import { CompactRange } from '../../../src/core/proof/merkle-tree.ts';
import { HealthServer } from '../../../src/watch/health-server.ts';
import { type WatchDeps, Watcher, type WatchSettings } from '../../../src/watch/watcher.ts';
import { FeedLog, uuidOf } from '../../support/broker/feed-log.ts';
import { Mosquitto } from '../../support/broker/mosquitto.ts';
import { MqttSubscriber } from '../../support/broker/mqtt-subscriber.ts';
import { ScriptedGate } from '../../support/broker/scripted-gate.ts';
import { DESK } from '../../support/gate/command-samples.ts';
import { gatepostArguments } from '../../support/gate/daemon.ts';
import { accessGranted, doorOpened } from '../../support/gate/event-samples.ts';
import { privateKeyOf, testSigner } from '../../support/gate/pass-samples.ts';
import { needs } from '../../support/needs.ts';
import { SilentLogger } from '../../support/silent-logger.ts';
import { temporaryFolder } from '../../support/store/store-folder.ts';
import { TestPostgres } from '../../support/store/test-postgres.ts';

const NORTH = '/gates/willow-court/north';

needs('mosquitto', 'postgres')('gatepost watch --postgres', () => {
  let mosquitto: Mosquitto;
  let postgres: TestPostgres;
  beforeAll(async () => {
    postgres = await TestPostgres.start();
  });
  afterAll(() => postgres.stop());

  async function broker(lines: readonly string[] = []): Promise<void> {
    mosquitto = await Mosquitto.start({ lines: ['max_queued_messages 0', ...lines] });
    onTestFinished(() => mosquitto.stop());
  }

  async function scripted(log: FeedLog, older: readonly FeedLog[] = []): Promise<ScriptedGate> {
    const gate = await ScriptedGate.start(mosquitto.url, log, older);
    onTestFinished(() => gate.stop());
    await gate.tell('init');
    return gate;
  }

  /** A watcher in this process, with its answers over HTTP. */
  async function watching(
    database: string,
    settings: Partial<WatchSettings> = {},
    deps: Partial<WatchDeps> = {},
  ) {
    const watcher = new Watcher(
      {
        url: mosquitto.url,
        clientId: 'watch-test',
        sites: [],
        server: 'district',
        ackSeconds: 1,
        ...settings,
      },
      {
        store: new FeedDatabase(database),
        logger: new SilentLogger(),
        from: 'all',
        replaySigner: DESK,
        gateKeys: new Map([['willow-court/north', testSigner('issuer').publicKey]]),
        onEvent: () => undefined,
        onAlarm: () => undefined,
        ...deps,
      },
    );
    const health = new HealthServer(watcher);
    await watcher.start();
    const port = await health.start({ host: '127.0.0.1', port: 0 });
    const stop = async (): Promise<void> => {
      await health.stop();
      await watcher.stop();
    };
    onTestFinished(stop);
    return {
      stop,
      ask: async (path: string) => {
        const answer = await fetch(`http://127.0.0.1:${port}${path}`);
        return (await answer.json()) as FeedView;
      },
    };
  }

  function sqlOf(database: string): Sql {
    const sql = postgres.connect(database);
    onTestFinished(() => sql.end());
    return sql;
  }

  async function count(sql: Sql): Promise<number> {
    const [{ rows } = { rows: 0 }] = await sql<
      { rows: number }[]
    >`SELECT count(*) AS rows FROM gatepost.event`;
    return rows;
  }

  it('holds each event once, closes gaps by asking, and acknowledges what is held', async () => {
    await broker();
    const database = await postgres.database();
    const { ask } = await watching(database);
    const log = new FeedLog().fill(120);
    log.append(accessGranted());
    const gate = await scripted(log);
    await gate.send([1, 2, 3, 3, 2, 10, 11, 9, 10, 60]);
    await gate.send([119, 120, 121]);
    await expect.poll(() => ask(NORTH)).toMatchObject({ upTo: 121, events: 121, gaps: [], alarms: [] });
    expect(gate.asked.every(({ from, to }) => from >= 4 && to <= 118)).toBe(true);
    expect(await count(sqlOf(database))).toBe(121);
    expect(await ask(`${NORTH}/events/${log.epoch}/121`)).toEqual(
      JSON.parse(Buffer.from(log.body(121)).toString()),
    );
    expect(await ask('/gates')).toEqual([{ site: 'willow-court', gate: 'north' }]);
    expect(await ask('/healthz')).toEqual({ ok: true });
    const receipts = await MqttSubscriber.start({
      url: mosquitto.url,
      topics: ['gates/v1/+/+/ack/district'],
    });
    onTestFinished(() => receipts.stop());
    const wanted = JSON.stringify({ epoch: log.epoch, upTo: 121 });
    await receipts.until((got) => got.some(({ payload }) => payload.toString() === wanted));
    const sql = sqlOf(database);
    expect(
      await sql`SELECT name, access_point, pass_id, holder_ref FROM gatepost.event WHERE passage = 'passage-1'`,
    ).toEqual([
      {
        name: 'access.granted',
        access_point: 'main-in',
        pass_id: '00112233aabbccdd',
        holder_ref: 'a1b2c3d4e5f6',
      },
    ]);
  });

  it('sets aside what cannot be kept, and keeps what came beside it', async () => {
    await broker();
    const database = await postgres.database();
    const { ask } = await watching(database);
    const log = new FeedLog().fill(8);
    const gate = await scripted(log);
    await gate.send([1]);
    await expect.poll(() => ask(NORTH)).toMatchObject({ events: 1 });
    const sql = sqlOf(database);
    await sql`ALTER TABLE gatepost.event ADD CHECK (name <> 'door.sung')`;
    const changed = (sequence: number, change: object) =>
      JSON.stringify({ ...JSON.parse(Buffer.from(log.body(sequence)).toString()), ...change });
    await Promise.all([
      gate.send([2, 3]),
      gate.sendBytes(changed(4, { subject: 'a\0b' })),
      gate.sendBytes(changed(5, { subject: '\ud800' })),
      gate.sendBytes(changed(6, { type: 'io.gatepost.door.sung.v1' })),
      gate.sendBytes(changed(7, { data: { note: 'x'.repeat(300_000) } })),
      gate.sendBytes('{"hello":'),
      gate.send([8]),
    ]);
    await expect
      .poll(() => ask(NORTH))
      .toMatchObject({
        upTo: 8,
        events: 4,
        aside: [[4, 7]],
        gaps: [],
        alarms: ['malformed'],
      });
    const reasons = await sql<{ reason: string }[]>`SELECT reason FROM gatepost.aside ORDER BY sequence`;
    expect(reasons.map(({ reason }) => reason)).toEqual([
      'bad_text',
      'bad_text',
      'postgres_23514',
      'too_large',
      'not_json',
    ]);
    await gate.send([4]);
    await expect.poll(() => ask(NORTH)).toMatchObject({ events: 5, aside: [[5, 7]] });
  });

  it('is filled again by asking alone once the database was wiped, but for what the gates have no more', async () => {
    await broker();
    const log = new FeedLog().fill(40);
    const next = new FeedLog({ name: 'b', first: 31, prevHash: log.rows[29]?.hash ?? '' });
    next.reset('restored', { previousEpoch: log.epoch, previousSequence: 40 });
    next.fill(20);
    log.rows.length = 30;
    const gate = await scripted(next, [log]);
    for (const one of [3, 4, 5, 30]) log.purged.add(one);
    next.purged.add(40);
    await gate.tell('ready');
    const { ask } = await watching(await postgres.database());
    // Nothing new happens at the gate: it has told how far its log goes.
    await expect
      .poll(() => ask(NORTH))
      .toMatchObject({ epoch: next.epoch, upTo: 50, gaps: [], purged: [[40, 40]], events: 19 });
    await expect
      .poll(() => ask(`${NORTH}?epoch=${log.epoch}`))
      .toMatchObject({
        begin: 1,
        upTo: 30,
        events: 26,
        gaps: [],
        purged: [
          [3, 5],
          [30, 30],
        ],
      });
  });

  it('is filled again where the database is lost while it runs, and takes back what it has acknowledged', async () => {
    await broker();
    const database = await postgres.database();
    const { ask } = await watching(database);
    const log = new FeedLog().fill(20);
    const gate = await scripted(log);
    await gate.send(log.rows.map(({ sequence }) => sequence));
    const receipts = await MqttSubscriber.start({
      url: mosquitto.url,
      topics: ['gates/v1/+/+/ack/district'],
    });
    onTestFinished(() => receipts.stop());
    const said = () => receipts.messages.map(({ payload }): number => JSON.parse(payload.toString()).upTo);
    await receipts.until(() => said().includes(20));
    await postgres.wipe(database);
    log.append();
    await gate.send([21]);
    await receipts.until(() => said().includes(21));
    expect(await ask(NORTH)).toMatchObject({ upTo: 21, events: 21, gaps: [], aside: [], alarms: [] });
    expect(await count(sqlOf(database))).toBe(21);
    expect(said().at(said().indexOf(20) + 1)).toBe(0);
  });

  it('goes on where it was after the broker and the database were killed', async () => {
    await broker();
    const database = await postgres.database();
    const { ask } = await watching(database);
    const log = new FeedLog().fill(300);
    const gate = await scripted(log);
    const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at);
    await gate.send(numbers(1, 100));
    await mosquitto.kill();
    await mosquitto.resume();
    await gate.send(numbers(101, 150));
    await gate.tell('init');
    const sending = gate.send(numbers(151, 250));
    await postgres.kill();
    await postgres.resume();
    await sending;
    await gate.send(numbers(251, 300));
    await expect.poll(() => ask(NORTH)).toMatchObject({ upTo: 300, events: 300, gaps: [], alarms: [] });
    expect(await count(sqlOf(database))).toBe(300);
  });

  it('loses nothing where two share the events and either is killed in mid-batch', async () => {
    await broker();
    const database = await postgres.database();
    const folder = temporaryFolder();
    const key = join(folder, 'replay.pem');
    writeFileSync(key, privateKeyOf('aa'.repeat(32)).export({ type: 'pkcs8', format: 'pem' }), {
      mode: 0o600,
    });
    const start = async (name: string) => {
      const words = ['watch', mosquitto.url, '--postgres', database, '--share', 'district', '--name', name];
      const child = spawn(
        process.execPath,
        gatepostArguments(...words, '--server', 'district', '--replay-key', key),
        { stdio: ['ignore', 'ignore', 'pipe'] },
      );
      onTestFinished(() => void child.kill('SIGKILL'));
      await new Promise<void>((resolve) => {
        child.stderr.on('data', (chunk: Buffer) => {
          if (chunk.includes('Reading from')) resolve();
        });
      });
      return child;
    };
    const log = new FeedLog().fill(2000);
    const gate = await scripted(log);
    const [first, second] = await Promise.all([start('one'), start('two')]);
    const sql = sqlOf(database);
    const stored = () => count(sql);
    const send = async (from: number, to: number): Promise<void> => {
      for (let at = from; at <= to; at += 50)
        await gate.send(Array.from({ length: 50 }, (_, index) => at + index));
    };
    const sending = send(1, 1000);
    await expect.poll(stored, { interval: 5 }).toBeGreaterThan(100);
    first.kill('SIGKILL');
    await sending;
    await start('three');
    const rest = send(1001, 2000);
    await expect.poll(stored, { interval: 5 }).toBeGreaterThan(1100);
    second.kill('SIGKILL');
    await rest;
    await expect.poll(stored).toBe(2000);
    const receipts = await MqttSubscriber.start({
      url: mosquitto.url,
      topics: ['gates/v1/+/+/ack/district'],
    });
    onTestFinished(() => receipts.stop());
    const wanted = JSON.stringify({ epoch: log.epoch, upTo: 2000 });
    await receipts.until((got) => got.some(({ payload }) => payload.toString() === wanted));
  });

  it('checks checkpoints against the rows, and co-signs what fits as the gate takes it', async () => {
    await broker();
    const database = await postgres.database();
    const cosigned: string[] = [];
    const alarms: string[] = [];
    const { ask } = await watching(
      database,
      {},
      {
        witness: {
          name: 'district',
          signer: testSigner('phone'),
          onCosigned: async (_name, checkpoint) => void cosigned.push(checkpoint.cosigned ?? ''),
        },
        onAlarm: (_name, alarm) => alarms.push(alarm),
      },
    );
    const log = new FeedLog().fill(20);
    const gate = await scripted(log);
    const note = (size: number, hashes = log.rows.map(({ hash }) => hash), signer = testSigner('issuer')) => {
      const tree = new CompactRange();
      for (const hash of hashes.slice(0, size)) tree.append(Buffer.from(hash, 'hex'));
      return signCheckpoint({ origin: originOf({ ...log }), size, root: tree.root() }, signer);
    };
    const tell = (text: string) =>
      gate.publish(
        'checkpoint',
        JSON.stringify({ epoch: log.epoch, size: 1, note: text, sequence: 1, time: 'x' }),
        true,
      );
    await tell(note(12));
    await gate.send(Array.from({ length: 20 }, (_, at) => at + 1));
    await expect.poll(() => cosigned.length).toBe(1);
    await tell(note(20));
    await expect.poll(() => cosigned.length).toBe(2);
    expect(cosigned[1]).toContain('\n\u2014 district ');
    expect((await ask(NORTH)).alarms).toEqual([]);
    await tell(note(20, undefined, testSigner('stranger')));
    await expect.poll(() => alarms).toEqual(['checkpoint-not-signed']);
    await tell(
      note(
        20,
        log.rows.map(() => 'ab'.repeat(32)),
      ),
    );
    await expect.poll(() => alarms).toEqual(['checkpoint-not-signed', 'checkpoint-inconsistent']);
    expect(cosigned).toHaveLength(2);
  });

  it('names two gates with one id, and what went wrong outlives a restart', async () => {
    await broker();
    const database = await postgres.database();
    const one = await watching(database);
    const log = new FeedLog().fill(10);
    const gate = await scripted(log);
    await gate.send([1, 2, 3, 4, 5]);
    const copy = new FeedLog();
    copy.reset();
    copy.boot = uuidOf('another machine');
    copy.append(doorOpened());
    await gate.sendBytes(copy.body(2));
    await expect.poll(() => one.ask(NORTH)).toMatchObject({ events: 5, alarms: ['two-gates'] });
    await one.stop();
    await gate.send([6, 7, 9]);
    const two = await watching(database);
    await gate.send([10]);
    await expect
      .poll(() => two.ask(NORTH))
      .toMatchObject({ upTo: 10, events: 10, gaps: [], alarms: ['two-gates'] });
  });
});
