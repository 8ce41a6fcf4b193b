import { type ListedKey, witnessKeys } from '../../core/bundle/trust-content.ts';
import { toHex } from '../../core/encoding/hex.ts';
import { GatepostError, isGatepostError, messageOf } from '../../core/errors.ts';
import type { Signer } from '../../core/pass/issue-pass.ts';
import {
  cosignaturesOf,
  isCheckpointOf,
  originOf,
  parseCheckpoint,
  readOrigin,
  signCheckpoint,
} from '../../core/proof/checkpoint.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { CheckpointView, State } from '../../ports/gate-state.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { CheckpointBook, KeptCheckpoint, LogTree } from '../../ports/log-tree.ts';
import type { Logger } from '../../ports/logger.ts';
import type { EventWriter } from './event-writer.ts';
import { RepeatGuard } from './limiters.ts';

/** How often a log that grew gets a checkpoint, in milliseconds. */
const EVERY_MS = 15 * 60_000;
/** How often rows are taken into the tree. */
const GROW_EVERY_MS = 60_000;
/** Longest stretch of work, and the pause after it while there is more. */
const TURN_MS = 4;
const PAUSE_MS = 20;
/** How long a stop may take in rows for its checkpoint. */
const LAST_TURN_MS = 500;

interface CheckpointsDeps {
  readonly tree: LogTree;
  readonly book: CheckpointBook;
  /** The gate's own key; asked for with each checkpoint. */
  readonly signer: () => Signer;
  /** Keys of the signed list in force. */
  readonly trusted: () => readonly ListedKey[];
  readonly notes: EventWriter;
  readonly state: { readonly checkpoint: State<CheckpointView> };
  /** Called when the log turns out not to be what it was at its last checkpoint; once in a run. */
  readonly onAltered?: (detail: string) => void;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly site: string;
  readonly gate: string;
}

/**
 * Signs what the log is, every 15 minutes if it grew, at the stop and when it is told to
 * (config/contract/README.md#log-checkpoints). All work is done in short turns beside the gate's.
 */
export class Checkpoints implements Lifecycle {
  readonly #deps: CheckpointsDeps;
  readonly #repeats: RepeatGuard;
  #next: Cancel | undefined;
  /** Monotonic milliseconds of the last checkpoint of this run, or of the start. */
  #madeMs = 0;
  #newest: KeptCheckpoint | undefined;
  /** Whether the log was compared with the last checkpoint of the run before. */
  #isCompared = false;
  #isAltered = false;

  constructor(deps: CheckpointsDeps) {
    this.#deps = deps;
    this.#repeats = new RepeatGuard(deps.clock);
  }

  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#next !== undefined) return;
    const { book, clock } = this.#deps;
    this.#newest = book.kept()[0];
    if (this.#newest !== undefined) this.#show(this.#newest);
    this.#madeMs = clock.read().monotonicMs;
    this.#look();
  }

  /** Makes a last checkpoint, unless a long log has to be taken in first. */
  async stop(): Promise<void> {
    if (this.#next === undefined) return;
    this.#next();
    this.#next = undefined;
    this.#tolerating(() => {
      if (this.#grow(LAST_TURN_MS) && this.#hasGrown()) this.#make('auto');
    });
  }

  /**
   * Makes a checkpoint now and puts that on record.
   * @param by who ordered it
   * @returns its signed text
   * @throws GatepostError `log.unavailable`, `log.altered`, `key.invalid`
   */
  async order(by: string): Promise<string> {
    while (!this.#grow(TURN_MS)) await this.#pause();
    return this.#make(by).note;
  }

  /**
   * Keeps a checkpoint of this gate that a witness has co-signed, if it is newer than the one before.
   * @returns whether it is kept now
   * @throws GatepostError `checkpoint.invalid` if it is none of this log, or no witness has signed it
   */
  takeCosigned(bytes: Uint8Array): 'kept' | 'unchanged' {
    const { book, signer, site, gate, trusted, tree, clock } = this.#deps;
    const checkpoint = parseCheckpoint(bytes);
    const origin = readOrigin(checkpoint.origin);
    if (origin?.site !== site || origin.gate !== gate)
      throw refused(`It is one of ${checkpoint.origin}, not of the gate ${gate} of ${site}.`);
    if (!isCheckpointOf(checkpoint, signer().publicKey)) throw refused('This gate has not signed it.');
    const nowS = Math.floor(clock.read().wallMs / 1000);
    const witnesses = witnessKeys(trusted(), { site, nowS });
    if (cosignaturesOf(checkpoint.note, witnesses).length === 0)
      throw refused('No witness of the list of trusted keys has co-signed it.');
    const { epoch } = origin;
    const { size } = checkpoint;
    const root = tree.rootAt(epoch, size);
    if (root === undefined || toHex(root) !== toHex(checkpoint.root))
      throw refused('It is not what this log was at that size. See what gatepost log verify says.');
    const before = book.cosigned();
    if (before?.epoch === epoch && before.size >= size) return 'unchanged';
    book.keepCosigned({ epoch, size, note: new TextDecoder().decode(bytes) });
    return 'kept';
  }

  #look(): void {
    const { clock } = this.#deps;
    let isWhole = true;
    this.#tolerating(() => {
      isWhole = this.#grow(TURN_MS);
      if (isWhole && !this.#isCompared) {
        this.#isCompared = true;
        this.#refuseFork();
      }
      if (!isWhole || clock.read().monotonicMs - this.#madeMs < EVERY_MS) return;
      if (this.#hasGrown()) this.#sign();
      this.#madeMs = clock.read().monotonicMs;
    });
    this.#next = clock.schedule(isWhole ? GROW_EVERY_MS : PAUSE_MS, () => this.#look());
  }

  /** Takes rows in for a while. @returns whether all of them are in */
  #grow(limitMs: number): boolean {
    const { tree, clock } = this.#deps;
    const endMs = clock.read().monotonicMs + limitMs;
    while (tree.grow() > 0) if (clock.read().monotonicMs >= endMs) return false;
    return true;
  }

  #hasGrown(): boolean {
    const { epoch, size } = this.#deps.tree.head();
    return this.#newest?.epoch !== epoch || this.#newest.size < size;
  }

  /** Signs and keeps what the tree is now. */
  #sign(): KeptCheckpoint & { readonly root: Uint8Array } {
    const { tree, book, signer, clock, site, gate } = this.#deps;
    const { epoch, size, root } = tree.head();
    this.#refuseFork();
    const note = signCheckpoint({ origin: originOf({ site, gate, epoch }), size, root }, signer());
    book.keep({ epoch, size, note });
    this.#newest = { epoch, size, note };
    this.#show(this.#newest, clock.read().wallMs);
    return { epoch, size, note, root };
  }

  /** A log must not sign two histories: the last checkpoint has to be part of what is signed now. */
  #refuseFork(): void {
    const { tree } = this.#deps;
    const before = this.#newest;
    if (before === undefined || before.epoch !== tree.head().epoch) return;
    const root = tree.rootAt(before.epoch, before.size);
    const { root: signed } = parseCheckpoint(new TextEncoder().encode(before.note));
    const isThere = before.size <= tree.head().size;
    // Where retention has ended the rows of that moment, there is nothing left to compare with.
    if (isThere && (root === undefined || toHex(root) === toHex(signed))) return;
    const detail = `The log is not what it was at its last checkpoint, of ${before.size} events, so none is made any more. See what gatepost log verify says.`;
    if (!this.#isAltered) this.#deps.onAltered?.(detail);
    this.#isAltered = true;
    throw new GatepostError('log.altered', detail);
  }

  #make(by: string): KeptCheckpoint {
    const { notes, gate } = this.#deps;
    const { root, ...kept } = this.#sign();
    notes.tryWrite({
      name: 'log.checkpoint',
      subject: gate,
      data: { size: kept.size, root: toHex(root), by },
    });
    return kept;
  }

  #show({ epoch, size, note }: KeptCheckpoint, madeMs?: number): void {
    this.#deps.state.checkpoint.set({ epoch, size, note, ...(madeMs === undefined ? {} : { madeMs }) });
  }

  async #pause(): Promise<void> {
    await new Promise<void>((resolve) => this.#deps.clock.schedule(0, resolve));
  }

  /** A log that cannot be written or continued is reported once in a while, and tried again. */
  #tolerating(work: () => void): void {
    try {
      work();
    } catch (error) {
      if (!isGatepostError(error)) throw error;
      const text = `No checkpoint of the log was made: ${messageOf(error)}`;
      if (this.#repeats.admit(text)) this.#deps.logger.error({ code: error.code }, text);
    }
  }
}

function refused(why: string): GatepostError {
  return new GatepostError('checkpoint.invalid', `The checkpoint is refused. ${why}`);
}
