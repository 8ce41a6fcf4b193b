import { expect, it } from 'vitest';
import { verbsIn } from '../../../src/core/door/door-orders.ts';

it.each([
  ['Locked', ['hold', 'block', 'lockdown', 'unlock']],
  ['Accessed', ['hold', 'block', 'lockdown', 'unlock']],
  ['Unlocked', ['lock', 'hold', 'block', 'lockdown']],
  ['Blocked', ['unblock', 'hold', 'lockdown', 'unlock']],
  ['LockedDown', ['lockdown-release']],
  ['LockedOpen', ['release']],
] as const)('a door that is %s can be ordered to %s, its end first', (mode, verbs) => {
  expect(verbsIn(mode)).toEqual(verbs);
});
