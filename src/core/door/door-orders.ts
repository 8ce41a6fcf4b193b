/** `hold` is ONVIF's LockOpenDoor and `release` its LockOpenReleaseDoor. */
export type DoorVerb =
  | 'hold'
  | 'release'
  | 'block'
  | 'unblock'
  | 'lockdown'
  | 'lockdown-release'
  | 'unlock'
  | 'lock';

/** The part of a door's mode that stays until an order changes it. */
export interface StandingMode {
  readonly base: 'Locked' | 'Unlocked' | 'Blocked';
  /** Lies over `base` and ends only by its own release; then `base` shows again. */
  readonly override: 'none' | 'LockedDown' | 'LockedOpen';
}

/** The standing mode after an order, or why it is refused, as a plain sentence that says what to do. */
export function modeAfterOrder(
  { base, override }: StandingMode,
  verb: DoorVerb,
): StandingMode | { readonly refused: string } {
  if (verb === 'lockdown-release') {
    return override === 'LockedDown'
      ? { base, override: 'none' }
      : { refused: 'The door is not in lockdown.' };
  }
  if (verb === 'release') {
    return override === 'LockedOpen' ? { base, override: 'none' } : { refused: 'The door is not held open.' };
  }
  if (override === 'LockedDown') {
    return {
      refused: `The door is ${verb === 'lockdown' ? 'already ' : ''}in lockdown. Only its release ends it.`,
    };
  }
  if (override === 'LockedOpen') {
    return {
      refused: `The door is ${verb === 'hold' ? 'already ' : ''}held open. Only its release ends it.`,
    };
  }
  switch (verb) {
    case 'hold':
      return { base, override: 'LockedOpen' };
    case 'lockdown':
      return { base, override: 'LockedDown' };
    case 'block':
      return base === 'Blocked' ? { refused: 'The door is already blocked.' } : { base: 'Blocked', override };
    case 'unblock':
      return base === 'Blocked' ? { base: 'Locked', override } : { refused: 'The door is not blocked.' };
    case 'unlock':
      return base === 'Unlocked'
        ? { refused: 'The door is already unlocked.' }
        : { base: 'Unlocked', override };
    case 'lock':
      return base === 'Unlocked' ? { base: 'Locked', override } : { refused: 'The door is not unlocked.' };
  }
}
