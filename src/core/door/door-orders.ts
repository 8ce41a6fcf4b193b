import type { DeskRefusal } from '../access/desk-refusals.ts';
import type { DoorMode, SiteOrder } from '../access/vocabulary.ts';

/**
 * ONVIF's orders of a door: `hold` is LockOpenDoor and `release` LockOpenReleaseDoor. What is held open stays so over a
 * block, `unlock` yields to one.
 */
export const DOOR_VERBS = [
  'hold',
  'release',
  'block',
  'unblock',
  'lockdown',
  'lockdown-release',
  'unlock',
  'lock',
] as const;
export type DoorVerb = (typeof DOOR_VERBS)[number];

/** The part of a door's mode that stays until an order changes it. */
export interface StandingMode {
  readonly base: 'Locked' | 'Unlocked' | 'Blocked';
  /** Lies over `base` and ends only by its own release; then `base` applies again. */
  readonly override: 'none' | 'LockedDown' | 'LockedOpen';
}

/** Why an order or an access was refused: as a code for pages, and as a plain sentence that says what to do. */
export interface DoorRefusal {
  readonly cause: DeskRefusal;
  readonly detail: string;
}

/** What ends a mode. */
export const ENDING_VERBS: ReadonlySet<DoorVerb> = new Set([
  'release',
  'unblock',
  'lockdown-release',
  'lock',
] as const);

/** What can be ordered of a door in this mode, its end first. */
export function verbsIn(mode: DoorMode): readonly DoorVerb[] {
  const standing = standingIn(mode);
  const verbs = DOOR_VERBS.filter((verb) => !('refused' in modeAfterOrder(standing, verb)));
  return [...verbs].sort((one, other) => Number(ENDING_VERBS.has(other)) - Number(ENDING_VERBS.has(one)));
}

function standingIn(mode: DoorMode): StandingMode {
  if (mode === 'LockedDown' || mode === 'LockedOpen') return { base: 'Locked', override: mode };
  return { base: mode === 'Unlocked' || mode === 'Blocked' ? mode : 'Locked', override: 'none' };
}

/** The standing mode after an order, or why it is refused. */
export function modeAfterOrder(
  { base, override }: StandingMode,
  verb: DoorVerb,
): StandingMode | { readonly refused: DoorRefusal } {
  if (verb === 'lockdown-release') {
    return override === 'LockedDown'
      ? { base, override: 'none' }
      : refused('not_in_lockdown', 'The door is not in lockdown.');
  }
  if (verb === 'release') {
    return override === 'LockedOpen'
      ? { base, override: 'none' }
      : refused('not_held_open', 'The door is not held open.');
  }
  if (override === 'LockedDown') {
    const already = verb === 'lockdown' ? 'already ' : '';
    return refused('in_lockdown', `The door is ${already}in lockdown. Only its release ends it.`);
  }
  if (override === 'LockedOpen') {
    const already = verb === 'hold' ? 'already ' : '';
    return refused('held_open', `The door is ${already}held open. Only its release ends it.`);
  }
  switch (verb) {
    case 'hold':
      return { base, override: 'LockedOpen' };
    case 'lockdown':
      return { base, override: 'LockedDown' };
    case 'block':
      return base === 'Blocked'
        ? refused('blocked_already', 'The door is already blocked.')
        : { base: 'Blocked', override };
    case 'unblock':
      return base === 'Blocked'
        ? { base: 'Locked', override }
        : refused('not_blocked', 'The door is not blocked.');
    case 'unlock':
      return base === 'Unlocked'
        ? refused('unlocked_already', 'The door is already unlocked.')
        : { base: 'Unlocked', override };
    case 'lock':
      return base === 'Unlocked'
        ? { base: 'Locked', override }
        : refused('not_unlocked', 'The door is not unlocked.');
  }
}

/** While the centre's order holds nothing else is ordered of the door. */
export function refusedBySite(site: SiteOrder): { readonly refused: DoorRefusal } | undefined {
  if (site === 'none') return undefined;
  return site === 'evacuate'
    ? refused(
        'site_evacuated',
        'The centre has the site evacuated. The door stays open until the centre ends it.',
      )
    : refused(
        'site_in_lockdown',
        'The centre has locked the site down. The door stays shut until the centre ends it. You can still let people out.',
      );
}

function refused(cause: DeskRefusal, detail: string): { readonly refused: DoorRefusal } {
  return { refused: { cause, detail } };
}
