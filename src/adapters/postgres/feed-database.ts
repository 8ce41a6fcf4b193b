import { randomUUID } from 'node:crypto';
import type { JSONValue, Sql } from 'postgres';
import { GatepostError, messageOf } from '../../core/errors.ts';
import { EpochFeed } from '../../core/feed/epoch-feed.ts';
import type { FeedAlarm, FeedState } from '../../core/feed/gate-feed.ts';
import type { FeedRow } from '../../core/feed/read-event.ts';
import type {
  Arrival,
  Arrived,
  FeedStore,
  GateName,
  KeptCheckpoint,
  KnownFeed,
  SavedFeed,
  WrittenElsewhere,
} from '../../ports/feed-store.ts';
import { feedRow, type ReceivedLine } from './rows.ts';
import { createSchema, monthsAhead } from './schema.ts';
import { CHANNEL, writeBatch } from './write-batch.ts';

/** First number of the advisory locks; the second is the gate. */
const LOCK = 0x67617465;
const DAY_MS = 86_400_000;
/** Connections beside the one that holds the locks and the one that listens. */
const MOST_CONNECTIONS = 4;
const CONNECT_S = 10;

interface Notice extends Omit<WrittenElsewhere, 'name'> {
  readonly origin: string;
  readonly gateId: number;
}

/** Events of all gates in the schema `gatepost` of a PostgreSQL. Several processes share it by its locks. */
export class FeedDatabase implements FeedStore {
  readonly isDurable = true;
  readonly #url: string;
  readonly #origin = randomUUID();
  readonly #ids = new Map<string, number>();
  readonly #names = new Map<number, GateName>();
  #sql: Sql | undefined;
  /** One connection alone: a lock is gone with the connection that took it. */
  #locks: Sql | undefined;
  #lockPid = 0;
  #kept = new Set<number>();
  #months: NodeJS.Timeout | undefined;
  #isUp = false;

  /** @param url postgres://user@host:5432/database; a password also from the variable PGPASSWORD */
  constructor(url: string) {
    this.#url = url;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  async start(onElsewhere: (written: WrittenElsewhere | 'anything') => void): Promise<void> {
    const { default: postgres } = await import('postgres');
    const options = {
      connect_timeout: CONNECT_S,
      onnotice: () => undefined,
      types: { bigint: { to: 20, from: [20], serialize: String, parse: Number } },
    };
    try {
      const sql = postgres(this.#url, { ...options, max: MOST_CONNECTIONS });
      this.#sql = sql;
      this.#locks = postgres(this.#url, { ...options, max: 1, max_lifetime: null, idle_timeout: 0 });
      await createSchema(sql);
      this.#months = setInterval(() => {
        void this.#using(monthsAhead).catch(() => undefined);
      }, DAY_MS).unref();
      let isFirst = true;
      await sql.listen(
        CHANNEL,
        (text) => this.#heard(JSON.parse(text), onElsewhere),
        () => {
          if (!isFirst) void this.#beginAgain(onElsewhere);
          isFirst = false;
        },
      );
      this.#isUp = true;
    } catch (cause) {
      if (cause instanceof GatepostError) throw cause;
      throw new GatepostError(
        'database.unavailable',
        `The database of --postgres cannot be used: ${messageOf(cause)}. Its user needs a database in which it may make a schema.`,
        { cause },
      );
    }
  }

  /** The database was gone: it may be an empty one now, or an older copy, in which the gates have other numbers. */
  async #beginAgain(onElsewhere: (written: 'anything') => void): Promise<void> {
    this.#ids.clear();
    this.#names.clear();
    await this.#using(createSchema).catch(() => undefined);
    onElsewhere('anything');
  }

  async stop(): Promise<void> {
    clearInterval(this.#months);
    await Promise.all([this.#sql?.end({ timeout: 5 }), this.#locks?.end({ timeout: 5 })]);
  }

  async write(batch: readonly Arrival[]): Promise<readonly Arrived[]> {
    return this.#using(async (sql) => {
      await this.#know(
        sql,
        batch.map(({ name }) => name),
      );
      return writeBatch(sql, batch, { idOf: ({ name }) => this.#idOf(name), origin: this.#origin });
    });
  }

  async keep(names: readonly GateName[]): Promise<readonly GateName[]> {
    await this.#using((sql) => this.#know(sql, names));
    const locks = this.#locks;
    if (locks === undefined) return [];
    const [{ pid } = { pid: 0 }] = await locks<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
    if (pid !== this.#lockPid) this.#kept = new Set();
    this.#lockPid = pid;
    const wanted = names.map((name) => this.#idOf(name)).filter((id) => !this.#kept.has(id));
    const got = await locks<{ id: number; is_mine: boolean }[]>`
      SELECT id, pg_try_advisory_lock(${LOCK}, id) AS is_mine FROM unnest(${wanted}::int[]) AS id`;
    for (const { id, is_mine: isMine } of got) if (isMine) this.#kept.add(id);
    return names.filter((name) => this.#kept.has(this.#idOf(name)));
  }

  async load(name: GateName): Promise<KnownFeed> {
    return this.#using(async (sql) => {
      await this.#know(sql, [name]);
      const id = this.#idOf(name);
      const [feed] = await sql<{ state: FeedState }[]>`SELECT state FROM gatepost.feed WHERE gate_id = ${id}`;
      const alarms = await sql<
        { alarm: FeedAlarm }[]
      >`SELECT alarm FROM gatepost.alarm WHERE gate_id = ${id}`;
      const aside = await sql<{ epoch: string; sequence: number }[]>`
        SELECT epoch, sequence FROM gatepost.aside
        WHERE gate_id = ${id} AND epoch IS NOT NULL AND sequence IS NOT NULL`;
      // What the saved state has up to its first gap needs no second look.
      const known = (feed?.state.epochs ?? []).map((one) => ({
        epoch: one.epoch,
        upto: new EpochFeed(one).upTo,
      }));
      const rows = await sql<ReceivedLine[]>`
        SELECT ${columns(sql)} FROM gatepost.received
        LEFT JOIN jsonb_to_recordset(${sql.json(known)}) AS known (epoch uuid, upto bigint) USING (epoch)
        WHERE gate_id = ${id} AND sequence > coalesce(known.upto, 0) ORDER BY epoch, sequence`;
      return {
        ...(feed && { saved: feed.state }),
        alarms: alarms.map(({ alarm }) => alarm),
        rows: rows.map(feedRow),
        aside,
      };
    });
  }

  async rows(name: GateName, epoch: string, from: number, to: number): Promise<readonly FeedRow[]> {
    return this.#using(async (sql) => {
      const rows = await sql<ReceivedLine[]>`
        SELECT ${columns(sql)} FROM gatepost.received
        WHERE gate_id = ${this.#idOf(name)} AND epoch = ${epoch} AND sequence BETWEEN ${from} AND ${to}
        ORDER BY sequence`;
      return rows.map(feedRow);
    });
  }

  async save(feeds: readonly SavedFeed[]): Promise<void> {
    const lines = feeds.map(({ name, state }) => ({ gate_id: this.#idOf(name), state }));
    const alarms = feeds.flatMap(({ name, raised }) =>
      raised.map((alarm) => ({ gate_id: this.#idOf(name), alarm })),
    );
    await this.#using((sql) =>
      sql.begin(async (transaction) => {
        await transaction`
          INSERT INTO gatepost.feed (gate_id, state, saved)
          SELECT gate_id, state, clock_timestamp()
          FROM jsonb_to_recordset(${transaction.json(lines as unknown as JSONValue)}) AS line (gate_id int, state jsonb)
          ON CONFLICT (gate_id) DO UPDATE SET state = excluded.state, saved = excluded.saved`;
        await transaction`
          INSERT INTO gatepost.alarm (gate_id, alarm)
          SELECT gate_id, alarm FROM jsonb_to_recordset(${transaction.json(alarms)}) AS line (gate_id int, alarm text)
          ON CONFLICT DO NOTHING`;
      }),
    );
  }

  async gates(): Promise<readonly GateName[]> {
    return this.#using((sql) => sql<GateName[]>`SELECT site, gate FROM gatepost.gate ORDER BY site, gate`);
  }

  async event(name: GateName, epoch: string, sequence: number): Promise<unknown> {
    return this.#using(async (sql) => {
      const [row] = await sql<{ body: unknown }[]>`
        SELECT body FROM gatepost.event JOIN gatepost.gate ON gate.id = gate_id
        WHERE site = ${name.site} AND gate = ${name.gate} AND epoch = ${epoch} AND sequence = ${sequence}`;
      return row?.body;
    });
  }

  async leaves(name: GateName, epoch: string, from: number, to: number): Promise<readonly string[]> {
    return this.#using(async (sql) => {
      const rows = await sql<{ hash: string | null }[]>`
        SELECT encode(hash, 'hex') AS hash FROM gatepost.received
        WHERE gate_id = ${this.#idOf(name)} AND epoch = ${epoch} AND sequence BETWEEN ${from} AND ${to}
        ORDER BY sequence`;
      return rows.flatMap(({ hash }) => (hash === null ? [] : [hash]));
    });
  }

  async checkpoints(name: GateName, epoch: string): Promise<readonly KeptCheckpoint[]> {
    return this.#using(async (sql) => {
      const rows = await sql<
        (Omit<KeptCheckpoint, 'place'> & { readonly place: KeptCheckpoint['place'] | null })[]
      >`
        SELECT epoch, size, root, note, verdict, place FROM gatepost.checkpoint
        WHERE gate_id = ${this.#idOf(name)} AND epoch = ${epoch} ORDER BY size`;
      return rows.map(({ place, ...row }) => ({
        ...row,
        ...(place !== null && place !== undefined && { place }),
      }));
    });
  }

  async putCheckpoint(name: GateName, checkpoint: KeptCheckpoint): Promise<void> {
    const { epoch, size, root, note, verdict, cosigned = null, place } = checkpoint;
    await this.#using(
      (sql) => sql`
        INSERT INTO gatepost.checkpoint (gate_id, epoch, size, root, note, verdict, cosigned, place)
        VALUES (${this.#idOf(name)}, ${epoch}, ${size}, ${Buffer.from(root)}, ${note}, ${verdict}, ${cosigned},
          ${place === undefined ? null : sql.json(place as unknown as JSONValue)})
        ON CONFLICT DO NOTHING`,
    );
  }

  async #using<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    if (this.#sql === undefined) throw new GatepostError('internal', 'The database was not started.');
    try {
      const result = await work(this.#sql);
      this.#isUp = true;
      return result;
    } catch (error) {
      this.#isUp = false;
      throw error;
    }
  }

  async #know(sql: Sql, names: readonly GateName[]): Promise<void> {
    const unknown = names.filter((name) => !this.#ids.has(keyOf(name)));
    if (unknown.length === 0) return;
    const distinct = [...new Map(unknown.map((name) => [keyOf(name), name])).values()];
    const lines = sql.json(distinct.map(({ site, gate }) => ({ site, gate })));
    await sql`
      INSERT INTO gatepost.gate (site, gate)
      SELECT site, gate FROM jsonb_to_recordset(${lines}) AS line (site text, gate text) ON CONFLICT DO NOTHING`;
    const rows = await sql<(GateName & { readonly id: number })[]>`
      SELECT id, site, gate FROM gatepost.gate
      JOIN jsonb_to_recordset(${lines}) AS line (site text, gate text) USING (site, gate)`;
    for (const { id, site, gate } of rows) {
      this.#ids.set(keyOf({ site, gate }), id);
      this.#names.set(id, { site, gate });
    }
  }

  #idOf(name: GateName): number {
    return this.#ids.get(keyOf(name)) ?? 0;
  }

  /** What others wrote of gates that this process speaks for. */
  #heard(notice: Notice, onElsewhere: (written: WrittenElsewhere) => void): void {
    const name = this.#names.get(notice.gateId);
    if (notice.origin !== this.#origin && name !== undefined) onElsewhere({ name, ...notice });
  }
}

function keyOf({ site, gate }: GateName): string {
  return `${site}/${gate}`;
}

function columns(sql: Sql) {
  return sql`epoch, sequence, id, encode(hash, 'hex') AS hash, encode(prevhash, 'hex') AS prevhash, boot, recorded_ms,
    is_unsynced, is_unsound, is_live, about_log`;
}
