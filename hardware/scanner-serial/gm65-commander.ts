import { GatepostError } from '../../src/core/errors.ts';
import type { Cancel, Clock } from '../../src/ports/clock.ts';
import { Silence } from '../serial/silence.ts';
import { type Gm65Command, type Gm65Reply, HEARTBEAT, ReplyFilter } from './gm65-codec.ts';

/** Longest time for a reply. A module answers within 100 ms, or after a code of 1,024 characters at 9600 baud. */
const REPLY_DEADLINE_MS = 1_500;
/** Longest time for the rest of a reply; normally its bytes follow one another within a hundredth of this. */
const REST_MS = 100;

interface Gm65CommanderDeps {
  readonly clock: Clock;
  readonly write: (bytes: Uint8Array) => Promise<void>;
  /** Called with the bytes of codes: everything that is not a reply. */
  readonly onCodeBytes: (bytes: Uint8Array) => void;
}

interface Outstanding {
  readonly command: Gm65Command;
  readonly settle: (outcome: Gm65Reply | GatepostError) => void;
}

/**
 * Sends commands to a GM65, one at a time, and separates the replies from the codes. Replies do not name their
 * command. After a late one no reply is accepted until the module, which answers in order, has answered a heartbeat
 * and is silent.
 */
export class Gm65Commander {
  readonly #deps: Gm65CommanderDeps;
  readonly #filter = new ReplyFilter((start, reply) => {
    this.#lastReplyMs = this.#deps.clock.read().monotonicMs;
    if (this.#outstanding?.command.replyStart === start) this.#outstanding.settle(reply);
  });
  readonly #rest: Silence;
  #outstanding: Outstanding | undefined;
  #last: Promise<unknown> = Promise.resolve();
  #stopped = false;
  /** Whether a late reply may still arrive. */
  #replyOwed = false;
  /** Monotonic milliseconds at which the last reply came. */
  #lastReplyMs = Number.NEGATIVE_INFINITY;
  #endWait = (): void => undefined;

  constructor(deps: Gm65CommanderDeps) {
    this.#deps = deps;
    this.#rest = new Silence(deps.clock, REST_MS, () => this.#give(this.#filter.release()));
  }

  /** Takes everything that arrives on the line. */
  receive(bytes: Uint8Array): void {
    this.#give(this.#filter.push(bytes));
    this.#rest.restart(this.#filter.isHolding);
  }

  #give(codes: Uint8Array): void {
    if (codes.length > 0 && !this.#stopped) this.#deps.onCodeBytes(codes);
  }

  /**
   * Sends a command when the earlier ones are finished.
   * @returns the value of the reply, 0 to 255
   * @throws GatepostError `device.failed` when no reply comes in time or the module refuses, `device.lost` when the
   * line ends
   */
  send(command: Gm65Command): Promise<number> {
    const mine = this.#last.then(() => this.#sendInStep(command));
    // The next command waits for this one but is not affected by its failure.
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  /** The line is closed: all waiting commands fail. Idempotent. */
  stop(): void {
    this.#stopped = true;
    this.#rest.stop();
    this.#endWait();
    this.#outstanding?.settle(lineOver());
  }

  async #sendInStep(command: Gm65Command): Promise<number> {
    if (this.#replyOwed && command !== HEARTBEAT) {
      await this.#sendNow(HEARTBEAT);
      await this.#noMoreReplies();
      this.#replyOwed = false;
    }
    return this.#sendNow(command);
  }

  async #noMoreReplies(): Promise<void> {
    const { clock } = this.#deps;
    for (;;) {
      const quietMs = clock.read().monotonicMs - this.#lastReplyMs;
      if (quietMs >= REST_MS || this.#stopped) return;
      await new Promise<void>((resolve) => {
        const cancel = clock.schedule(REST_MS - quietMs, resolve);
        this.#endWait = () => {
          cancel();
          resolve();
        };
      });
    }
  }

  async #sendNow(command: Gm65Command): Promise<number> {
    if (this.#stopped) throw lineOver();
    // The wait begins before the command is sent, because on a simulated line the reply comes before the write returns.
    const answer = this.#answerTo(command);
    try {
      await this.#deps.write(command.bytes);
    } catch (error) {
      this.stop();
      await answer;
      throw error;
    }
    const outcome = await answer;
    if (outcome instanceof GatepostError) {
      this.#replyOwed = true;
      throw outcome;
    }
    if (outcome.status === 0) return outcome.value;
    throw new GatepostError(
      'device.failed',
      `The scanner refused the command "${command.name}" (status ${outcome.status}). Check that it is of the GM65 family; otherwise set family: plain.`,
    );
  }

  /** Never rejects, so that it need not be awaited at once. */
  #answerTo(command: Gm65Command): Promise<Gm65Reply | GatepostError> {
    return new Promise((resolve) => {
      const settle = (outcome: Gm65Reply | GatepostError): void => {
        cancel();
        this.#outstanding = undefined;
        resolve(outcome);
      };
      const cancel: Cancel = this.#deps.clock.schedule(REPLY_DEADLINE_MS, () => settle(silent(command)));
      this.#outstanding = { command, settle };
    });
  }
}

function silent(command: Gm65Command): GatepostError {
  return new GatepostError(
    'device.failed',
    `The scanner does not answer the command "${command.name}". Check that it is of the GM65 family (otherwise set family: plain), that baudRate is right, and that its RX wire is connected.`,
  );
}

function lineOver(): GatepostError {
  return new GatepostError(
    'device.lost',
    'The line of the scanner ended before it answered. Check the plug.',
  );
}
