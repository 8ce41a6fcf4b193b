import { type Finding, fail, ok, warn } from './finding.ts';
import type { Machine } from './machine.ts';

/** The user of the unit and the groups that own its devices. */
export const SERVICE_USER = 'gatepost';
const GROUPS = ['dialout', 'gpio', 'input', 'video'];

export function checkAccounts(machine: Machine): Finding[] {
  if (idOf(machine, '/etc/passwd', SERVICE_USER) === undefined) {
    return [warn('accounts', `There is no user ${SERVICE_USER}.`, 'Run scripts/install.')];
  }
  const missing = GROUPS.filter((group) => idOf(machine, '/etc/group', group) === undefined);
  if (missing.length === 0) return [ok('accounts', `User ${SERVICE_USER} and groups ${GROUPS.join(', ')}.`)];
  // systemd does not start a unit with a group that does not exist.
  return [
    fail(
      'accounts',
      `The unit wants groups that do not exist: ${missing.join(', ')}.`,
      `groupadd --system ${missing.join('; groupadd --system ')}`,
    ),
  ];
}

/** Ids of the groups that the service is in. */
export function serviceGroups(machine: Machine): readonly number[] {
  return [SERVICE_USER, ...GROUPS].flatMap((group) => idOf(machine, '/etc/group', group) ?? []);
}

/** The number of an account: the third field of its line. */
export function idOf(machine: Machine, file: '/etc/passwd' | '/etc/group', name: string): number | undefined {
  const line = machine
    .read(file)
    ?.split('\n')
    .find((candidate) => candidate.startsWith(`${name}:`));
  const id = line?.split(':')[2];
  return id === undefined ? undefined : Number(id);
}
