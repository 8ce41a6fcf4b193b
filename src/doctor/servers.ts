import { type Finding, ok, warn } from './finding.ts';

const HOUR_MS = 3_600_000;

export interface ServerFacts {
  readonly lateAfterHours: number;
  /** When the oldest event that each server lacks happened. Throws if it cannot be found out. */
  lacks(): readonly { readonly server: string; readonly lacksSinceMs: number | undefined }[];
}

/**
 * Whether the servers that the site names have what this gate has written, as far as it has been told and could keep: a
 * receipt of the last minute may not be on disk yet. Says nothing where the site names none.
 */
export function checkServers({ lateAfterHours, lacks }: ServerFacts, nowMs: number): readonly Finding[] {
  return lacks().map(({ server, lacksSinceMs }) => {
    const hours = lacksSinceMs === undefined ? 0 : (nowMs - lacksSinceMs) / HOUR_MS;
    if (lacksSinceMs === undefined || hours <= lateAfterHours)
      return ok('servers', `The server ${server} says that it has the events of this gate.`);
    const since = new Date(lacksSinceMs).toISOString().slice(0, 16);
    const text = `The server ${server} lacks events since ${since}Z, as far as this gate has been told.`;
    const fix = `Look whether it runs, may write ack/${server} at the broker, and sends receipts; if it sends none, take it out of uplink.servers.`;
    return warn('servers', text, fix);
  });
}
