import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { setPriority } from 'node:os';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { GatepostError } from '../../core/errors.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';

/** A check is given up when the write-ahead log grows beyond this: it cannot be reused while a check reads. */
const LONGEST_WAL_BYTES = 64 * 1024 * 1024;
const LOOK_AT_WAL_MS = 1_000;
/** How long a killed process may take to end before nobody waits for it any more. */
const END_MS = 2_000;
const LOWEST_PRIORITY = 19;
const HEAP_MIB = 32;

/** Answers each question, SQL of one column, one a line, in one line. It ends with its input. */
const PROGRAM = `
const { createInterface } = require('node:readline');
const { crc32 } = require('node:zlib');
const [library, path] = process.argv.slice(1);
const Database = require(library);
const database = new Database(path, { readonly: true, fileMustExist: true, timeout: 1000 });
database.pragma('cell_size_check = ON');
database.function('row_crc', { deterministic: true }, (text) => crc32(text));
createInterface({ input: process.stdin }).on('line', (check) => {
  let answer;
  try {
    answer = { found: database.prepare(check).pluck().all().slice(0, 3).map(String) };
  } catch (error) {
    answer = { code: String(error.code), message: String(error.message) };
  }
  process.stdout.write(JSON.stringify(answer) + '\\n');
});
`;

/** The lines of a check, or the error of the database. */
export type CheckAnswer =
  | { readonly found: readonly string[]; readonly code?: never }
  | { readonly code: string; readonly message: string };

interface Running {
  readonly child: ChildProcessByStdio<Writable, Readable, null>;
  readonly lines: AsyncIterator<string>;
}

/**
 * SQLite's own checks in a process of their own, which can be killed in the middle of one: they read for minutes where
 * the file is large and the card is slow. It has the lowest priority and reads only.
 */
export class CheckProcess {
  readonly #path: string;
  readonly #clock: Clock;
  #running: Running | undefined;

  /** @param path of the database */
  constructor(path: string, clock: Clock) {
    this.#path = path;
    this.#clock = clock;
  }

  /**
   * @param sql without line breaks
   * @throws GatepostError `log.unavailable` if there is no answer, also because of the signal
   */
  async ask(check: string, sql: string, signal: AbortSignal): Promise<CheckAnswer> {
    if (signal.aborted) throw this.#unfinished(check);
    this.#running ??= this.#start();
    const { child, lines } = this.#running;
    const kill = (): void => {
      child.kill('SIGKILL');
    };
    signal.addEventListener('abort', kill, { once: true });
    const cancel = this.#watchWal(kill);
    try {
      child.stdin.write(`${sql}\n`);
      const { value, done } = await lines.next();
      if (done === true) throw this.#unfinished(check);
      return JSON.parse(value);
    } catch (error) {
      kill();
      this.#running = undefined;
      throw error;
    } finally {
      cancel();
      signal.removeEventListener('abort', kill);
    }
  }

  async close(): Promise<void> {
    const child = this.#running?.child;
    this.#running = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGKILL');
    let cancel: Cancel = () => undefined;
    const late = new Promise<void>((resolve) => {
      cancel = this.#clock.schedule(END_MS, resolve);
    });
    await Promise.race([ended, late]);
    cancel();
  }

  #start(): Running {
    const library = createRequire(import.meta.url).resolve('better-sqlite3');
    const words = [`--max-old-space-size=${HEAP_MIB}`, '-e', PROGRAM, '--', library, this.#path];
    const child = spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'ignore'], env: {} });
    // An end of the process is seen as the end of its lines.
    child.on('error', () => undefined);
    child.stdin.on('error', () => undefined);
    try {
      if (child.pid !== undefined) setPriority(child.pid, LOWEST_PRIORITY);
    } catch {
      // It has ended already.
    }
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    return { child, lines };
  }

  #watchWal(kill: () => void): Cancel {
    let cancel: Cancel = () => undefined;
    const look = (): void => {
      const { size } = statSync(`${this.#path}-wal`, { throwIfNoEntry: false }) ?? { size: 0 };
      if (size > LONGEST_WAL_BYTES) kill();
      else cancel = this.#clock.schedule(LOOK_AT_WAL_MS, look);
    };
    cancel = this.#clock.schedule(LOOK_AT_WAL_MS, look);
    return () => cancel();
  }

  #unfinished(check: string): GatepostError {
    return new GatepostError(
      'log.unavailable',
      `The check ${check} of ${this.#path} did not come to its end. It is tried again.`,
    );
  }
}
