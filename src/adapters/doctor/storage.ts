import { dirname } from 'node:path';
import { idOf, SERVICE_USER } from './accounts.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import type { Machine } from './machine.ts';

const MIB = 1024 * 1024;
/** Below this SQLite may not be able to write any more when the next update comes. */
const LEAST_MIB = 100;
const COMFORTABLE_MIB = 500;

/** File systems whose content is gone after a power cut, and those on which SQLite's WAL does not work. */
const VOLATILE = ['tmpfs', 'ramfs', 'overlay'];
const REMOTE = /^(nfs|cifs|smb|9p|fuse\.sshfs)/;

/** Whether the store's folder keeps what is written there (hardware-facts 4.7). */
export function checkStorage(machine: Machine, folder: string): Finding[] {
  const there = nearestFolder(machine, folder);
  const real = machine.real(there) ?? there;
  const type = fileSystemOf(machine.read('/proc/self/mountinfo') ?? '', real);
  const findings: Finding[] = [];
  if (type !== undefined && VOLATILE.includes(type)) {
    findings.push(
      fail(
        'storage',
        `${folder} is on ${type}: everything there is lost with the power.`,
        'Switch the overlay file system off (raspi-config), or give the store a partition of its own.',
      ),
    );
  } else if (type !== undefined && REMOTE.test(type)) {
    findings.push(
      fail('storage', `${folder} is on ${type}, on which the log cannot work.`, 'Choose a local disk.'),
    );
  }
  const free = machine.freeBytes(there);
  const mib = free === undefined ? undefined : Math.floor(free / MIB);
  const room = 'Make room: journalctl --vacuum-size=100M, apt clean; or take a larger card.';
  if (mib !== undefined && mib < LEAST_MIB)
    findings.push(fail('storage', `Only ${mib} MiB are free for ${folder}.`, room));
  else if (mib !== undefined && mib < COMFORTABLE_MIB)
    findings.push(warn('storage', `${mib} MiB are free for ${folder}.`, room));
  if (findings.length > 0) return findings;
  return [ok('storage', `${folder}: ${type ?? 'unknown file system'}, ${mib ?? '?'} MiB free.`)];
}

export interface LogFacts {
  readonly folder: string;
  /** The chain's head, after its last rows were recomputed. Throws what is wrong; undefined when there is no log yet. */
  readHead(): { readonly sequence: number; readonly hash: string } | undefined;
}

/** Whether the log is sound and may be written by whoever runs the gate. */
export function checkLog(machine: Machine, { folder, readHead }: LogFacts): Finding[] {
  let head: ReturnType<LogFacts['readHead']>;
  try {
    head = readHead();
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return [fail('log', said, 'Keep the files as they are, and see "gatepost log --help".')];
  }
  if (head === undefined) return [ok('log', `No log in ${folder} yet: the first start makes it.`)];
  const serviceId = idOf(machine, '/etc/passwd', SERVICE_USER);
  const strangers = machine
    .list(folder)
    .map((name) => `${folder}/${name}`)
    .filter((path) => {
      const stats = machine.stat(path);
      const isOurs = serviceId === undefined || stats?.uid === serviceId;
      return stats?.isFile() === true && !(isOurs && (stats.mode & 0o200) !== 0);
    });
  if (strangers.length > 0) {
    return [
      fail(
        'log',
        `The user ${SERVICE_USER} may not write ${strangers.join(', ')}.`,
        `chown -R ${SERVICE_USER}: ${folder}`,
      ),
    ];
  }
  return [ok('log', `The log ends with event ${head.sequence}, hash ${head.hash.slice(0, 16)}….`)];
}

function nearestFolder(machine: Machine, folder: string): string {
  let nearest = folder;
  while (!machine.exists(nearest) && nearest !== '/') nearest = dirname(nearest);
  return nearest;
}

/** Type of the file system that holds `path`: the mount with the longest matching mount point, the last of equals. */
function fileSystemOf(mountinfo: string, path: string): string | undefined {
  let best: { readonly point: string; readonly type: string } | undefined;
  for (const line of mountinfo.split('\n')) {
    const [mount = '', source = ''] = line.split(' - ');
    const point = mount.split(' ')[4];
    const [type] = source.split(' ');
    if (point === undefined || type === undefined) continue;
    const holds = point === '/' || path === point || path.startsWith(`${point}/`);
    if (holds && (best === undefined || point.length >= best.point.length)) best = { point, type };
  }
  return best?.type;
}
