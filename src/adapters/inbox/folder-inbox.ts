import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  BUNDLE_TYPES,
  type BundleHeader,
  type BundleSource,
  type BundleType,
} from '../../core/bundle/bundle.ts';
import { openBundle } from '../../core/bundle/open-bundle.ts';
import { isGatepostError, messageOf } from '../../core/errors.ts';
import type { BundleAnswer, BundleIntake } from '../../ports/bundles.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { Logger } from '../../ports/logger.ts';
import { readBundleFile } from './bundle-file.ts';

/** Files beyond this number are reported and not read; no real set of lists has as many. */
const MOST_FILES = 10_000;
const ENDING = /\.gpb$/i;
/** Prefix of the files that macOS writes beside every file of a stick. */
const SHADOW = /^\._/;
/** Lists that another program gave a second ending; the inbox of a gate has two of its own. */
const RENAMED = /\.gpb\.(?!tmp$|answer$|answer\.tmp$)/i;
const NAME = /^[\p{L}\p{N}_~][\p{L}\p{M}\p{N}._~() -]{0,63}\.gpb$/iu;
/** How many names a log line lists. */
const SHOWN = 5;
/** How many different file states are remembered as processed. */
const MOST_REMEMBERED = 2 * MOST_FILES;

interface FolderInboxDeps {
  /** May be missing, like a stick that is not plugged in. */
  readonly folder: string;
  /** Pause between two scans, in milliseconds. */
  readonly everyMs: number;
  /** Whether there may be anything new; by default always. */
  readonly isDue?: () => boolean;
  /** Where the bundles come from; goes into the log. */
  readonly source: BundleSource;
  readonly intake: BundleIntake;
  /** Called with the result for a file. Also decides what happens to the file itself; the inbox only reads. */
  readonly onAnswer: (path: string, answer: BundleAnswer) => Promise<void>;
  /** Called with the names of files that are named like a list and are not read, each time these names change. */
  readonly onLeftOut?: (names: readonly string[]) => Promise<void>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Watches a folder for signed lists. Every state of a file (its size and times) is processed once, however many
 * others there are: trust lists first, and of each list the highest number first, so that an untidy stick brings in
 * the newest. No file is executed, trusted, or reached by a link: names are checked, links refused, sizes bounded.
 */
export class FolderInbox implements Lifecycle {
  readonly #deps: FolderInboxDeps;
  readonly #done = new Set<string>();
  #next: Cancel | undefined;
  #looking: Promise<void> | undefined;
  #running = false;
  #complaint: string | undefined;
  /** A file waits for a gate that was busy. */
  #waits = false;
  #leftOut = '';

  constructor(deps: FolderInboxDeps) {
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
    if (isDue?.() === false && !this.#waits) return;
    this.#waits = false;
    try {
      const { names, leftOut } = await listFiles(folder);
      await this.#takeAll(await this.#pending(names));
      await this.#tellLeftOut(leftOut);
      this.#complaint = undefined;
    } catch (error) {
      const sentence = `The folder ${folder} cannot be read: ${messageOf(error)}`;
      if (sentence !== this.#complaint) logger.warn({ part: 'lists', err: error }, sentence);
      this.#complaint = sentence;
    }
  }

  /** Files not processed yet, in the order in which they should be. */
  async #pending(names: readonly string[]): Promise<readonly PendingFile[]> {
    const waiting: { readonly path: string; readonly state: string }[] = [];
    for (const name of names) {
      if (!this.#running) break;
      const path = join(this.#deps.folder, name);
      const stats = await lstat(path).catch(unlessGone);
      if (stats === undefined) continue;
      const state = `${path} ${stats.ino} ${stats.size} ${stats.mtimeMs} ${stats.ctimeMs}`;
      if (!this.#done.has(state)) waiting.push({ path, state });
    }
    // A single file needs no sorting, and is read when it is processed.
    if (waiting.length < 2) return waiting.map((file) => ({ ...file, header: undefined }));
    const pending: PendingFile[] = [];
    for (const file of waiting) {
      if (!this.#running) break;
      pending.push({ ...file, header: await peek(file.path) });
    }
    return pending.sort(byUse);
  }

  async #takeAll(files: readonly PendingFile[]): Promise<void> {
    const newest = new Map<BundleType, number>();
    for (const { path, state, header } of files) {
      if (!this.#running) return;
      const known = header === undefined ? undefined : newest.get(header.type);
      const answer =
        header !== undefined && known !== undefined && known > header.number
          ? superseded(header, known)
          : await this.#answerTo(path);
      if (answer.status !== 'refused') newest.set(answer.type, answer.number);
      await this.#settle(path, state, answer);
    }
  }

  async #settle(path: string, state: string, answer: BundleAnswer): Promise<void> {
    const { source, onAnswer, logger } = this.#deps;
    if (answer.status === 'refused' && answer.refusal === 'busy') {
      this.#waits = true;
      return;
    }
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

  async #answerTo(path: string): Promise<BundleAnswer> {
    const { intake, source } = this.#deps;
    try {
      return await intake.receive({ bytes: await readBundleFile(path), source });
    } catch (error) {
      if (!isGatepostError(error, 'bundle.refused')) throw error;
      return { status: 'refused', refusal: 'malformed', detail: error.message };
    }
  }

  async #tellLeftOut(names: readonly string[]): Promise<void> {
    const { folder, logger, onLeftOut } = this.#deps;
    const told = names.join('/');
    if (told === this.#leftOut) return;
    this.#leftOut = told;
    if (names.length === 0) return;
    const shown = names.slice(0, SHOWN).map((name) => JSON.stringify(name.slice(0, 80)));
    logger.warn(
      { part: 'lists', folder, count: names.length },
      `Files named like lists are not looked at in ${folder}: ${shown.join(', ')}${names.length > SHOWN ? ', …' : ''}. A name is at most 64 letters, digits, blanks or . _ ~ ( ) -, begins with a letter and ends in .gpb, and at most ${MOST_FILES} files are looked at.`,
    );
    await onLeftOut?.(names);
  }

  #remember(state: string): void {
    this.#done.add(state);
    const [oldest] = this.#done;
    if (this.#done.size > MOST_REMEMBERED && oldest !== undefined) this.#done.delete(oldest);
  }
}

interface PendingFile {
  readonly path: string;
  /** Size and times; a change makes it another file. */
  readonly state: string;
  /** The header as the file states it, not verified. Undefined if it is not a list. */
  readonly header: BundleHeader | undefined;
}

async function peek(path: string): Promise<BundleHeader | undefined> {
  try {
    const opening = openBundle(await readBundleFile(path));
    return opening.status === 'opened' ? opening.bundle.header : undefined;
  } catch (error) {
    if (isGatepostError(error, 'bundle.refused')) return undefined;
    throw error;
  }
}

/**
 * Trust lists before what their keys sign, then of each list the highest number first; files that are not lists last.
 */
function byUse(a: PendingFile, b: PendingFile): number {
  const rank = ({ header }: PendingFile): number =>
    header === undefined ? BUNDLE_TYPES.length : BUNDLE_TYPES.indexOf(header.type);
  const byName = a.path < b.path ? -1 : 1;
  return rank(a) - rank(b) || (b.header?.number ?? 0) - (a.header?.number ?? 0) || byName;
}

function superseded({ type, number }: BundleHeader, newest: number): BundleAnswer {
  const detail = `Its number is ${number}, and ${type} ${newest} lay beside it`;
  return { status: 'refused', refusal: 'old_number', detail };
}

/** All bundle files of a folder in order of their names, and other names; nothing if there is no folder. */
async function listFiles(
  folder: string,
): Promise<{ readonly names: readonly string[]; readonly leftOut: readonly string[] }> {
  const names: string[] = [];
  const leftOut: string[] = [];
  try {
    for await (const { name } of await opendir(folder)) {
      if (SHADOW.test(name) || !(ENDING.test(name) || RENAMED.test(name))) continue;
      if (NAME.test(name) && names.length < MOST_FILES) names.push(name);
      else if (leftOut.length < MOST_FILES) leftOut.push(name);
    }
  } catch (error) {
    return unlessGone(error) ?? { names: [], leftOut: [] };
  }
  return { names: names.sort(), leftOut: leftOut.sort() };
}

/** A stick may be unplugged at any moment. @throws every other error */
function unlessGone(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}
