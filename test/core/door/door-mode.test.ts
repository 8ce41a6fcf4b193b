import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DoorMode, DoorPhysicalState, SiteOrder } from '../../../src/core/access/vocabulary.ts';
import {
  DOOR_AT_START,
  type DoorInput,
  type DoorState,
  type DoorStep,
  type DoorSwitch,
  modeOf,
  outputOf,
  stepDoor,
} from '../../../src/core/door/door-mode.ts';
import { type DoorVerb, DOOR_VERBS as VERBS, verbsIn } from '../../../src/core/door/door-orders.ts';

const access: DoorInput = { kind: 'access' };
const accessEnd: DoorInput = { kind: 'accessEnd' };
const heldTimer: DoorInput = { kind: 'heldTimer' };
const order = (verb: DoorVerb): DoorInput => ({ kind: 'order', verb });
const contact = (state: DoorPhysicalState): DoorInput => ({ kind: 'contact', state });
const exit = (leaving: boolean): DoorInput => ({ kind: 'exit', leaving });
const switchIs = (name: DoorSwitch, state: DoorPhysicalState): DoorInput => ({ kind: 'switch', name, state });
const fire = switchIs('fire', 'Open');
const fireOver = switchIs('fire', 'Closed');
const opened = contact('Open');
const closed = contact('Closed');

const CLOSED: DoorState = { ...DOOR_AT_START, physical: 'Closed' };

/** Goes through all inputs; the last step is the answer. */
function run(from: DoorState, ...inputs: readonly DoorInput[]): DoorStep {
  let step = stepDoor(from, { kind: 'contact', state: from.physical });
  for (const input of inputs) step = stepDoor(step.state, input);
  return step;
}

function inMode(mode: DoorMode): DoorState {
  const way: Partial<Record<DoorMode, DoorInput[]>> = {
    Unlocked: [order('unlock')],
    Accessed: [access],
    Blocked: [order('block')],
    LockedDown: [order('lockdown')],
    LockedOpen: [order('hold')],
  };
  return run(CLOSED, ...(way[mode] ?? [])).state;
}

describe('Accessed is momentary and returns to the mode before it', () => {
  it('releases, and rests in Locked when its time ends', () => {
    const granted = run(CLOSED, access);
    expect(granted).toMatchObject({ output: 'released', accessTimer: 'start' });
    expect(granted.changes).toEqual([{ kind: 'mode', mode: 'Accessed', previous: 'Locked' }]);
    const ended = stepDoor(granted.state, accessEnd);
    expect(ended).toMatchObject({ output: 'rest', accessTimer: 'stop' });
    expect(ended.changes).toEqual([{ kind: 'mode', mode: 'Locked', previous: 'Accessed' }]);
  });

  it('begins its time anew on a second access', () => {
    const again = run(CLOSED, access, access);
    expect(again).toMatchObject({ output: 'released', accessTimer: 'start', changes: [] });
  });

  it.each(['Unlocked', 'LockedOpen'] as const)('changes nothing in %s, which is open anyway', (mode) => {
    const step = run(inMode(mode), access);
    expect(step).toMatchObject({ output: 'released', accessTimer: 'keep', changes: [] });
    expect(step.refused).toBeUndefined();
  });

  it.each([
    ['lockdown', 'LockedDown', 'rest'],
    ['block', 'Blocked', 'rest'],
    ['hold', 'LockedOpen', 'released'],
    ['unlock', 'Unlocked', 'released'],
  ] as const)('ends at once by the order %s', (verb, mode, output) => {
    const step = run(CLOSED, access, order(verb));
    expect(modeOf(step.state)).toBe(mode);
    expect(step).toMatchObject({ output, accessTimer: 'stop' });
    expect(stepDoor(step.state, accessEnd)).toMatchObject({ output, changes: [] });
  });
});

describe('Blocked', () => {
  it('refuses momentary access', () => {
    const step = run(inMode('Blocked'), access);
    expect(step).toMatchObject({ output: 'rest', changes: [], accessTimer: 'keep' });
    expect(step.refused?.detail).toContain('Blocked');
  });

  it.each([
    ['unblock', 'Locked'],
    ['hold', 'LockedOpen'],
    ['lockdown', 'LockedDown'],
    ['unlock', 'Unlocked'],
  ] as const)('allows the mode change %s', (verb, mode) => {
    expect(modeOf(run(inMode('Blocked'), order(verb)).state)).toBe(mode);
  });

  it('is there again after a lockdown and after a hold', () => {
    expect(modeOf(run(inMode('Blocked'), order('lockdown'), order('lockdown-release')).state)).toBe(
      'Blocked',
    );
    expect(modeOf(run(inMode('Blocked'), order('hold'), order('release')).state)).toBe('Blocked');
  });
});

describe.each([
  ['LockedDown', 'lockdown-release', 'rest'],
  ['LockedOpen', 'release', 'released'],
] as const)('%s ends only by its own release', (mode, ownRelease, output) => {
  it.each(VERBS.filter((verb) => verb !== ownRelease))('refuses %s', (verb) => {
    const step = run(inMode(mode), order(verb));
    expect(step.refused?.detail).toMatch(/\.$/);
    expect(step).toMatchObject({ changes: [], output });
  });

  it(`ends by ${ownRelease} and is Locked again`, () => {
    const step = run(inMode(mode), order(ownRelease));
    expect(step.changes).toEqual([{ kind: 'mode', mode: 'Locked', previous: mode }]);
    expect(step.output).toBe('rest');
  });
});

/** The mode after each order in each mode; `-`: refused. */
const AFTER = {
  hold: ['LockedOpen', 'LockedOpen', 'LockedOpen', 'LockedOpen', '-', '-'],
  release: ['-', '-', '-', '-', '-', 'Locked'],
  block: ['Blocked', 'Blocked', 'Blocked', '-', '-', '-'],
  unblock: ['-', '-', '-', 'Locked', '-', '-'],
  lockdown: ['LockedDown', 'LockedDown', 'LockedDown', 'LockedDown', '-', '-'],
  'lockdown-release': ['-', '-', '-', '-', 'Locked', '-'],
  unlock: ['Unlocked', 'Unlocked', '-', 'Unlocked', '-', '-'],
  lock: ['-', '-', 'Locked', '-', '-', '-'],
} as const satisfies Record<DoorVerb, readonly (DoorMode | '-')[]>;
const MODES = ['Locked', 'Accessed', 'Unlocked', 'Blocked', 'LockedDown', 'LockedOpen'] as const;
const CELLS = VERBS.flatMap((verb) => MODES.map((mode, at) => [verb, mode, AFTER[verb][at] ?? '-'] as const));

describe('every order in every mode', () => {
  it.each(CELLS)('%s in %s: %s', (verb, mode, wanted) => {
    const step = run(inMode(mode), order(verb));
    expect(step.refused === undefined ? modeOf(step.state) : '-').toBe(wanted);
    expect(verbsIn(mode).includes(verb)).toBe(wanted !== '-');
  });

  it.each(CELLS)(
    '%s in %s during a fire alarm: %s, and the output follows the mode alone',
    (verb, mode, wanted) => {
      const calm = run(inMode(mode), order(verb));
      const step = run(inMode(mode), fire, order(verb));
      expect(step.refused === undefined ? modeOf(step.state) : '-').toBe(wanted);
      expect(step.output).toBe(calm.output);
      expect(run(step.state, opened).changes).not.toContainEqual(expect.objectContaining({ kind: 'alarm' }));
    },
  );

  it.each([
    ['a lockdown', ['lockdown'], ['lockdown-release']],
    ['a hold', ['hold'], ['release']],
  ] as const)('shows unlocked again after %s', (_what, over, end) => {
    const below = run(inMode('Unlocked'), ...over.map(order));
    expect(run(below.state, ...end.map(order))).toMatchObject({ output: 'released' });
    expect(modeOf(run(below.state, ...end.map(order)).state)).toBe('Unlocked');
  });

  it('is not unlocked any more after a block', () => {
    expect(modeOf(run(inMode('Unlocked'), order('block'), order('unblock')).state)).toBe('Locked');
  });
});

it('refuses momentary access in LockedDown', () => {
  expect(run(inMode('LockedDown'), access)).toMatchObject({ output: 'rest', changes: [] });
  expect(run(inMode('LockedDown'), access).refused?.detail).toContain('LockedDown');
});

it.each(['release', 'unblock', 'lockdown-release', 'lock'] as const)('refuses %s when Locked', (verb) => {
  expect(run(CLOSED, order(verb)).refused?.detail).toMatch(/\.$/);
});

describe('forced open', () => {
  it.each(['Locked', 'Blocked', 'LockedDown'] as const)('alarms in %s', (mode) => {
    const step = run(inMode(mode), opened);
    expect(step.changes).toContainEqual({ kind: 'alarm', alarm: 'DoorForcedOpen' });
    expect(step.heldTimer).toBe('keep');
  });

  it.each(['Accessed', 'Unlocked', 'LockedOpen'] as const)('is masked in %s', (mode) => {
    expect(run(inMode(mode), opened).state.alarm).toBe('Normal');
  });

  it('ends when the door closes', () => {
    expect(run(CLOSED, opened, closed).changes).toContainEqual({ kind: 'alarm', alarm: 'Normal' });
  });

  it.each(['Unknown', 'Fault'] as const)('stays when the contact becomes %s', (state) => {
    expect(run(CLOSED, opened, contact(state)).state.alarm).toBe('DoorForcedOpen');
  });

  it('is not claimed for a door that was never seen closed', () => {
    const step = run(DOOR_AT_START, opened);
    expect(step.state.alarm).toBe('Normal');
    expect(step.heldTimer).toBe('counting');
  });

  it('is masked by a later access, and the open door is timed from then on', () => {
    const step = run(CLOSED, opened, access);
    expect(step.changes).toContainEqual({ kind: 'alarm', alarm: 'Normal' });
    expect(step.heldTimer).toBe('counting');
  });
});

describe('open too long', () => {
  it('has a pre-alarm, then the alarm, then ends with the door closed', () => {
    const open = run(CLOSED, access, opened);
    expect(open.heldTimer).toBe('counting');
    const pre = stepDoor(open.state, heldTimer);
    expect(pre).toMatchObject({ heldTimer: 'preAlarm', changes: [{ kind: 'held', held: 'preAlarm' }] });
    const late = stepDoor(pre.state, heldTimer);
    expect(late.heldTimer).toBe('stop');
    expect(late.changes).toContainEqual({ kind: 'alarm', alarm: 'DoorOpenTooLong' });
    expect(stepDoor(late.state, heldTimer).changes).toEqual([]);
    const shut = stepDoor(late.state, closed);
    expect(shut.state).toMatchObject({ alarm: 'Normal', held: 'none' });
  });

  it('counts on when the access ends, and anew for the next person', () => {
    const open = run(CLOSED, access, opened);
    expect(stepDoor(open.state, accessEnd).heldTimer).toBe('keep');
    expect(stepDoor(open.state, access).heldTimer).toBe('counting');
    expect(run(CLOSED, access, opened, heldTimer, access)).toMatchObject({ heldTimer: 'counting' });
  });

  it.each(['unlock', 'hold'] as const)(
    'is masked by %s, and counts when that ends with the door open',
    (verb) => {
      const late = run(CLOSED, access, opened, heldTimer, heldTimer);
      const masked = stepDoor(late.state, order(verb));
      expect(masked.state).toMatchObject({ alarm: 'Normal', held: 'none' });
      expect(stepDoor(masked.state, heldTimer).changes).toEqual([]);
      const back = stepDoor(masked.state, order(verb === 'hold' ? 'release' : 'lock'));
      expect(back.heldTimer).toBe('counting');
    },
  );

  it('is masked for a door opened in LockedOpen', () => {
    expect(run(inMode('LockedOpen'), opened)).toMatchObject({ heldTimer: 'keep', state: { held: 'none' } });
  });

  it('is not counted on without a contact that says so', () => {
    expect(run(CLOSED, access, opened, contact('Unknown')).heldTimer).toBe('stop');
  });
});

describe('the exit button in the wire of the lock', () => {
  it('shows as Accessed in Locked, without the output, until it is over', () => {
    const pressed = run(CLOSED, exit(true));
    expect(pressed).toMatchObject({ output: 'rest', accessTimer: 'keep' });
    expect(pressed.changes).toEqual([{ kind: 'mode', mode: 'Accessed', previous: 'Locked' }]);
    expect(stepDoor(pressed.state, exit(false)).changes).toEqual([
      { kind: 'mode', mode: 'Locked', previous: 'Accessed' },
    ]);
  });

  it.each(['Blocked', 'LockedDown', 'Unlocked', 'LockedOpen'] as const)('changes nothing of %s', (mode) => {
    const before = inMode(mode);
    const step = run(before, exit(true));
    expect(step.changes).toEqual([]);
    expect(step.output).toBe(outputOf(before));
  });

  it.each(['Locked', 'Blocked', 'LockedDown'] as const)(
    'masks forced-open in %s, and only meanwhile',
    (mode) => {
      expect(run(inMode(mode), exit(true), opened).state.alarm).toBe('Normal');
      expect(run(inMode(mode), exit(true), opened, exit(false)).state.alarm).toBe('Normal');
      expect(run(inMode(mode), exit(true), exit(false), opened).state.alarm).toBe('DoorForcedOpen');
    },
  );

  it('takes back an alarm that came a moment before it', () => {
    expect(run(CLOSED, opened, exit(true)).changes).toContainEqual({ kind: 'alarm', alarm: 'Normal' });
  });

  it('masks no door that stands open for too long', () => {
    expect(run(CLOSED, exit(true), opened, heldTimer, heldTimer).state.alarm).toBe('DoorOpenTooLong');
  });

  it('goes on beside a pass whose time ends, at rest', () => {
    const step = run(CLOSED, exit(true), access, accessEnd);
    expect(step).toMatchObject({ output: 'rest', state: { leaving: true } });
    expect(modeOf(step.state)).toBe('Accessed');
  });
});

describe('a fire alarm', () => {
  it.each(['Locked', 'Blocked', 'LockedDown'] as const)(
    'masks both alarms in %s and moves nothing',
    (mode) => {
      const step = run(inMode(mode), fire, opened, heldTimer, heldTimer);
      expect(modeOf(step.state)).toBe(mode);
      expect(step).toMatchObject({ output: 'rest', state: { alarm: 'Normal', held: 'none' } });
    },
  );

  it('ends alarms that were there before it', () => {
    expect(run(CLOSED, opened, fire).changes).toEqual([
      { kind: 'alarm', alarm: 'Normal' },
      { kind: 'fire', fire: true },
    ]);
  });

  it('is over with the door open: then its time counts, and it was not forced', () => {
    const step = run(CLOSED, fire, opened, fireOver);
    expect(step).toMatchObject({ heldTimer: 'counting', state: { alarm: 'Normal', fire: false } });
    expect(run(CLOSED, fire, fireOver, opened).state.alarm).toBe('DoorForcedOpen');
  });

  it.each(['Unknown', 'Fault'] as const)('goes on when its contact becomes %s', (state) => {
    expect(run(CLOSED, fire, switchIs('fire', state)).state.fire).toBe(true);
  });
});

it.each([
  ['Open', 'TamperDetected'],
  ['Fault', 'Unknown'],
] as const)('a tamper switch that is %s means %s, and masks nothing', (state, tamper) => {
  const step = run(CLOSED, switchIs('tamper', 'Closed'), switchIs('tamper', state));
  expect(step.changes).toEqual([{ kind: 'tamper', tamper }]);
  expect(stepDoor(step.state, opened).state.alarm).toBe('DoorForcedOpen');
});

describe('whatever happens', () => {
  const anyInput = fc.oneof(
    fc.constantFrom(access, accessEnd, heldTimer, exit(true), exit(false), fire, fireOver),
    fc.constantFrom(...VERBS).map(order),
    fc.constantFrom<DoorPhysicalState>('Open', 'Closed', 'Unknown', 'Fault').map(contact),
  );

  it('releases only in Accessed, Unlocked and LockedOpen, and only an access or an order begins it', () => {
    fc.assert(
      fc.property(fc.array(anyInput, { maxLength: 40 }), (inputs) => {
        let before = stepDoor(DOOR_AT_START, heldTimer);
        for (const input of inputs) {
          const step = stepDoor(before.state, input);
          const mode = modeOf(step.state);
          const releasing =
            mode === 'Accessed' ? step.state.accessed : ['Unlocked', 'LockedOpen'].includes(mode);
          expect(step.output === 'released').toBe(releasing);
          if (before.output === 'rest' && step.output === 'released') {
            expect(['access', 'order']).toContain(input.kind);
          }
          if (step.refused !== undefined) expect(step.state).toEqual(before.state);
          before = step;
        }
      }),
    );
  });

  it('shows no alarm in Unlocked and LockedOpen and no forced-open in Accessed', () => {
    fc.assert(
      fc.property(fc.array(anyInput, { maxLength: 40 }), (inputs) => {
        let state = DOOR_AT_START;
        for (const input of inputs) {
          state = stepDoor(state, input).state;
          const mode = modeOf(state);
          if (mode === 'Unlocked' || mode === 'LockedOpen' || state.fire) expect(state.alarm).toBe('Normal');
          if (mode === 'Accessed') expect(state.alarm).not.toBe('DoorForcedOpen');
          if (state.held === 'tooLong') expect(state.alarm).toBe('DoorOpenTooLong');
        }
      }),
    );
  });
});

describe('what the centre orders of the site lies over every mode', () => {
  const site = (which: SiteOrder): DoorInput => ({ kind: 'site', order: which });
  const MODES = ['Locked', 'Accessed', 'Unlocked', 'Blocked', 'LockedDown', 'LockedOpen'] as const;

  it.each(MODES)('over %s, which shows again afterwards', (mode) => {
    const after = mode === 'Accessed' ? 'Locked' : mode;
    for (const [ordered, shown, output] of [
      ['lockdown', 'LockedDown', 'rest'],
      ['evacuate', 'LockedOpen', 'released'],
    ] as const) {
      const step = stepDoor(inMode(mode), site(ordered));
      expect([modeOf(step.state), step.output]).toEqual([shown, output]);
      expect(modeOf(stepDoor(step.state, site('none')).state)).toBe(after);
      expect(modeOf(stepDoor(step.state, site(ordered)).state)).toBe(shown);
    }
  });

  it.each(VERBS)('and takes no %s meanwhile, but that of the level, which shows afterwards', (verb) => {
    for (const [ordered, cause] of [
      ['lockdown', 'site_in_lockdown'],
      ['evacuate', 'site_evacuated'],
    ] as const) {
      const { state } = stepDoor(CLOSED, site(ordered));
      expect(stepDoor(state, order(verb))).toMatchObject({ refused: { cause }, state });
    }
    const { state } = run(CLOSED, site('lockdown'), { kind: 'order', verb: 'hold', byLevel: true });
    expect([modeOf(state), modeOf(stepDoor(state, site('none')).state)]).toEqual([
      'LockedDown',
      'LockedOpen',
    ]);
  });

  it('a lockdown lets nobody through but whom a guard lets out, for one access', () => {
    const { state } = stepDoor(CLOSED, site('lockdown'));
    expect(stepDoor(state, access).refused).toBeDefined();
    expect(stepDoor(state, { ...access, overBlock: true }).refused).toBeDefined();
    const out = stepDoor(state, { ...access, overSite: true });
    expect(out).toMatchObject({ output: 'released', accessTimer: 'start', changes: [] });
    expect(modeOf(out.state)).toBe('LockedDown');
    // Nobody is let in meanwhile, and the door that opens is not forced.
    expect(stepDoor(out.state, access).refused).toBeDefined();
    expect(run(out.state, opened).state.alarm).toBe('Normal');
    expect(stepDoor(out.state, accessEnd)).toMatchObject({ output: 'rest', accessTimer: 'stop' });
  });

  it.each(['Blocked', 'LockedDown'] as const)('and lets nobody out over %s of the door itself', (mode) => {
    const { state } = stepDoor(inMode(mode), site('lockdown'));
    expect(stepDoor(state, { ...access, overSite: true }).refused).toBeDefined();
  });

  it('raises no alarm of a door that stands open in an evacuation, and raises it in a lockdown', () => {
    const alarmIn = (ordered: SiteOrder) => run(CLOSED, site(ordered), opened).state.alarm;
    expect([alarmIn('evacuate'), alarmIn('lockdown')]).toEqual(['Normal', 'DoorForcedOpen']);
  });
});
