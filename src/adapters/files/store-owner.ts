import { type ChildProcess, spawn } from 'node:child_process';
import { lstatSync, readFileSync, readlinkSync, type Stats, statSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join, parse, resolve, sep } from 'node:path';
import type { Writable } from 'node:stream';
import { deserialize, serialize } from 'node:v8';
import { GatepostError } from '../../core/errors.ts';

const MOST_LINKS = 40;

/** Says to a process that what it needs waits in a pipe. */
const HANDED_OVER = 'GATEPOST_HANDED_OVER';
const PIPE = 3;
const FILE = 4;
const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

interface Prepared<T> {
  /** The store folder the command works in. */
  readonly folder: string;
  /** What was read with the rights of whoever called; anything that the structured clone algorithm copies. */
  readonly data: T;
  /** A file that was opened with those rights, and that the rest of the command writes to. */
  readonly file?: number;
}

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/**
 * Lets root prepare a command, and the user whom the store folder belongs to carry it out: that user may put links
 * where root would follow them, and could not use what root leaves behind. The command is started once more as that
 * user and given what was prepared; Node as Debian builds it lets no process change its own user. Files that only root
 * may read are thus read in `prepare`. For any other user, and where the folder belongs to root or is not there, the
 * command just goes on.
 * @returns what was prepared, in the process that goes on; root's process ends with the other one and its exit code
 * @throws GatepostError `usage` where a third user could turn the way to the folder elsewhere, or where the owner may not
 * read this program
 */
export async function asOwner<T>(
  prepare: () => Promise<Prepared<T>> | Prepared<T>,
): Promise<Omit<Prepared<T>, 'folder'>> {
  if (process.env[HANDED_OVER] !== undefined && process.getuid?.() !== 0) {
    delete process.env[HANDED_OVER];
    const { data, hasFile } = deserialize(readFileSync(PIPE)) as { data: T; hasFile: boolean };
    return { data, ...(hasFile ? { file: FILE } : {}) };
  }
  const prepared = await prepare();
  const owner = ownerToBecome(prepared.folder);
  if (owner === undefined) return prepared;
  return process.exit(await carryOutAs(owner, prepared));
}

/** Whom root has to become before it touches the store; undefined where nobody else is needed. */
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

/** @returns the exit code of the command as the owner carried it out */
function carryOutAs<T>(owner: Owner, { data, file }: Prepared<T>): Promise<number> {
  const [, program = ''] = process.argv;
  const closed = closedTo(owner, program);
  if (closed !== undefined) {
    throw new GatepostError(
      'usage',
      `The store belongs to user ${owner.uid}, who may not read ${closed}, where this program is. Use the installed gatepost, or let others read the way to it.`,
    );
  }
  let child: ChildProcess | undefined;
  // What a terminal sends reaches both; what another program sends, this process alone.
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
    stdio: ['inherit', 'inherit', 'inherit', 'pipe', ...(file === undefined ? [] : [file])],
  });
  child = started;
  const pipe = started.stdio[PIPE] as Writable;
  // A child that ended early says itself why.
  pipe.on('error', () => undefined);
  pipe.end(serialize({ data, hasFile: file !== undefined }));
  return new Promise((done, fail) => {
    started.once('error', fail);
    started.once('close', (code, signal) =>
      done(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
    );
  });
}

/** What on the way to a file this user may not enter or read, the file included; undefined where the way is open. */
export function closedTo(user: Owner, file: string): string | undefined {
  return onTheWay(resolve(file)).find(({ stats }) => !mayPass(user, stats))?.path;
}

/** Whether this user may enter such a folder or read such a file. */
function mayPass({ uid, gid }: Owner, stats: Stats): boolean {
  if (stats.isSymbolicLink()) return true;
  const right = stats.isDirectory() ? 0o1 : 0o4;
  if (stats.uid === uid) return (stats.mode & (right << 6)) !== 0;
  return (stats.mode & (stats.gid === gid ? right << 3 : right)) !== 0;
}

function statOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}

/** Every folder and link that is gone through to reach `path`, itself included. */
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
