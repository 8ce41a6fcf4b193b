import { type ChildProcess, fork } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { trustContent } from '../../../src/core/bundle/trust-content.ts';
import { createSigner } from '../../../src/core/pass/issue-pass.ts';
import { Mosquitto } from '../../support/broker/mosquitto.ts';
import { MqttSubscriber } from '../../support/broker/mqtt-subscriber.ts';
import { freePort } from '../../support/free-port.ts';
import { sampleBundle } from '../../support/gate/bundle-samples.ts';
import { commandKey } from '../../support/gate/command-samples.ts';
import { TestPostgres } from '../../support/store/test-postgres.ts';
import { DistrictServer, HOOK } from './district-server.ts';
import { type FilledAgain, fillAgain } from './fill-again.ts';
import type { FleetAnswer, FleetOrder } from './gates.child.ts';
import { lockdown } from './lockdown.ts';

/** Gates in one process, and of one site. */
const IN_PROCESS = 100;
const IN_SITE = 10;
/** Of so many gates one has run for months before. */
const ONE_OLD_IN = 50;
const CHILD = fileURLToPath(
  new URL(`./gates.child${extname(fileURLToPath(import.meta.url))}`, import.meta.url),
);

export interface FleetSize {
  readonly gates: number;
  readonly passages: number;
  readonly seconds: number;
  /** Seconds between two receipts of the server to one gate. */
  readonly ackSeconds: number;
}

/** Figures of a run; times in milliseconds. */
export interface FleetResult {
  /** Rows in the logs of all gates. */
  readonly sent: number;
  readonly stored: number;
  /** Rows with the identity of another one. */
  readonly twice: number;
  /** Passages that were granted, of those asked for: fewer where the machine is too busy to play so many people. */
  readonly granted: number;
  readonly gaps: number;
  readonly alarms: readonly string[];
  /** From the end of the peak until every row was stored. */
  readonly caughtUpMs: number;
  /** From the row at the gate to the row in the database, restarts included: half, 95 and 99 of 100. */
  readonly latencyMs: readonly [p50: number, p95: number, p99: number];
  /** From the order of its site until a gate has told that it obeys. */
  readonly obeyedMs: readonly [p50: number, p99: number, last: number];
  readonly obeyed: number;
  /** After its database was lost. */
  readonly again: FilledAgain;
}

/**
 * A district in the morning: a broker, a database, `gatepost watch`, and gates with their real uplinks. In the middle the
 * broker is killed, and later the server; then all sites are locked down. At last some gates end what is over by their times,
 * and the server loses its database.
 */
export async function runFleet(size: FleetSize, say: (line: string) => void): Promise<FleetResult> {
  const folder = mkdtempSync(join(tmpdir(), 'gatepost-fleet-'));
  const ends: (() => unknown)[] = [() => rmSync(folder, { recursive: true, force: true })];
  try {
    return await withParts(size, { folder, say, atEnd: (end) => ends.push(end) });
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

async function withParts(
  { gates, passages, seconds, ackSeconds }: FleetSize,
  {
    folder,
    say,
    atEnd,
  }: {
    readonly folder: string;
    readonly say: (line: string) => void;
    readonly atEnd: (end: () => unknown) => void;
  },
): Promise<FleetResult> {
  const broker = await Mosquitto.start({
    lines: ['max_queued_messages 0', 'persistence true', 'persistence_location %folder%/'],
  });
  atEnd(() => broker.stop());
  const postgres = await TestPostgres.start();
  atEnd(() => postgres.stop());
  const names = Array.from({ length: gates }, (_, at) => ({
    site: `site-${Math.floor(at / IN_SITE) + 1}`,
    gate: `gate-${at + 1}`,
    isOld: at % ONE_OLD_IN === 0,
  }));
  const sites = [...new Set(names.map(({ site }) => site))];
  const { privateKey } = generateKeyPairSync('ed25519');
  const key = join(folder, 'centre.pem');
  writeFileSync(key, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
  const centre = createSigner(privateKey);
  const eyes = await MqttSubscriber.start({ url: broker.url, topics: ['gates/v1/+/+/state/siteorder'] });
  atEnd(() => eyes.stop());
  const nowS = Math.floor(Date.now() / 1000);
  for (const site of sites) {
    const content = trustContent([commandKey(centre)]);
    const list = sampleBundle('trust', {
      site,
      content,
      number: 1,
      issuedAt: nowS - 60,
      nextUpdate: nowS + 86_400,
    });
    await eyes.send(`gates/v1/${site}/_dist/trust`, list, { retain: true });
  }
  const database = await postgres.database();
  const server = new DistrictServer({
    broker: broker.url,
    database,
    replayKey: key,
    port: await freePort(),
    ackSeconds,
  });
  server.start();
  atEnd(() => server.kill());

  const children = chunks(names, IN_PROCESS).map((part) => ({
    part,
    child: fork(CHILD, { execArgv: HOOK }),
  }));
  atEnd(() => {
    for (const { child } of children) child.kill('SIGKILL');
  });
  const all = (order: FleetOrder): Promise<readonly FleetAnswer[]> =>
    Promise.all(children.map(({ child }) => ordered(child, order)));
  await Promise.all(
    children.map(({ part, child }) =>
      ordered(child, { order: 'start', url: broker.url, folder, gates: part }),
    ),
  );
  say(`${gates} gates of ${sites.length} sites run in ${children.length} processes.`);

  const sql = postgres.connect(database);
  atEnd(() => sql.end());
  /** Resolves with the rows of all logs once the database has as many. */
  const caughtUp = async (): Promise<number> => {
    for (;;) {
      const sent = (await all({ order: 'count' })).reduce((sum, { rows }) => sum + rows, 0);
      const [{ stored } = { stored: 0 }] = await sql<
        { stored: number }[]
      >`SELECT count(*) AS stored FROM gatepost.event`;
      if (stored >= sent) return sent;
      await pause(500);
    }
  };
  await server.ready();
  await caughtUp();
  const morning = new Date();

  const peak = all({ order: 'peak', passages, seconds });
  await pause((seconds * 1000) / 3);
  await broker.kill();
  await broker.resume();
  say('The broker was killed and started again.');
  await pause((seconds * 1000) / 3);
  await server.kill();
  await pause(1000);
  server.start();
  say('The server was killed and started again.');
  await peak;
  const endMs = performance.now();

  say(`Every row is stored: ${await caughtUp()}.`);
  const caughtUpMs = performance.now() - endMs;

  const took = await lockdown(eyes, names, centre);
  say('The district is locked down.');
  const sent = await caughtUp();
  const [figures] = await sql<
    { stored: number; distinct_rows: number; granted: number; p50: number; p95: number; p99: number }[]
  >`
    SELECT count(*) AS stored, count(*) FILTER (WHERE name = 'access.granted' AND late IS NOT NULL) AS granted,
      count(DISTINCT (gate_id, body->>'id')) AS distinct_rows,
      percentile_cont(0.5) WITHIN GROUP (ORDER BY late) AS p50,
      percentile_cont(0.95) WITHIN GROUP (ORDER BY late) AS p95,
      percentile_cont(0.99) WITHIN GROUP (ORDER BY late) AS p99
    FROM (SELECT gate_id, body, name, CASE WHEN recorded >= ${morning}
      THEN (extract(epoch FROM arrived - recorded) * 1000)::float8 END AS late FROM gatepost.event) AS row`;
  const views = (await Promise.all(names.map((name) => server.view(name)))).flatMap((view) => view ?? []);

  await all({ order: 'purge' });
  await caughtUp();
  say('What was over at the gates has ended. The server is killed and its database is lost.');
  const tell = async () => (await all({ order: 'tell' })).flatMap(({ left }) => left);
  const again = await fillAgain(names, { server, postgres, tell });
  await all({ order: 'stop' });
  const { stored = 0, distinct_rows: distinct = 0, granted = 0, p50 = 0, p95 = 0, p99 = 0 } = figures ?? {};
  return {
    sent,
    stored,
    twice: stored - distinct,
    granted,
    gaps: views.reduce((sum, { gaps }) => sum + gaps.length, 0),
    alarms: [...new Set(views.flatMap(({ alarms }) => alarms))],
    caughtUpMs,
    latencyMs: [p50, p95, p99],
    obeyedMs: [shareOf(took, 0.5), shareOf(took, 0.99), took.at(-1) ?? 0],
    obeyed: took.length,
    again,
  };
}

function ordered(child: ChildProcess, order: FleetOrder): Promise<FleetAnswer> {
  return new Promise((resolve, reject) => {
    const onMessage = (answer: FleetAnswer): void => {
      if (answer.done !== order.order) return;
      child.off('message', onMessage).off('exit', onExit);
      resolve(answer);
    };
    const onExit = (): void => reject(new Error('A process with gates has ended.'));
    child.on('message', onMessage).once('exit', onExit);
    child.send(order);
  });
}

function shareOf(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

function chunks<T>(list: readonly T[], size: number): readonly (readonly T[])[] {
  return Array.from({ length: Math.ceil(list.length / size) }, (_, at) =>
    list.slice(at * size, (at + 1) * size),
  );
}
