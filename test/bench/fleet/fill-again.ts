import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { FeedView } from '../../../src/core/feed/gate-feed.ts';
import type { Range } from '../../../src/core/feed/ranges.ts';
import type { GateName } from '../../../src/ports/feed-store.ts';
import { MqttSubscriber, type ReceivedMessage } from '../../support/broker/mqtt-subscriber.ts';
import type { TestPostgres } from '../../support/store/test-postgres.ts';
import { DISTRICT, type DistrictServer } from './district-server.ts';
import { EventsDigest, type LeftOfLog } from './left-of-log.ts';

const LOOK_MS = 500;
const PAGE_ROWS = 500;

/** How a server came to its events again that had lost its database. */
export interface FilledAgain {
  /** From its start with an empty database until it lacked nothing any more. */
  readonly tookMs: number;
  /** Rows that it holds then, and rows that the gates have by then. */
  readonly stored: number;
  readonly left: number;
  /** Gates of which it holds other rows than they have, or others in another form. */
  readonly unlike: number;
  /** Rows that it names as not to be had any more, and rows that have ended at the gates. */
  readonly purged: number;
  readonly ended: number;
  /** Ranges that these rows are. */
  readonly ranges: number;
  /** Gates of which it names other ranges than those that have ended. */
  readonly misnamed: number;
  readonly gaps: number;
  readonly alarms: readonly string[];
  /** Gates for which it took back the receipt of before, and those that told more than a receipt that they had then. */
  readonly tookBack: number;
  readonly believed: number;
  /** Gates for which a receipt was less than the one before it afterwards. */
  readonly fellAgain: number;
}

/**
 * The server loses its database, and is started with an empty one: what it has then it has by asking the gates, at which
 * nothing happens meanwhile.
 * @param tell what each gate has of its log now
 */
export async function fillAgain(
  names: readonly GateName[],
  {
    server,
    postgres,
    tell,
  }: {
    readonly server: DistrictServer;
    readonly postgres: TestPostgres;
    readonly tell: () => Promise<readonly LeftOfLog[]>;
  },
): Promise<FilledAgain> {
  const { broker, database } = server.settings;
  const words = await MqttSubscriber.start({
    url: broker,
    topics: [`gates/v1/+/+/ack/${DISTRICT}`, 'gates/v1/+/+/state/servers'],
  });
  const sql = postgres.connect(database);
  try {
    // The receipts of before say that it has everything, and stay at the broker.
    const before = await tell();
    await words.until((messages) => hasAll(messages, before));
    const endedRows = before.reduce((sum, { ended }) => sum + rowsIn(ended), 0);
    await server.kill();
    await postgres.wipe(database);
    const seen = words.messages.length;

    const beganMs = performance.now();
    server.start();
    await server.ready();
    let left = before;
    let views: readonly (FeedView | undefined)[] = [];
    for (let isFull = false; !isFull; ) {
      await pause(LOOK_MS);
      const [{ rows } = { rows: 0 }] = await sql<
        { rows: number }[]
      >`SELECT count(*) AS rows FROM gatepost.event`;
      const all = left.reduce((sum, { last }) => sum + last, 0);
      if (rows < all - endedRows) continue;
      // That it was asked for rows is a row too.
      left = await tell();
      views = await Promise.all(names.map((name) => server.view(name)));
      isFull = left.every(({ last }, at) => views[at]?.upTo === last);
    }
    const tookMs = performance.now() - beganMs;

    await words.until((messages) => hasAll(messages.slice(seen), left));
    const digests = await Promise.all(left.map((gate) => digestIn(sql, gate)));
    const receipts = new Map(
      before.map((gate) => [rootOf(gate), receiptsOf(words.messages.slice(seen), gate)]),
    );
    const had = (gate: LeftOfLog): number => before.find((one) => rootOf(one) === rootOf(gate))?.last ?? 0;
    const said = (gate: LeftOfLog): readonly number[] => receipts.get(rootOf(gate)) ?? [];
    const told = views.flatMap((view) => view ?? []);
    return {
      tookMs,
      stored: digests.reduce((sum, { rows }) => sum + rows, 0),
      left: left.reduce((sum, { last, ended }) => sum + last - rowsIn(ended), 0),
      unlike: left.filter(({ digest }, at) => digests[at]?.digest !== digest).length,
      purged: told.reduce((sum, { purged }) => sum + rowsIn(purged), 0),
      ended: left.reduce((sum, { ended }) => sum + rowsIn(ended), 0),
      ranges: told.reduce((sum, { purged }) => sum + purged.length, 0),
      misnamed: left.filter(({ ended }, at) => !isDeepStrictEqual(views[at]?.purged, ended)).length,
      gaps: told.reduce((sum, { gaps }) => sum + gaps.length, 0),
      alarms: [...new Set(told.flatMap(({ alarms }) => alarms))],
      tookBack: left.filter((gate) => (said(gate)[0] ?? Infinity) < had(gate)).length,
      believed: left.filter((gate) => believesMore(words.messages.slice(seen), gate)).length,
      fellAgain: left.filter((gate) => said(gate).some((upTo, at) => upTo < (said(gate)[at - 1] ?? 0)))
        .length,
    };
  } finally {
    await words.stop();
    await sql.end();
  }
}

function rowsIn(ranges: readonly Range[]): number {
  return ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);
}

function rootOf({ site, gate }: GateName): string {
  return `gates/v1/${site}/${gate}/`;
}

/** Whether the newest receipt of each gate says that the server has all of it. */
function hasAll(messages: readonly ReceivedMessage[], gates: readonly LeftOfLog[]): boolean {
  return gates.every((gate) => (receiptsOf(messages, gate).at(-1) ?? 0) >= gate.last);
}

/** Up to where the server says to have everything of a gate, in the order in which it said it. */
function receiptsOf(messages: readonly ReceivedMessage[], gate: GateName): readonly number[] {
  return messages
    .filter(({ topic }) => topic === `${rootOf(gate)}ack/${DISTRICT}`)
    .map(({ payload }): number => JSON.parse(payload.toString('utf8')).upTo);
}

/**
 * Whether a gate tells more of what the server has than the newest receipt, once there is one. It need not tell each: on a
 * busy machine several become one.
 */
function believesMore(messages: readonly ReceivedMessage[], gate: GateName): boolean {
  let newest = Number.POSITIVE_INFINITY;
  return messages.some((message) => {
    newest = receiptsOf([message], gate)[0] ?? newest;
    return toldOf([message], gate).some((upTo) => upTo > newest);
  });
}

/** The same by the word of the gate. */
function toldOf(messages: readonly ReceivedMessage[], gate: GateName): readonly number[] {
  return messages
    .filter(({ topic }) => topic === `${rootOf(gate)}state/servers`)
    .flatMap(({ payload }): { receipt?: { upTo: number } }[] => JSON.parse(payload.toString('utf8')).servers)
    .flatMap(({ receipt }) => receipt?.upTo ?? []);
}

/** Of what the database holds of a gate. */
async function digestIn(
  sql: ReturnType<TestPostgres['connect']>,
  { site, gate }: GateName,
): Promise<{ readonly rows: number; readonly digest: string }> {
  const digest = new EventsDigest();
  let count = 0;
  const rows = sql<{ sequence: number; body: unknown }[]>`
    SELECT sequence, body FROM gatepost.event JOIN gatepost.gate ON gate.id = gate_id
    WHERE site = ${site} AND gate = ${gate} ORDER BY sequence`;
  for await (const page of rows.cursor(PAGE_ROWS))
    for (const { sequence, body } of page) {
      digest.add(sequence, body);
      count += 1;
    }
  return { rows: count, digest: digest.value };
}
