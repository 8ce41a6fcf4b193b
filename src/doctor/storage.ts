import { dirname } from 'node:path';
import { isGatepostError, messageOf } from '../core/errors.ts';
import type { AlteredRows, ChainHead } from '../core/events/chain.ts';
import type { LogVerdict } from '../core/events/log-mark.ts';
import type { ListView } from '../ports/gate-state.ts';
import type { StoreChecks } from '../ports/store-check.ts';
import { type Account, may, WRITE } from './accounts.ts';
import type { DeviceState } from './device-states.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import type { Machine } from './machine.ts';
import type { Unit } from './service.ts';

const MIB = 1024 * 1024;
/** Below this SQLite may soon be unable to write. */
const LEAST_MIB = 100;
const COMFORTABLE_MIB = 500;

/** File systems that lose their content at a power cut, and those on which SQLite's WAL does not work. */
const VOLATILE = ['tmpfs', 'ramfs', 'overlay'];
const REMOTE = /^(nfs|cifs|smb|9p|fuse\.sshfs)/;

/** Below this a disk full of small files (backups, logs) runs out of inodes before it runs out of bytes. */
const LEAST_FILES = 1_000;

/** Whether the store folder keeps what is written to it (hardware/FACTS.md#sqlite-and-cards). */
export function checkStorage(machine: Machine, folder: string): Finding[] {
  const there = nearestFolder(machine, folder);
  const mounts = mountsIn(machine.read('/proc/self/mountinfo') ?? '');
  const mount = mountOf(mounts, machine.real(there) ?? there);
  const findings = [
    ...checkKind(folder, mount),
    ...checkRoom(machine, folder, there),
    ...checkCard(machine),
    ...checkRoot(mounts, mount),
  ];
  if (findings.length > 0) return findings;
  const free = machine.freeBytes(there);
  const mib = free === undefined ? '?' : Math.floor(free / MIB);
  return [ok('storage', `${folder}: ${mount?.type ?? 'unknown file system'}, ${mib} MiB free.`)];
}

function checkKind(folder: string, mount: Mount | undefined): Finding[] {
  if (mount === undefined) return [];
  const { type, options } = mount;
  if (VOLATILE.includes(type)) {
    return [
      fail(
        'storage',
        `${folder} is on ${type}: everything there is lost with the power.`,
        'Switch the overlay file system off (raspi-config), or give the store a partition of its own.',
      ),
    ];
  }
  if (REMOTE.test(type)) {
    return [
      fail('storage', `${folder} is on ${type}, on which the log cannot work.`, 'Choose a local disk.'),
    ];
  }
  if (!options.includes('ro')) return [];
  return [
    fail(
      'storage',
      `${folder} is on a file system that is read-only, at ${mount.point}.`,
      `dmesg says whether errors made it so: then copy the data and change the card. Else: mount -o remount,rw ${mount.point}`,
    ),
  ];
}

function checkRoom(machine: Machine, folder: string, there: string): Finding[] {
  const free = machine.freeBytes(there);
  const mib = free === undefined ? undefined : Math.floor(free / MIB);
  const room = 'Make room: journalctl --vacuum-size=100M, apt clean; or take a larger card.';
  const findings: Finding[] = [];
  if (mib !== undefined && mib < LEAST_MIB)
    findings.push(fail('storage', `Only ${mib} MiB are free for ${folder}.`, room));
  else if (mib !== undefined && mib < COMFORTABLE_MIB)
    findings.push(warn('storage', `${mib} MiB are free for ${folder}.`, room));
  const files = machine.freeFiles(there);
  if (files !== undefined && files < LEAST_FILES) {
    const text = `Only ${files} more files fit beside ${folder} (inodes).`;
    findings.push(fail('storage', text, 'Find many small files: du --inodes -x / | sort -n | tail'));
  }
  return findings;
}

/** The error counts of ext4, on every partition of this machine. */
function checkCard(machine: Machine): Finding[] {
  return machine
    .list('/sys/fs/ext4')
    .filter((partition) => Number(machine.read(`/sys/fs/ext4/${partition}/errors_count`) ?? 0) > 0)
    .map((partition) =>
      fail(
        'storage',
        `The file system on ${partition} has had errors: the card may be dying.`,
        'Copy /etc/gatepost and the store away, change the card; or have it checked: add fsck.mode=force to cmdline.txt once.',
      ),
    );
}

/** With a store on its own partition the root may be volatile, but the settings are there. */
function checkRoot(mounts: readonly Mount[], store: Mount | undefined): Finding[] {
  const root = mountOf(mounts, '/etc/gatepost');
  if (root === undefined || root === store || !VOLATILE.includes(root.type)) return [];
  const text = `/etc is on ${root.type}: changes of the settings are lost with the power.`;
  return [warn('storage', text, 'Switch the overlay file system off (raspi-config) while you change them.')];
}

/** The log as the gate would find it at its start. */
interface LogState {
  /** The last event; 0 if nothing is left of the log. */
  readonly head: ChainHead;
  readonly altered: readonly AlteredRows[];
  readonly verdict: LogVerdict;
  /** Number of the last event in the mark beside the log. */
  readonly noted: number | undefined;
}

export interface LogFacts {
  readonly folder: string;
  /** What the next start will find. Throws what is wrong; undefined if there is no log yet. */
  look(): LogState | undefined;
  /** When the store was looked through for damage. */
  readChecks?(): StoreChecks;
  /** The last log entry about each scanner and sensor; none if the log cannot be read. */
  readStates?(): readonly DeviceState[];
  /** The signed lists in force; none if there is no log yet. */
  readLists?(): Promise<readonly ListView[]>;
}

/** The folder that the unit lets the service write to (ProtectSystem=strict, StateDirectory=). */
const STATE_FOLDER = '/var/lib/gatepost';

/** Whether the unit, and not only the file permissions, lets the service write to its store. */
export function checkSandbox(folder: string, unit: Unit): Finding[] {
  if (unit.get('LoadState') !== 'loaded') return [];
  const allowed = [STATE_FOLDER, ...(unit.get('ReadWritePaths') ?? '').split(' ')].map((path) =>
    path.replace(/^[-+]+/, ''),
  );
  if (allowed.some((path) => path !== '' && (folder === path || folder.startsWith(`${path}/`)))) return [];
  return [
    fail(
      'storage',
      `The unit does not let the service write to ${folder}.`,
      `systemctl edit gatepost: write "[Service]" and below it "ReadWritePaths=${folder}"; then: systemctl restart gatepost`,
    ),
  ];
}

/** Whether the log is undamaged and writable for the account that runs the gate. */
export function checkLog(
  machine: Machine,
  { folder, look, readChecks }: LogFacts,
  account: Account,
): Finding[] {
  let log: LogState | undefined;
  try {
    log = look();
  } catch (error) {
    return [logTrouble(machine, error)];
  }
  const strangers = machine.exists(folder)
    ? [folder, ...machine.list(folder).map((name) => `${folder}/${name}`)].filter(
        (path) =>
          (path === folder || machine.stat(path)?.isFile() === true) && !may(machine, account, path, WRITE),
      )
    : [];
  if (strangers.length > 0) {
    return [
      fail(
        'log',
        `The user ${account.name} may not write ${strangers.join(', ')}.`,
        `${
          strangers.includes(folder)
            ? `chown -R ${account.name}: ${folder}`
            : `chown -R --reference=${folder} ${folder}`
        } && chmod -R u+rwX ${folder}`,
      ),
    ];
  }
  if (log === undefined) return [ok('log', `No log in ${folder} yet: the first start makes it.`)];
  const findings = [...wentBack(folder, log), ...log.altered.map((rows) => changed(folder, rows))];
  if (findings.length === 0) {
    const { sequence, hash } = log.head;
    const looked = readChecks === undefined ? '' : lookedThrough(readChecks());
    findings.push(ok('log', `The log ends with event ${sequence}, hash ${hash.slice(0, 16)}….${looked}`));
  }
  if (((machine.stat(`${folder}/gatepost.db`)?.mode ?? 0) & 0o006) === 0) return findings;
  const text = `Everybody on this machine may read ${folder}/gatepost.db, which tells who went where.`;
  return [...findings, warn('log', text, `chmod 600 ${folder}/gatepost.db; chmod 750 ${folder}`)];
}

function lookedThrough({ fullMs, quickMs }: StoreChecks): string {
  const day = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
  if (fullMs !== undefined) return ` Looked through as a whole on ${day(fullMs)}: no damage.`;
  if (quickMs !== undefined) return ` Looked through in parts on ${day(quickMs)}: no damage.`;
  return ' Not yet looked through as a whole: that comes once a week, at store.checkHour.';
}

/** A log that is behind its mark, is a copy, or has lost its mark. */
function wentBack(folder: string, { verdict, head, noted = 0 }: LogState): Finding[] {
  const fix = `Keep a copy of ${folder} as evidence. The next start begins a new epoch and says so to the guard and the servers; passes with a quota, uses or a phone code are then the guard's, as passes.untrustedRecords says, until one confirms the records.`;
  if (verdict === 'lost') return [fail('log', `The log is gone; it had come to event ${noted}.`, fix)];
  if (verdict !== 'restored') return [];
  const text =
    noted > head.sequence
      ? `The log went back: it ends with event ${head.sequence}, and the gate had written event ${noted}. An older copy was put in its place, or what was written last is gone.`
      : `The log ends with event ${head.sequence}, and it cannot be shown to be the one this gate has written: it is a copy, or the gate's mark beside it (gatepost.mark-…) is gone or says otherwise.`;
  return [fail('log', text, fix)];
}

function changed(folder: string, { first, last, problem }: AlteredRows): Finding {
  const [events, are] = first === last ? [`Event ${first}`, 'is'] : [`Events ${first} to ${last}`, 'are'];
  const text =
    problem === 'missing'
      ? `${events} ${are} missing in the log: removed since the gate wrote the log.`
      : `${events} of the log ${are} not as the gate has written: changed since, or unreadable, and not published.`;
  const fix = `Copy ${folder} away as evidence, and find out who had this machine or its card in hand. The gate goes on without what was changed.`;
  return fail('log', text, fix);
}

function nearestFolder(machine: Machine, folder: string): string {
  let nearest = folder;
  while (!machine.exists(nearest) && nearest !== '/') nearest = dirname(nearest);
  return nearest;
}

function logTrouble({ isAskedByRoot }: Machine, error: unknown): Finding {
  if (isGatepostError(error, 'log.damaged') || isGatepostError(error, 'log.empty'))
    return fail('log', error.message, 'Keep the files as they are until they are copied away.');
  if (!isAskedByRoot) return warn('log', messageOf(error), 'Look at it as root: sudo gatepost doctor');
  return fail('log', messageOf(error), 'Mend what it names, then start Gatepost and look again.');
}

interface Mount {
  readonly point: string;
  readonly type: string;
  readonly options: readonly string[];
}

/** Mounts in the order in which they were made (proc(5), mountinfo). */
function mountsIn(mountinfo: string): readonly Mount[] {
  return mountinfo.split('\n').flatMap((line) => {
    const [mount = '', source = ''] = line.split(' - ');
    const [, , , , point, options = ''] = mount.split(' ');
    const [type, , superOptions = ''] = source.split(' ');
    if (point === undefined || type === undefined) return [];
    return [{ point, type, options: [...options.split(','), ...superOptions.split(',')] }];
  });
}

/** The mount that contains `path`: the longest matching mount point, the last of equals. */
function mountOf(mounts: readonly Mount[], path: string): Mount | undefined {
  return mounts
    .filter(({ point }) => point === '/' || path === point || path.startsWith(`${point}/`))
    .reduce<Mount | undefined>(
      (best, mount) => (best === undefined || mount.point.length >= best.point.length ? mount : best),
      undefined,
    );
}
