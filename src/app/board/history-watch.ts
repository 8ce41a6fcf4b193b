import { toHex } from '../../core/encoding/hex.ts';
import { isGatepostError, messageOf } from '../../core/errors.ts';
import { dataOf } from '../../core/events/envelope.ts';
import type { Signer } from '../../core/pass/issue-pass.ts';
import { isCheckpointOf, parseCheckpoint, readOrigin } from '../../core/proof/checkpoint.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventLog, LogRenewal } from '../../ports/event-log.ts';
import type { LogTree } from '../../ports/log-tree.ts';
import type { Logger } from '../../ports/logger.ts';
import { type Attention, logItem } from './attention.ts';

/** Longest retained checkpoint that is read; a real one has some hundred bytes. */
const LONGEST_BYTES = 16 * 1024;
/** Number of earlier epochs that are read. */
const RESETS = 50;

interface HistoryWatchDeps {
  readonly log: EventLog & LogRenewal;
  readonly tree: Pick<LogTree, 'epochs' | 'rootAt'>;
  /** The gate's own key. */
  readonly signer: () => Signer;
  readonly attention: Attention;
  /** Called when it is proved that the log went back. */
  readonly onWentBack: () => void;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly site: string;
  readonly gate: string;
}

/** What a checkpoint proves of this log that the log itself does not hold. */
interface Lost {
  readonly epoch: string;
  /** Number of its last event, where it can be told. */
  readonly sequence?: number;
}

/**
 * Compares the log with what the gate has signed itself and somebody else has kept. Only the gate can have signed it,
 * so one that the log does not contain proves that the log went back, wherever it comes from: the log then goes on in a
 * new epoch. One that is not signed by this gate proves nothing and is ignored.
 */
export class HistoryWatch {
  readonly #deps: HistoryWatchDeps;

  constructor(deps: HistoryWatchDeps) {
    this.#deps = deps;
  }

  /** Takes the `checkpoint` of this gate that a broker has retained; ignores anything else. */
  remembered(payload: Uint8Array): void {
    const { log, clock, logger, attention, gate, onWentBack } = this.#deps;
    try {
      const lost = this.#lostBy(payload);
      if (lost === undefined) return;
      logger.error({ ...lost }, 'The log went back: this gate has signed more than the log holds.');
      // First, because it counts even where the log cannot be written.
      onWentBack();
      attention.raise(logItem('logReset', gate, clock.read().wallMs));
      log.renew(lost);
    } catch (error) {
      if (!isGatepostError(error)) throw error;
      logger.warn({ code: error.code }, `A checkpoint that the broker remembers: ${messageOf(error)}`);
    }
  }

  #lostBy(payload: Uint8Array): Lost | undefined {
    const { tree, signer, site, gate } = this.#deps;
    const note = noteOf(payload);
    if (note === undefined) return undefined;
    const checkpoint = parseCheckpoint(new TextEncoder().encode(note));
    const origin = readOrigin(checkpoint.origin);
    if (origin?.site !== site || origin.gate !== gate) return undefined;
    if (!isCheckpointOf(checkpoint, signer().publicKey)) return undefined;
    const { epoch } = origin;
    const { size, root } = checkpoint;
    const epochs = tree.epochs();
    const present = epochs.at(-1);
    const known = epochs.find((one) => one.epoch === epoch);
    if (present === undefined) return undefined;
    if (known === undefined) return epoch > present.epoch && !this.#isReplaced(epoch) ? { epoch } : undefined;
    // The end of an earlier epoch was told when the next one began.
    if (known !== present) return undefined;
    const sequence = known.firstSequence + size - 1;
    if (sequence > known.lastSequence) return { epoch, sequence };
    const own = tree.rootAt(epoch, size);
    return own === undefined || toHex(own) === toHex(root) ? undefined : { epoch, sequence };
  }

  /** Whether this log has a row that says that it replaced the log of `epoch`. */
  #isReplaced(epoch: string): boolean {
    return this.#deps.log
      .recent(['log.reset'], RESETS)
      .some((event) => dataOf(event, 'log.reset').previousEpoch === epoch);
  }
}

/** The signed text in a retained `checkpoint`; undefined for anything else. */
function noteOf(payload: Uint8Array): string | undefined {
  if (payload.length > LONGEST_BYTES) return undefined;
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(payload));
    if (typeof value !== 'object' || value === null || !('note' in value)) return undefined;
    return typeof value.note === 'string' ? value.note : undefined;
  } catch {
    return undefined;
  }
}
