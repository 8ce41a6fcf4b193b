import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import { isGatepostError, messageOf } from '../../core/errors.ts';
import type { BundleAnswer, BundleIntake } from '../../ports/bundle-intake.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { Logger } from '../../ports/logger.ts';
import { readBundleFile } from './bundle-file.ts';

/** Sticks come with all sorts of things on them; only this many entries are looked at. */
const MOST_ENTRIES = 200;
const MOST_FILES = 20;
const NAME = /^[\p{L}\p{N}_~][\p{L}\p{M}\p{N}._~() -]{0,63}\.gpb$/iu;
/** How many different states of files are remembered as dealt with. */
const MOST_REMEMBERED = 1000;

export interface FolderInboxOptions {
  /** May be missing: a stick that is not plugged in. */
  readonly folder: string;
  /** Pause between two looks, in milliseconds. */
  readonly everyMs: number;
  /** For the log. */
  readonly source: string;
  readonly intake: BundleIntake;
  /** What became of a file. Also says what happens to the file itself; the inbox only reads. */
  readonly onAnswer: (path: string, answer: BundleAnswer) => Promise<void>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Watches a folder for signed lists. Every state of a file (its size and times) is taken up once. Nothing there is
 * run, followed or trusted: names are checked, links refused, sizes bounded.
 */
export class FolderInbox implements Lifecycle {
  readonly #options: FolderInboxOptions;
  readonly #done = new Set<string>();
  #next: Cancel | undefined;
  #looking: Promise<void> | undefined;
  #running = false;
  #complaint: string | undefined;

  constructor(options: FolderInboxOptions) {
    this.#options = options;
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
    this.#next = this.#options.clock.schedule(delayMs, () => {
      this.#looking = this.#look().finally(() => this.#lookSoon(this.#options.everyMs));
    });
  }

  async #look(): Promise<void> {
    const { folder, logger } = this.#options;
    try {
      for (const name of await listFiles(folder)) if (this.#running) await this.#take(join(folder, name));
      this.#complaint = undefined;
    } catch (error) {
      const sentence = `The folder ${folder} cannot be read: ${messageOf(error)}`;
      if (sentence !== this.#complaint) logger.warn({ part: 'lists', err: error }, sentence);
      this.#complaint = sentence;
    }
  }

  async #take(path: string): Promise<void> {
    const { intake, source, onAnswer, logger } = this.#options;
    const { ino, size, mtimeMs, ctimeMs } = await lstat(path);
    const state = `${path} ${ino} ${size} ${mtimeMs} ${ctimeMs}`;
    if (this.#done.has(state)) return;
    const answer = await this.#answerTo(path, intake, source);
    if (answer.status === 'refused' && answer.refusal === 'busy') return;
    this.#remember(state);
    logger.info(
      { part: 'lists', path, source, answer },
      `A file with a list was taken up: ${answer.status}.`,
    );
    try {
      await onAnswer(path, answer);
    } catch (error) {
      logger.error({ part: 'lists', path, err: error }, `The answer could not be left: ${messageOf(error)}`);
    }
  }

  async #answerTo(path: string, intake: BundleIntake, source: string): Promise<BundleAnswer> {
    try {
      return await intake.receive({ bytes: await readBundleFile(path), source });
    } catch (error) {
      if (!isGatepostError(error, 'bundle.refused')) throw error;
      return { status: 'refused', refusal: 'malformed', detail: error.message };
    }
  }

  #remember(state: string): void {
    this.#done.add(state);
    const [oldest] = this.#done;
    if (this.#done.size > MOST_REMEMBERED && oldest !== undefined) this.#done.delete(oldest);
  }
}

/** The first bundle files of a folder in order of their names; none where there is no such folder. */
async function listFiles(folder: string): Promise<readonly string[]> {
  const names: string[] = [];
  try {
    let entries = 0;
    for await (const { name } of await opendir(folder)) {
      entries += 1;
      if (entries > MOST_ENTRIES) break;
      if (NAME.test(name)) names.push(name);
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
  return names.sort().slice(0, MOST_FILES);
}
