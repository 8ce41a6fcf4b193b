import type { ListView } from '../ports/gate-state.ts';
import { type Finding, ok, warn } from './finding.ts';

const TROUBLE = {
  due: 'should have been followed by a newer one',
  stale: 'is too old: the guard decides about everybody',
  damaged: 'cannot be read: the guard decides about everybody',
  missing: 'is missing: the guard decides about everybody',
} as const;

/** The signed lists in force: their age, and whether their signers are still trusted. */
export function checkLists(lists: readonly ListView[]): Finding[] {
  const found = lists.flatMap(({ type, number, state, signer }): Finding[] => [
    ...(state === 'good'
      ? []
      : [
          warn(
            'lists',
            `The list ${type} ${number} ${TROUBLE[state]}.`,
            `Bring the newest: gatepost apply ${type}.gpb`,
          ),
        ]),
    ...(signer === undefined
      ? []
      : [
          warn(
            'lists',
            `The list ${type} ${number} was signed by a key that is withdrawn. It stays in force until the next one, whatever its number.`,
            `Sign the list ${type} anew with a key that counts, and apply it.`,
          ),
        ]),
  ]);
  if (found.length > 0 || lists.length === 0) return found;
  return [ok('lists', `In force: ${lists.map(({ type, number }) => `${type} ${number}`).join(', ')}.`)];
}
