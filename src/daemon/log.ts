import { LogWatch, type RememberedLog } from '../app/board/log-watch.ts';
import { dataOf } from '../core/events/envelope.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { DaemonContext } from './context.ts';

/** A state of ours is some hundred bytes. */
const LONGEST_STATE_BYTES = 64 * 1024;

export interface AssembledLog {
  readonly watch: LogWatch;
  /** Takes the `state/conn` that a broker had kept of this gate; what is none is passed over. */
  readonly remembered: (payload: Uint8Array) => void;
}

export function assembleLog(parts: DaemonContext): AssembledLog {
  const { config, clock, logger, store, state, attention } = parts;
  const { log, outbox } = store;
  let waiting: RememberedLog | undefined;
  const watch = new LogWatch({
    log,
    outbox,
    health: store,
    state,
    attention,
    clock,
    logger,
    gate: config.gate.id,
    onStarted: () => {
      if (waiting !== undefined) watch.remembered(waiting);
    },
  });
  outbox.onAltered((rows) => watch.altered(rows));
  return {
    watch,
    remembered: (payload) => {
      const kept = readState(payload);
      if (kept === undefined) return;
      if (watch.isStarted) watch.remembered(kept);
      else waiting = kept;
    },
  };
}

/** Whether the log is the first of its store, or was begun by somebody at the kiosk: then nothing was lost by itself. */
export function beganOnPurpose(log: EventLog): boolean {
  const [newest] = log.recent(['log.reset'], 1);
  if (newest === undefined) return true;
  const { cause } = dataOf(newest, 'log.reset');
  return cause === 'new log' || cause === 'damaged';
}

function readState(payload: Uint8Array): RememberedLog | undefined {
  if (payload.length > LONGEST_STATE_BYTES) return undefined;
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(payload));
    if (typeof value !== 'object' || value === null || !('epoch' in value && 'lastSeq' in value))
      return undefined;
    const { epoch, lastSeq } = value;
    if (typeof epoch !== 'string' || !/^[0-9a-f-]{36}$/.test(epoch)) return undefined;
    if (typeof lastSeq !== 'number' || !Number.isSafeInteger(lastSeq)) return undefined;
    return { epoch, lastSequence: lastSeq };
  } catch {
    // Somebody else's message: it says nothing about this log.
    return undefined;
  }
}
