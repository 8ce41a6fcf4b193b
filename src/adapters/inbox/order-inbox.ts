import { constants } from 'node:fs';
import { open, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { GatepostError, isGatepostError, messageOf } from '../../core/errors.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { Logger } from '../../ports/logger.ts';
import { answerBeside, inboxFolder, leaveInInbox } from './hand-over.ts';

const ENDING = '.order';
const NAME = /^[\w-]{1,64}\.order$/;
/** A checkpoint with many cosignatures, as JSON. */
const MOST_BYTES = 256 * 1024;
/** Orders of one look; the rest waits for the next. */
const MOST_ORDERS = 16;

/** What a command may order of the running gate, because only that one writes its log. */
const Order = z.discriminatedUnion('order', [
  z.strictObject({ order: z.literal('checkpoint'), by: z.string().min(1).max(64) }),
  z.strictObject({ order: z.literal('cosign'), note: z.string().min(1).max(MOST_BYTES) }),
]);
export type InboxOrder = z.infer<typeof Order>;

const Answer = z.union([
  z.strictObject({ status: z.literal('done'), text: z.string() }),
  z.strictObject({ status: z.literal('refused'), code: z.string(), detail: z.string() }),
]);

/**
 * Gives an order to the running gate of a store and waits until it is carried out.
 * @returns what the gate says of it
 * @throws GatepostError the gate's own, or like handOver()
 */
export async function orderOfGate(store: string, order: InboxOrder, limitMs: number): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(order));
  const answer = Answer.parse(await leaveInInbox(inboxFolder(store), bytes, { ending: ENDING, limitMs }));
  if (answer.status === 'done') return answer.text;
  const code = answer.code === 'log.altered' || answer.code === 'log.unavailable' ? answer.code : undefined;
  throw new GatepostError(code ?? 'checkpoint.invalid', answer.detail);
}

interface OrderInboxDeps {
  readonly folder: string;
  /** Pause between two looks, in milliseconds. */
  readonly everyMs: number;
  /** Whether there may be anything new; by default always. */
  readonly isDue?: () => boolean;
  readonly carryOut: (order: InboxOrder) => Promise<string>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Looks for orders of commands in the inbox of the store, and answers each beside its file. */
export class OrderInbox implements Lifecycle {
  readonly #deps: OrderInboxDeps;
  #next: Cancel | undefined;
  #looking: Promise<void> | undefined;
  #running = false;

  constructor(deps: OrderInboxDeps) {
    this.#deps = deps;
  }

  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#running) return;
    this.#running = true;
    this.#lookSoon(0);
  }

  async stop(): Promise<void> {
    this.#running = false;
    this.#next?.();
    this.#next = undefined;
    await this.#looking;
  }

  #lookSoon(delayMs: number): void {
    if (!this.#running) return;
    this.#next = this.#deps.clock.schedule(delayMs, () => {
      this.#looking = this.#look().finally(() => this.#lookSoon(this.#deps.everyMs));
    });
  }

  async #look(): Promise<void> {
    const { folder, isDue, logger } = this.#deps;
    if (isDue?.() === false) return;
    try {
      const names = (await readdir(folder)).filter((name) => NAME.test(name));
      for (const name of names.slice(0, MOST_ORDERS)) await this.#carryOut(join(folder, name));
    } catch (error) {
      logger.debug({ part: 'orders', err: error }, `Orders in ${folder} cannot be read: ${messageOf(error)}`);
    }
  }

  async #carryOut(path: string): Promise<void> {
    try {
      const order = Order.parse(JSON.parse(await readOrder(path)));
      await answerBeside(path, { status: 'done', text: await this.#deps.carryOut(order) });
    } catch (error) {
      const code = isGatepostError(error) ? error.code : 'usage';
      const detail = isGatepostError(error) ? error.message : 'The gate did not understand the order.';
      this.#deps.logger.warn({ part: 'orders', code }, `An order of a command was refused: ${detail}`);
      await answerBeside(path, { status: 'refused', code, detail });
    } finally {
      await rm(path, { force: true });
    }
  }
}

/** Only the user of the gate may write to the folder; links and devices are refused all the same. */
async function readOrder(path: string): Promise<string> {
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stats = await file.stat();
    if (!stats.isFile() || stats.size > MOST_BYTES) throw new Error('it is no file, or too large');
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}
