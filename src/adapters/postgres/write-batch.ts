import type { ISql, JSONValue, Sql } from 'postgres';
import type { Arrival, Arrived } from '../../ports/feed-store.ts';
import { asideLine, eventLine } from './rows.ts';

/**
 * Classes of SQLSTATE that blame what is written, and not the database: data exceptions, constraints, limits. A gate that
 * the database does not know (23503) is none: that is an older copy, or an empty one.
 */
const BLAMES_DATA = /^(?:22|23(?!503)|54)/;

interface Written {
  readonly gate_id: number;
  readonly epoch: string;
  readonly sequence: number;
}

/** One channel tells all processes that share the database what was written. */
export const CHANNEL = 'gatepost_feed';

/**
 * Writes a batch in one transaction: one statement for all events, and one for those that were there. What the database
 * does not take is found by halving and set aside.
 * @param idOf the number of a gate in the database
 * @param origin word for this process
 */
export async function writeBatch(
  sql: Sql,
  batch: readonly Arrival[],
  { idOf, origin }: { readonly idOf: (arrival: Arrival) => number; readonly origin: string },
): Promise<readonly Arrived[]> {
  const results = new Map<Arrival, Arrived>();
  const events = batch.filter((one) => 'event' in one);
  const asides = batch.flatMap((one) => ('aside' in one ? [asideLine(one, idOf(one), one.aside)] : []));
  if (asides.length > 0) await writeAside(sql, asides, origin);
  await writeEvents(events);
  return batch.map((one) => results.get(one) ?? 'aside');

  async function writeEvents(part: readonly Arrival[]): Promise<void> {
    if (part.length === 0) return;
    try {
      for (const [at, result] of (await writeTogether(sql, part, { idOf, origin })).entries()) {
        const arrival = part[at];
        if (arrival !== undefined) results.set(arrival, result);
      }
    } catch (error) {
      if (!BLAMES_DATA.test(codeOf(error))) throw error;
      const [one, ...others] = part;
      if (one !== undefined && others.length === 0) {
        const place = 'event' in one ? { epoch: one.event.epoch, sequence: one.event.sequence } : {};
        await writeAside(
          sql,
          [asideLine({ ...one, ...place }, idOf(one), `postgres_${codeOf(error)}`)],
          origin,
        );
        return;
      }
      const middle = part.length >> 1;
      await writeEvents(part.slice(0, middle));
      await writeEvents(part.slice(middle));
    }
  }
}

async function writeTogether(
  sql: Sql,
  part: readonly Arrival[],
  { idOf, origin }: { readonly idOf: (arrival: Arrival) => number; readonly origin: string },
): Promise<readonly Arrived[]> {
  const lines = part.flatMap((one, n) => ('event' in one ? [eventLine(one.event, idOf(one), n)] : []));
  return sql.begin(async (transaction) => {
    const taken = await transaction<(Written & { readonly n: number })[]>`
      WITH input AS (
        SELECT DISTINCT ON (gate_id, epoch, sequence) *
        FROM jsonb_to_recordset(${transaction.json(lines as unknown as JSONValue)}) AS line (
          n int, gate_id int, epoch uuid, sequence bigint, id uuid, hash text, prevhash text, boot uuid,
          recorded_ms double precision, is_unsynced boolean, is_unsound boolean, is_live boolean, about_log jsonb,
          hour_ms double precision, time_ms double precision, name text, body jsonb)
        ORDER BY gate_id, epoch, sequence, n
      ), taken AS (
        INSERT INTO gatepost.received (gate_id, epoch, sequence, id, hash, prevhash, boot, recorded_ms, is_unsynced,
          is_unsound, is_live, about_log, hour)
        SELECT gate_id, epoch, sequence, id, decode(hash, 'hex'), decode(prevhash, 'hex'), boot, recorded_ms,
          is_unsynced, is_unsound, is_live, about_log, to_timestamp(hour_ms / 1000)
        FROM input ORDER BY gate_id, epoch, sequence
        ON CONFLICT DO NOTHING RETURNING gate_id, epoch, sequence
      ), written AS (
        INSERT INTO gatepost.event (gate_id, epoch, sequence, hour, happened, recorded, name, subject, access_point,
          reason, pass_id, holder_ref, passage, body)
        SELECT gate_id, epoch, sequence, to_timestamp(hour_ms / 1000), to_timestamp(time_ms / 1000),
          to_timestamp(recorded_ms / 1000), left(name, 128), left(body->>'subject', 128),
          left(body->'data'->>'accessPoint', 128), left(body->'data'->>'reason', 128),
          left(body->'data'->>'passId', 128), left(body->'data'->>'holderRef', 128),
          left(body->'data'->>'passage', 128), body
        FROM input JOIN taken USING (gate_id, epoch, sequence)
      )
      SELECT n, gate_id, epoch, sequence FROM input JOIN taken USING (gate_id, epoch, sequence)`;
    const isNew = new Set(taken.map(({ n }) => n));
    const again = lines.filter(({ n }) => !isNew.has(n));
    const others = new Set(again.length === 0 ? [] : await othersAmong(transaction, again));
    for (const { gate_id: gateId, epoch, from, to } of rangesOf(lines)) {
      const what = lines.some((one) => one.gate_id === gateId && others.has(one.n)) ? 'others' : 'rows';
      await transaction`SELECT pg_notify(${CHANNEL}, ${JSON.stringify({ origin, gateId, epoch, from, to, what })})`;
    }
    return lines.map(({ n }) => (isNew.has(n) ? 'new' : others.has(n) ? 'other' : 'same'));
  });
}

/** Of events whose numbers are taken, those that are other rows than those held. */
async function othersAmong(
  sql: ISql,
  again: readonly {
    readonly n: number;
    readonly gate_id: number;
    readonly epoch: string;
    readonly sequence: number;
    readonly id: string;
    readonly hash: string | null;
  }[],
): Promise<readonly number[]> {
  const lines = again.map(({ n, gate_id, epoch, sequence, id, hash }) => ({
    n,
    gate_id,
    epoch,
    sequence,
    id,
    hash,
  }));
  const found = await sql<{ n: number }[]>`
    SELECT n FROM jsonb_to_recordset(${sql.json(lines)}) AS line (
      n int, gate_id int, epoch uuid, sequence bigint, id uuid, hash text)
    JOIN gatepost.received USING (gate_id, epoch, sequence)
    WHERE received.id <> line.id OR received.hash <> decode(line.hash, 'hex')`;
  return found.map(({ n }) => n);
}

/** From the smallest to the largest number of each gate and epoch. */
function rangesOf(lines: readonly Written[]) {
  const ranges = new Map<string, { gate_id: number; epoch: string; from: number; to: number }>();
  for (const { gate_id, epoch, sequence } of lines) {
    const key = `${gate_id} ${epoch}`;
    const before = ranges.get(key) ?? { gate_id, epoch, from: sequence, to: sequence };
    ranges.set(key, { ...before, from: Math.min(before.from, sequence), to: Math.max(before.to, sequence) });
  }
  return [...ranges.values()];
}

async function writeAside(
  sql: Sql,
  lines: readonly ReturnType<typeof asideLine>[],
  origin: string,
): Promise<void> {
  const notices = lines.map(({ gate_id: gateId, epoch, sequence }) => {
    const place = { epoch: epoch ?? '', from: sequence ?? 0, to: sequence ?? 0 };
    return JSON.stringify({ origin, gateId, ...place, what: 'aside' });
  });
  await sql`SELECT pg_notify(${CHANNEL}, notice) FROM unnest(${notices}::text[]) AS notice`;
  await sql`
    INSERT INTO gatepost.aside (gate_id, topic, epoch, sequence, reason, size, digest, beginning)
    SELECT gate_id, topic, epoch, sequence, reason, size, decode(digest, 'hex'), decode(beginning, 'hex')
    FROM jsonb_to_recordset(${sql.json(lines)}) AS line (
      gate_id int, topic text, epoch uuid, sequence bigint, reason text, size int, digest text, beginning text)
    ON CONFLICT DO NOTHING`;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
