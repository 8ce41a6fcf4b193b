import { createHash } from 'node:crypto';
import type { FeedRow, ReadEvent } from '../../core/feed/read-event.ts';

/** Bytes of what was set aside that are kept. */
const MOST_BEGINNING = 16 * 1024;
const HOUR_MS = 3_600_000;

/** A line of `received`, as it is read. */
export interface ReceivedLine {
  readonly epoch: string;
  readonly sequence: number;
  readonly id: string;
  readonly hash: string | null;
  readonly prevhash: string;
  readonly boot: string | null;
  readonly recorded_ms: number | null;
  readonly is_unsynced: boolean;
  readonly is_unsound: boolean;
  readonly is_live: boolean;
  readonly about_log: Pick<FeedRow, 'reset' | 'altered'> | null;
}

export function feedRow(line: ReceivedLine): FeedRow {
  const { epoch, sequence, id, hash, prevhash, boot, recorded_ms: recordedMs, about_log: aboutLog } = line;
  return {
    epoch,
    sequence,
    id,
    prevhash,
    ...(hash !== null && { hash }),
    ...(boot !== null && { boot }),
    ...(recordedMs !== null && { recordedMs }),
    isUnsynced: line.is_unsynced,
    isUnsound: line.is_unsound,
    isLive: line.is_live,
    ...aboutLog,
  };
}

/** An event as a statement for a whole batch takes it. @param n its place in the batch */
export function eventLine(event: ReadEvent, gateId: number, n: number) {
  const { hash, boot, recordedMs, reset, altered, timeMs } = event;
  return {
    n,
    gate_id: gateId,
    epoch: event.epoch,
    sequence: event.sequence,
    id: event.id,
    hash: hash ?? null,
    prevhash: event.prevhash,
    boot: boot ?? null,
    recorded_ms: recordedMs ?? null,
    is_unsynced: event.isUnsynced,
    is_unsound: event.isUnsound,
    is_live: event.isLive,
    about_log: reset === undefined && altered === undefined ? null : { reset, altered },
    hour_ms: Math.floor(timeMs / HOUR_MS) * HOUR_MS,
    time_ms: timeMs,
    name: event.name,
    body: event.body,
  };
}

/** What was set aside, as a statement takes it. */
export function asideLine(
  {
    topic,
    payload,
    epoch,
    sequence,
  }: {
    readonly topic: string;
    readonly payload: Uint8Array;
    readonly epoch?: string;
    readonly sequence?: number;
  },
  gateId: number,
  reason: string,
) {
  return {
    gate_id: gateId,
    topic,
    epoch: epoch ?? null,
    sequence: sequence ?? null,
    reason,
    size: payload.length,
    digest: createHash('sha256').update(payload).digest('hex'),
    beginning: Buffer.from(payload.subarray(0, MOST_BEGINNING)).toString('hex'),
  };
}
