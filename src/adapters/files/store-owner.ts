import { type ChildProcess, spawn } from 'node:child_process';
import { lstatSync, readFileSync, readlinkSync, readSync, type Stats, statSync, writeSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join, parse, resolve, sep } from 'node:path';
import type { Duplex, Writable } from 'node:stream';
import { deserialize, serialize } from 'node:v8';
import { GatepostError, messageOf } from '../../core/errors.ts';

const MOST_LINKS = 40;

/** Environment variable that tells the process that its prepared data is in a pipe. */
const HANDED_OVER = 'GATEPOST_HANDED_OVER';
const PIPE = 3;
const FILE = 4;
/** The carrying process asks here for commit(), and is answered with what went wrong; nothing means that it is done. */
const ANSWERS = 5;
const LONGEST_ANSWER_BYTES = 4 * 1024;
const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

interface Prepared<T> {
  /** The store folder the command works in. */
  readonly folder: string;
  /** What was read with the rights of the caller; anything that the structured clone algorithm copies. */
  readonly data: T;
  /** A file that was opened with those rights and which the rest of the command writes or reads. */
  readonly file?: number;
  /**
   * What is left to do with the rights of the caller once the rest of the command is done, well or not. The command
   * calls it where it continues in the same process; root's process calls it itself.
   */
  readonly finish?: (done: boolean) => void;
  /**
   * What has to be done to `file` with those rights once it is complete, such as giving it its name, before the rest of
   * the command goes on.
   */
  readonly commit?: () => void;
}

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Runs a command in two parts: root prepares it, and the user who owns the store folder carries it out. That user
 * could place links that root would follow, and could not use files that root creates. The command is started once
 * more as that user and is given what was prepared, because Node as Debian builds it cannot change the user of its
 * own process. So files that only root may read are read in `prepare`. For any other user, and if the folder belongs
 * to root or does not exist, the command just continues.
 * @returns what was prepared, in the process that continues; root's process ends with the exit code of the other one
 * @throws GatepostError `usage` if a third user could redirect the path to the folder, or if the owner may not read
 * this program
 */
export async function asOwner<T>(
  prepare: () => Promise<Prepared<T>> | Prepared<T>,
): Promise<Omit<Prepared<T>, 'folder'>> {
  if (process.env[HANDED_OVER] !== undefined && process.getuid?.() !== 0) {
    delete process.env[HANDED_OVER];
    const { data, hasFile } = deserialize(readFileSync(PIPE)) as { data: T; hasFile: boolean };
    return { data, ...(hasFile ? { file: FILE, commit: askForCommit } : {}) };
  }
  const prepared = await prepare();
  let code: number;
  try {
    const owner = ownerToBecome(prepared.folder);
    if (owner === undefined) return prepared;
    code = await carryOutAs(owner, prepared);
  } catch (error) {
    prepared.finish?.(false);
    throw error;
  }
  prepared.finish?.(code === 0);
  return process.exit(code);
}

/** The user that root has to become before it touches the store; undefined if none is needed. */
export function ownerToBecome(folder: string): Owner | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const path = resolve(folder);
  const owner = statOf(path);
  if (owner === undefined) return undefined;
  const stranger = onTheWay(path).find(({ stats }) => stats.uid !== 0 && stats.uid !== owner.uid);
  if (stranger !== undefined) {
    throw new GatepostError(
      'usage',
      `${stranger.path}, on the way to the store ${folder}, belongs to user ${stranger.stats.uid} and the store to user ${owner.uid}. Run this as the user of the store: sudo -u '#${owner.uid}' gatepost …`,
    );
  }
  return owner.uid === 0 ? undefined : { uid: owner.uid, gid: owner.gid };
}

/** @throws GatepostError `usage` with what the other process says */
function askForCommit(): void {
  writeSync(ANSWERS, '\n');
  const answer = Buffer.alloc(LONGEST_ANSWER_BYTES);
  const text = answer.subarray(0, readSync(ANSWERS, answer)).toString('utf8').trimEnd();
  if (text !== '') throw new GatepostError('usage', text);
}

/** @returns the exit code of the command as the owner carried it out */
function carryOutAs<T>(owner: Owner, { data, file, commit }: Prepared<T>): Promise<number> {
  const [, program = ''] = process.argv;
  const closed = closedTo(owner, program);
  if (closed !== undefined) {
    throw new GatepostError(
      'usage',
      `The store belongs to user ${owner.uid}, who may not read ${closed}, where this program is. Use the installed gatepost, or let others read the way to it.`,
    );
  }
  let child: ChildProcess | undefined;
  // A signal from the terminal reaches both processes; one from another program reaches only this process.
  const ofTerminal = process.stdin.isTTY === true;
  for (const signal of PASSED_ON) {
    process.on(signal, () => {
      if (!ofTerminal || signal === 'SIGTERM') child?.kill(signal);
    });
  }
  const started = spawn(process.execPath, [...process.execArgv, ...process.argv.slice(1)], {
    uid: owner.uid,
    gid: owner.gid,
    env: { ...process.env, [HANDED_OVER]: 'yes' },
    stdio: ['inherit', 'inherit', 'inherit', 'pipe', ...(file === undefined ? [] : [file, 'pipe' as const])],
  });
  child = started;
  const answers = file === undefined ? undefined : ((started.stdio as readonly unknown[])[ANSWERS] as Duplex);
  // A child that ended early reports the reason itself.
  answers?.on('error', () => undefined);
  answers?.once('data', () => {
    const problem = problemOf(commit);
    answers.end(`${(problem ?? '').slice(0, LONGEST_ANSWER_BYTES / 4)}\n`);
  });
  const pipe = started.stdio[PIPE] as Writable;
  // A child that ended early reports the reason itself.
  pipe.on('error', () => undefined);
  pipe.end(serialize({ data, hasFile: file !== undefined }));
  return new Promise((done, fail) => {
    started.once('error', fail);
    started.once('close', (code, signal) =>
      done(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
    );
  });
}

function problemOf(work: (() => void) | undefined): string | undefined {
  try {
    work?.();
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

/** The part of the path that this user may not enter or read, the file included; undefined if there is none. */
export function closedTo(user: Owner, file: string): string | undefined {
  return onTheWay(resolve(file)).find(({ stats }) => !mayPass(user, stats))?.path;
}

/** Whether this user may enter this folder or read this file. */
function mayPass({ uid, gid }: Owner, stats: Stats): boolean {
  if (stats.isSymbolicLink()) return true;
  const right = stats.isDirectory() ? 0o1 : 0o4;
  if (stats.uid === uid) return (stats.mode & (right << 6)) !== 0;
  return (stats.mode & (stats.gid === gid ? right << 3 : right)) !== 0;
}

function statOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

/** Every folder and link that is passed on the way to `path`, and `path` itself. */
function onTheWay(path: string): { readonly path: string; readonly stats: Stats }[] {
  const passed: { readonly path: string; readonly stats: Stats }[] = [];
  let links = 0;
  const walk = (target: string): void => {
    let at = parse(target).root;
    for (const name of target.slice(at.length).split(sep)) {
      if (name === '') continue;
      at = join(at, name);
      const stats = lstatSync(at);
      passed.push({ path: at, stats });
      if (!stats.isSymbolicLink()) continue;
      links += 1;
      if (links > MOST_LINKS) throw new GatepostError('usage', `${path} leads through too many links.`);
      const led = resolve(dirname(at), readlinkSync(at));
      walk(led);
      at = led;
    }
  };
  walk(path);
  return passed;
}
