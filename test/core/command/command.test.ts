import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ListedKey } from '../../../src/core/bundle/trust-content.ts';
import { type Command, longestLifeS } from '../../../src/core/command/command.ts';
import { type CommandContext, judgeCommand } from '../../../src/core/command/judge-command.ts';
import { readCommand } from '../../../src/core/command/read-command.ts';
import { signCommand } from '../../../src/core/command/sign-command.ts';
import { COMMAND_VERBS, type CommandVerb } from '../../../src/core/contract/commands.ts';
import { CENTRE, OFFICE } from '../../support/gate/bundle-samples.ts';
import { command, commandKey, DESK, DESK_KEY } from '../../support/gate/command-samples.ts';
import { NOW_S } from '../../support/gate/pass-samples.ts';

function context(changes: Partial<CommandContext> = {}): CommandContext {
  return {
    site: 'willow-court',
    gate: 'north',
    keys: [DESK_KEY],
    clock: { wallMs: NOW_S * 1000, monotonicMs: 0, quality: 'synced' },
    lastCounter: () => 0,
    goodFromMs: 0,
    ...changes,
  };
}

function outcome(bytes: Uint8Array, here: CommandContext = context()): string {
  const reading = readCommand(bytes);
  if (reading.status === 'refused') return reading.refusal;
  const judged = judgeCommand(reading.read, here);
  return judged.status === 'accepted' ? 'accepted' : judged.refusal;
}

const ARGUMENTS = {
  open: { accessPoint: 'main-in' },
  hold: { door: 'main' },
  release: {},
  lockdown: { note: 'Armed person at the south gate' },
  'lockdown-release': {},
  block: { holderRef: '0a0b0c0d0e0f', until: NOW_S + 3600 },
  unblock: { passId: '0102030405060708' },
  enable: { accessPoint: 'main-in' },
  disable: { accessPoint: 'main-in' },
  level: { level: 'strict' },
  replay: { epoch: '01890a5d-ac96-774b-bcce-b302099a8057', from: 1, to: 20 },
  checkpoint: {},
  resync: {},
  identify: { seconds: 10 },
  restart: {},
  evacuate: {},
  'evacuate-release': {},
} as const satisfies { [V in CommandVerb]: Extract<Command, { verb: V }>['arguments'] };

const anyCommand = fc.constantFrom(...COMMAND_VERBS).map((verb) => command(verb, ARGUMENTS[verb]));

describe('a signed command', () => {
  it('is read as it was signed', () => {
    fc.assert(
      fc.property(
        anyCommand,
        fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
        fc.integer({ min: 0, max: 4_000_000_000 }),
        fc.integer({ min: 1, max: 86_400 }),
        fc.constantFrom('north', undefined),
        (one, counter, notBefore, life, gate) => {
          const said: Command = { ...one, counter, notBefore, notAfter: notBefore + life, gate };
          const reading = readCommand(signCommand(said, DESK));
          if (reading.status === 'refused') throw new Error(reading.detail);
          expect({ ...reading.read.head, ...reading.read.order }).toEqual(said);
        },
      ),
    );
  });

  it.each(COMMAND_VERBS)('%s acts for a key that lists it, and for no other', (verb) => {
    const bytes = signCommand(command(verb, ARGUMENTS[verb]), DESK);
    expect(outcome(bytes)).toBe('accepted');
    const others = COMMAND_VERBS.filter((other) => other !== verb);
    expect(outcome(bytes, context({ keys: [commandKey(DESK, { verbs: others })] }))).toBe('not_allowed');
    const { verbs, ...withoutVerbs } = DESK_KEY;
    expect(outcome(bytes, context({ keys: [withoutVerbs] }))).toBe('not_allowed');
  });

  it.each(COMMAND_VERBS)('%s is good for as long as it may be, and not a second more', (verb) => {
    const said = command(verb, ARGUMENTS[verb]);
    const last = { ...said, notAfter: said.notBefore + longestLifeS(verb) };
    expect(outcome(signCommand(last, DESK))).toBe('accepted');
    expect(outcome(signCommand({ ...last, notAfter: last.notAfter + 1 }, DESK))).toBe('too_long');
  });

  it('does not act with any bit flipped, and nothing throws', () => {
    const bytes = signCommand(command('open', ARGUMENTS.open), DESK);
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = bytes.slice();
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(outcome(flipped), `bit ${bit}`).not.toBe('accepted');
    }
  });

  it('does not act when it is cut, and nothing throws, whatever the bytes', () => {
    const bytes = signCommand(command('open', ARGUMENTS.open), DESK, OFFICE);
    for (let length = 0; length < bytes.length; length++)
      expect(outcome(bytes.subarray(0, length))).not.toBe('accepted');
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2100 }), (any) => {
        expect(outcome(any)).not.toBe('accepted');
      }),
    );
  });

  it.each<[string, Partial<ListedKey>]>([
    ['of another use', { use: 'bundle' }],
    ['for passes', { use: 'pass' }],
    ['that is withdrawn', { status: 'withdrawn' }],
    ['of another site', { sites: ['oak-court'] }],
    ['whose time has not come', { from: NOW_S + 1 }],
    ['whose time is over', { until: NOW_S }],
  ])('does not act by a key %s', (_what, changes) => {
    const bytes = signCommand(command('lockdown', {}), DESK);
    expect(outcome(bytes, context({ keys: [{ ...DESK_KEY, ...changes }] }))).toBe('unknown_key');
  });

  it('acts once: its counter must be above the last one of each key that has signed it', () => {
    const keys = [DESK_KEY, commandKey(OFFICE)];
    const bytes = signCommand(command('open', ARGUMENTS.open, { counter: 7 }), DESK, OFFICE);
    const used = (desk: number, office: number) =>
      context({ keys, lastCounter: (key) => (key === DESK_KEY ? desk : office) });
    expect(outcome(bytes, used(6, 6))).toBe('accepted');
    expect(outcome(bytes, used(7, 0))).toBe('old_counter');
    expect(outcome(bytes, used(0, 7))).toBe('old_counter');
  });

  it('with two signatures asks that both keys may order it', () => {
    const bytes = signCommand(command('open', ARGUMENTS.open), DESK, CENTRE);
    expect(outcome(bytes, context({ keys: [DESK_KEY, commandKey(CENTRE)] }))).toBe('accepted');
    expect(outcome(bytes, context({ keys: [DESK_KEY, commandKey(CENTRE, { verbs: ['replay'] })] }))).toBe(
      'not_allowed',
    );
    expect(outcome(bytes)).toBe('unknown_key');
  });

  it('for the whole site acts where commands for the site come, and only there', () => {
    const bytes = signCommand(command('lockdown', {}, { gate: undefined }), DESK);
    expect(outcome(bytes)).toBe('wrong_place');
    expect(outcome(bytes, context({ gate: undefined }))).toBe('accepted');
    const own = signCommand(command('lockdown', {}), DESK);
    expect(outcome(own, context({ gate: undefined }))).toBe('wrong_place');
  });

  it('with a clock that is not believed waits for one, but for a lockdown', () => {
    for (const verb of COMMAND_VERBS) {
      const bytes = signCommand(command(verb, ARGUMENTS[verb]), DESK);
      // Such a clock may be behind.
      const behind = { wallMs: (NOW_S - 7200) * 1000, monotonicMs: 0, quality: 'unsynced' } as const;
      const expected = verb === 'lockdown' ? 'accepted' : 'clock_untrusted';
      expect(outcome(bytes, context({ clock: behind }))).toBe(expected);
      expect(outcome(bytes, context({ clock: behind, goodFromMs: undefined }))).toBe('clock_untrusted');
    }
  });
});

describe('signCommand', () => {
  it('signs nothing that a gate would not read', () => {
    const open = command('open', ARGUMENTS.open);
    expect(() => signCommand({ ...open, counter: 0 }, DESK)).toThrow('counter');
    expect(() => signCommand({ ...open, notAfter: open.notBefore }, DESK)).toThrow('notAfter');
    expect(() => signCommand({ ...open, gate: 'North' }, DESK)).toThrow('scope');
    const wrong = command('open', { accessPoint: 'Main' });
    expect(() => signCommand(wrong, DESK)).toThrow('arguments of open');
  });
});
