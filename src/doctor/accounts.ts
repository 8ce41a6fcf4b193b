import { dirname } from 'node:path';
import { type Finding, fail, ok, warn } from './finding.ts';
import type { Machine } from './machine.ts';
import type { Unit } from './service.ts';

/** The user of the unit and the groups that own its devices. */
const SERVICE_USER = 'gatepost';
const GROUPS = ['dialout', 'gpio', 'input', 'lp', 'video'];

/** The account that the gate runs as. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gids: readonly number[];
}

export function checkAccounts(machine: Machine, unit: Unit): Finding[] {
  if (idOf(machine, '/etc/passwd', SERVICE_USER) === undefined) {
    return [warn('accounts', `There is no user ${SERVICE_USER}.`, 'Run scripts/install.')];
  }
  const missing = GROUPS.filter((group) => idOf(machine, '/etc/group', group) === undefined);
  if (missing.length > 0) {
    // systemd does not start a unit whose group does not exist.
    return [
      fail(
        'accounts',
        `The unit wants groups that do not exist: ${missing.join(', ')}.`,
        `groupadd --system ${missing.join('; groupadd --system ')}`,
      ),
    ];
  }
  const own = [...groupsOfUnit(unit), ...groupsOfUser(machine)];
  const strange = GROUPS.filter((group) => !own.includes(group));
  if (strange.length === 0) return [ok('accounts', `User ${SERVICE_USER} and groups ${GROUPS.join(', ')}.`)];
  return [
    fail(
      'accounts',
      `The user ${SERVICE_USER} is not in the groups ${strange.join(', ')}, which own devices.`,
      `usermod -aG ${strange.join(',')} ${SERVICE_USER}, then: systemctl restart gatepost`,
    ),
  ];
}

/** The service's user with all its groups; the calling user if the service's user does not exist. */
export function accountOf(machine: Machine, unit: Unit): Account {
  const uid = idOf(machine, '/etc/passwd', SERVICE_USER);
  if (uid === undefined) {
    return { name: 'of this command', uid: process.getuid?.() ?? 0, gids: process.getgroups?.() ?? [] };
  }
  const names = [SERVICE_USER, ...groupsOfUnit(unit), ...groupsOfUser(machine)];
  const primary = Number(lineOf(machine, '/etc/passwd', SERVICE_USER)?.[3] ?? Number.NaN);
  const gids = names.flatMap((name) => idOf(machine, '/etc/group', name) ?? []);
  return { name: SERVICE_USER, uid, gids: [primary, ...gids] };
}

/** Permissions of one file, as the bits of each of its three digits. */
export const READ = 4;
export const WRITE = 2;
const PASS = 1;

/** Whether the account has this permission on the file itself, regardless of its folders. */
export function may(machine: Machine, { name, uid, gids }: Account, path: string, bits: number): boolean {
  const stats = machine.stat(path);
  if (stats === undefined) return false;
  if (name !== SERVICE_USER && uid === 0) return true;
  const shift = stats.uid === uid ? 6 : gids.includes(stats.gid) ? 3 : 0;
  return ((stats.mode >> shift) & bits) === bits;
}

/** The first folder above the file that the account may not enter. */
export function blockingFolder(machine: Machine, account: Account, path: string): string | undefined {
  for (let folder = dirname(path); folder !== '/' && folder !== '.'; folder = dirname(folder))
    if (machine.exists(folder) && !may(machine, account, folder, PASS)) return folder;
  return undefined;
}

/** The number of an account: the third field of its line. */
function idOf(machine: Machine, file: '/etc/passwd' | '/etc/group', name: string): number | undefined {
  const id = lineOf(machine, file, name)?.[2];
  return id === undefined ? undefined : Number(id);
}

function lineOf(machine: Machine, file: string, name: string): readonly string[] | undefined {
  return linesOf(machine, file).find(([first]) => first === name);
}

function linesOf(machine: Machine, file: string): readonly (readonly string[])[] {
  return (machine.read(file) ?? '').split('\n').map((line) => line.split(':'));
}

/** The groups that the unit adds to the user's own; as shipped if an old systemd does not say. */
function groupsOfUnit(unit: Unit): readonly string[] {
  if (unit.get('LoadState') !== 'loaded') return [];
  return unit.get('SupplementaryGroups')?.split(' ') ?? GROUPS;
}

function groupsOfUser(machine: Machine): readonly string[] {
  return linesOf(machine, '/etc/group').flatMap(([name = '', , , members = '']) =>
    members.split(',').includes(SERVICE_USER) ? [name] : [],
  );
}
