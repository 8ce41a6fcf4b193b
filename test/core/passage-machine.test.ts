import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Reason } from '../../src/core/access/reasons.ts';
import {
  INITIAL_PASSAGE,
  type PassageCommand,
  type PassageInput,
  type PassageMachine,
  type PassageSettings,
  type TimerName,
} from '../../src/core/passage/passage.ts';
import { stepPassage } from '../../src/core/passage/step.ts';
import type { NotMeasurableCause, ScreeningOutcome } from '../../src/core/screening/screening.ts';

const SETTINGS: PassageSettings = {
  debounceMs: 3_000,
  measureMs: 20_000,
  repeatAfterMs: 10_000,
  guardMs: 60_000,
  refusalMs: 6_000,
  passageMs: 10_000,
  releaseMs: 3_000,
  doorWatched: true,
  doorOpen: false,
};

const MEASUREMENT = { objectC: 36.5, ambientC: 22, estimateC: 36.5, model: 'none/1', atMs: 0, frames: 9 };
const NORMAL: ScreeningOutcome = { class: 'normal', measurement: MEASUREMENT, attempts: 1 };
const ELEVATED: ScreeningOutcome = { class: 'elevated', measurement: MEASUREMENT, attempts: 1 };
const notMeasurable = (cause: NotMeasurableCause): ScreeningOutcome => ({
  class: 'notMeasurable',
  cause,
  attempts: 1,
  waitMs: 300_000,
});

const code = (key: string, id = key, atMs = 0): PassageInput => ({
  type: 'code',
  id,
  codeKey: key,
  atMs,
  urgent: false,
});
const decided = (
  outcome: 'grant' | 'deny' | 'refer' | 'measure',
  reasons: readonly Reason[] = [],
  screening?: ScreeningOutcome,
): PassageInput => ({ type: 'decided', outcome, reason: reasons[0], reasons, screening });
const timer = (name: TimerName): PassageInput => ({ type: 'timer', name });

function play(inputs: readonly PassageInput[], settings = SETTINGS, from = INITIAL_PASSAGE) {
  let machine: PassageMachine = from;
  const commands: PassageCommand[] = [];
  for (const input of inputs) {
    const step = stepPassage(machine, input, settings);
    machine = step.machine;
    commands.push(...step.commands);
  }
  return { machine, phase: machine.state.phase, commands };
}

/** Commands as short words, for reading. */
function words(commands: readonly PassageCommand[]): string[] {
  return commands.flatMap((command) => {
    switch (command.type) {
      case 'record':
        return [
          command.record.name + ('reasons' in command.record ? ` ${command.record.reasons.join(',')}` : ''),
        ];
      case 'release':
        return ['release'];
      case 'turnAway':
        return ['turnAway'];
      case 'show':
        return [`show ${command.view.feedback}`];
      case 'evaluate':
        return ['evaluate'];
      default:
        return [];
    }
  });
}

const GRANT = ['access.granted', 'release', 'show AccessGranted'];

describe('both orders', () => {
  it('opens at once when the reading was there first', () => {
    const { commands, phase } = play([code('a'), decided('grant', [], NORMAL)]);
    expect(words(commands)).toEqual(['evaluate', ...GRANT]);
    expect(phase).toBe('released');
  });

  it('asks for the forehead when the pass was there first, and opens after it', () => {
    const { commands } = play([
      code('a'),
      decided('measure'),
      { type: 'screened', outcome: NORMAL },
      decided('grant', [], NORMAL),
    ]);
    expect(words(commands)).toEqual(['evaluate', 'show Measure', 'evaluate', ...GRANT]);
  });

  it('records before it releases, always', () => {
    const { commands } = play([code('a'), decided('grant')]);
    const order = commands.map((command) => command.type);
    expect(order.indexOf('record')).toBeLessThan(order.indexOf('release'));
  });
});

describe('debounce and one at a time', () => {
  it('ignores the same code while it stays in view, however long', () => {
    const shown = Array.from({ length: 20 }, (_, index) => code('a', `a${index}`, index * 2_000));
    const { commands } = play([code('a'), decided('deny', ['CredentialExpired']), ...shown]);
    expect(words(commands)).toEqual(['evaluate', 'access.denied CredentialExpired', 'show AccessDenied']);
  });

  it('takes the same code again after the debounce time', () => {
    const { commands } = play([
      code('a'),
      decided('deny', ['CredentialExpired']),
      timer('refusal'),
      code('a', 'a2', 3_000),
    ]);
    expect(words(commands).at(-1)).toBe('evaluate');
  });

  it('turns another code away during a passage and goes on with the first', () => {
    for (const before of [
      [code('a'), decided('measure')],
      [code('a'), decided('grant')],
      [code('a'), decided('refer', ['gp:TemperatureSensorFault'], notMeasurable('sensor_silent'))],
    ]) {
      const first = play(before);
      const { commands, machine } = play([code('b', 'b', 500)], SETTINGS, first.machine);
      expect(words(commands)).toEqual(['turnAway']);
      expect(machine.state).toEqual(first.machine.state);
    }
  });

  it.each<[string, PassageInput[], string[]]>([
    ['somebody who is measured', [code('a'), decided('measure')], ['access.denied gp:PassageTimeout']],
    [
      'somebody who waits for the guard',
      [code('a'), decided('refer', ['gp:TemperatureSensorFault'], notMeasurable('sensor_silent'))],
      ['access.denied gp:TemperatureSensorFault,gp:PassageTimeout'],
    ],
    ['an open gate', [code('a'), decided('grant')], ['access.nottaken']],
  ])('lets an emergency go before %s', (_who, before, closed) => {
    const first = play(before);
    const urgent = { type: 'code', id: 'e', codeKey: 'e', atMs: 500, urgent: true } as const;
    const { commands } = play([urgent, decided('grant')], SETTINGS, first.machine);
    expect(words(commands)).toEqual([...closed, 'evaluate', ...GRANT]);
  });

  it('takes the next person while a refusal is still on the screen', () => {
    const { commands } = play([code('a'), decided('deny', ['gp:WrongSite']), code('b', 'b', 500)]);
    expect(words(commands).at(-1)).toBe('evaluate');
  });
});

describe('taken and not taken', () => {
  it('is taken when the door opens, and over when it closes', () => {
    const { commands, phase } = play([
      code('a'),
      decided('grant'),
      { type: 'door', movement: 'opened' },
      { type: 'door', movement: 'closed' },
    ]);
    expect(words(commands).slice(4)).toEqual(['access.taken', 'show Idle']);
    expect(phase).toBe('idle');
  });

  it('counts a door that opens twice once', () => {
    const { commands } = play([
      code('a'),
      decided('grant'),
      { type: 'door', movement: 'opened' },
      { type: 'door', movement: 'opened' },
      timer('passage'),
    ]);
    expect(
      words(commands)
        .filter((word) => word.startsWith('access.'))
        .slice(1),
    ).toEqual(['access.taken']);
  });

  it('is not taken when the door stays shut', () => {
    const { commands, phase } = play([code('a'), decided('grant'), timer('passage')]);
    expect(words(commands).slice(4)).toEqual(['access.nottaken', 'show Idle']);
    expect(phase).toBe('idle');
  });

  it('shows the empty gate although its outcome cannot be written', () => {
    const over = play([code('a'), decided('grant'), timer('passage')]).machine;
    const failed = { type: 'failed', reason: 'gp:LogUnavailable' } as const;
    const { commands, phase } = play([failed], SETTINGS, over);
    expect(words(commands)).toEqual(['show Idle']);
    expect(phase).toBe('idle');
  });

  it('says nothing about it where no contact can tell', () => {
    const { commands } = play([code('a'), decided('grant'), timer('passage')], {
      ...SETTINGS,
      doorWatched: false,
    });
    expect(words(commands).slice(4)).toEqual(['show Idle']);
  });

  it('counts as taken when the door already stood open', () => {
    const { commands } = play([code('a'), decided('grant'), timer('passage')], {
      ...SETTINGS,
      doorOpen: true,
    });
    expect(words(commands).slice(4)).toEqual(['access.taken', 'show Idle']);
  });
});

describe('screening', () => {
  it('asks for one repeat of an elevated reading, then refuses', () => {
    const high = decided('deny', ['gp:TemperatureHigh'], ELEVATED);
    const { commands, phase } = play([
      code('a'),
      high,
      timer('pause'),
      { type: 'screened', outcome: ELEVATED },
      high,
    ]);
    expect(words(commands)).toEqual([
      'evaluate',
      'show Measure',
      'show Measure',
      'evaluate',
      'access.denied gp:TemperatureHigh',
      'show AccessDenied',
    ]);
    expect(phase).toBe('refused');
  });

  it('lets a normal repeat take an elevated reading back', () => {
    const { commands } = play([
      code('a'),
      decided('deny', ['gp:TemperatureHigh'], ELEVATED),
      timer('pause'),
      { type: 'screened', outcome: NORMAL },
      decided('grant', [], NORMAL),
    ]);
    expect(words(commands).slice(-3)).toEqual(GRANT);
  });

  it('uses no reading during the pause', () => {
    const { commands } = play([
      code('a'),
      decided('deny', ['gp:TemperatureHigh'], ELEVATED),
      { type: 'screened', outcome: NORMAL },
    ]);
    expect(words(commands)).toEqual(['evaluate', 'show Measure']);
  });

  it.each(['no_subject', 'unstable', 'cold_skin'] as const)(
    'lets an elevated reading stand when the repeat gives %s',
    (cause) => {
      const { commands } = play([
        code('a'),
        decided('deny', ['gp:TemperatureHigh'], ELEVATED),
        timer('pause'),
        decided('refer', ['gp:TemperatureNotMeasured'], notMeasurable(cause)),
      ]);
      const denied = words(commands).find((word) => word.startsWith('access.denied'));
      expect(denied).toContain('gp:TemperatureHigh,gp:TemperatureNotMeasured');
    },
  );

  it('repeats a restless reading once, then calls the guard', () => {
    const restless = decided('refer', ['gp:TemperatureNotMeasured'], notMeasurable('unstable'));
    const { commands, phase } = play([
      code('a'),
      restless,
      { type: 'screened', outcome: notMeasurable('unstable') },
      restless,
    ]);
    expect(words(commands).slice(-2)).toEqual([
      'access.requested gp:TemperatureNotMeasured',
      'show GuardCalled',
    ]);
    expect(phase).toBe('referred');
  });

  it('refuses when nobody comes to the sensor', () => {
    const first = play([code('a'), decided('measure'), timer('measure')]);
    expect(first.commands.at(-1)).toMatchObject({ type: 'evaluate', screening: { cause: 'no_subject' } });
    const { commands } = play(
      [decided('refer', ['gp:TemperatureNotMeasured'], notMeasurable('no_subject'))],
      SETTINGS,
      first.machine,
    );
    expect(words(commands)[0]).toBe('access.denied gp:TemperatureNotMeasured,gp:PassageTimeout');
  });

  it('lets cold skin wait aside, and the queue go on', () => {
    const cold = [code('a'), decided('refer', ['gp:TemperatureNotMeasured'], notMeasurable('cold_skin'))];
    const waiting = play(cold);
    expect(waiting.commands.at(-2)).toMatchObject({ view: { feedback: 'Wait', waitMs: 300_000 } });
    expect(waiting.commands.at(-1)).toMatchObject({ name: 'guard', ms: 360_000 });
    const { commands } = play([code('b', 'b', 500)], SETTINGS, waiting.machine);
    expect(words(commands)).toEqual([
      'access.denied gp:TemperatureNotMeasured,gp:PassageTimeout',
      'evaluate',
    ]);
  });
});

describe('guard', () => {
  const referred = [
    code('a'),
    decided('refer', ['gp:TemperatureSensorFault'], notMeasurable('sensor_missing')),
  ];

  it('opens for the person who waits, under the same passage', () => {
    const { commands } = play([...referred, { type: 'guardOpen', id: 'g', operator: 'li' }]);
    expect(commands.find((command) => command.type === 'release')).toMatchObject({ passage: { id: 'a' } });
    expect(commands).toContainEqual(
      expect.objectContaining({ record: { name: 'access.granted', decidedBy: 'li' } }),
    );
  });

  it('opens without a pass under a passage of its own', () => {
    const { commands } = play([{ type: 'guardOpen', id: 'g', operator: 'li' }]);
    expect(commands.find((command) => command.type === 'release')).toMatchObject({ passage: { id: 'g' } });
  });

  it('ends the passage under way with its outcome before it opens for the next person', () => {
    const { commands } = play([
      code('a'),
      decided('grant'),
      { type: 'guardOpen', id: 'g', operator: 'li' },
      timer('passage'),
    ]);
    expect(words(commands).slice(4)).toEqual(['access.nottaken', ...GRANT, 'access.nottaken', 'show Idle']);
  });

  it('refuses, with the first reason kept in front', () => {
    const { commands } = play([...referred, { type: 'guardRefuse', operator: 'li' }]);
    expect(words(commands)).toContain('access.denied gp:TemperatureSensorFault,gp:GuardDenied');
  });

  it('has the person measured once more, which begins with a repeat of its own but forgets no fever', () => {
    const fever = decided('deny', ['gp:TemperatureHigh'], ELEVATED);
    const { commands, phase } = play([
      code('a'),
      decided('measure'),
      fever,
      { type: 'guardMeasure', id: 'm' },
      fever,
      timer('pause'),
      timer('measure'),
      decided('refer', ['gp:TemperatureNotMeasured'], notMeasurable('no_subject')),
    ]);
    expect(words(commands).filter((word) => word === 'show Measure')).toHaveLength(5);
    expect(words(commands)).toContain(
      'access.denied gp:TemperatureHigh,gp:TemperatureNotMeasured,gp:PassageTimeout',
    );
    expect(phase).toBe('refused');
  });

  it('has nobody measured where nobody waits', () => {
    expect(play([{ type: 'guardMeasure', id: 'm' }]).commands).toEqual([]);
    expect(words(play([code('a'), decided('grant'), { type: 'guardMeasure', id: 'm' }]).commands)).toEqual([
      'evaluate',
      ...GRANT,
    ]);
  });

  it('is waited for only so long', () => {
    const { commands, phase } = play([...referred, timer('guard')]);
    expect(words(commands)).toContain('access.denied gp:TemperatureSensorFault,gp:GuardTimeout');
    expect(phase).toBe('refused');
  });
});

describe('whatever happens', () => {
  const screening = fc.constantFrom(
    undefined,
    NORMAL,
    ELEVATED,
    notMeasurable('cold_skin'),
    notMeasurable('no_subject'),
    notMeasurable('unstable'),
  );
  const anyInput: fc.Arbitrary<PassageInput> = fc.oneof(
    fc
      .record({ key: fc.constantFrom('a', 'b'), atMs: fc.nat(60_000) })
      .map(({ key, atMs }) => code(key, `${key}${atMs}`, atMs)),
    fc
      .record({
        outcome: fc.constantFrom('deny', 'refer', 'measure', 'grant'),
        screening,
        reason: fc.constantFrom<Reason>(
          'gp:TemperatureHigh',
          'gp:TemperatureNotMeasured',
          'CredentialExpired',
        ),
      })
      .map(({ outcome, screening: known, reason }) =>
        decided(outcome, outcome === 'grant' || outcome === 'measure' ? [] : [reason], known),
      ),
    screening
      .filter((outcome) => outcome !== undefined)
      .map((outcome): PassageInput => ({ type: 'screened', outcome })),
    fc.constantFrom<TimerName>('measure', 'pause', 'guard', 'refusal', 'passage').map(timer),
    fc.constantFrom<PassageInput>({ type: 'door', movement: 'opened' }, { type: 'door', movement: 'closed' }),
    fc.constantFrom<PassageInput>(
      { type: 'guardOpen', id: 'g', operator: 'li' },
      { type: 'guardRefuse', operator: 'li' },
      { type: 'guardMeasure', id: 'm' },
      { type: 'failed', reason: 'gp:LogUnavailable' },
    ),
  );

  it('never releases without a grant by decide() or the guard, and each grant is recorded just before', () => {
    fc.assert(
      fc.property(fc.array(anyInput, { maxLength: 60 }), fc.boolean(), (inputs, doorWatched) => {
        let machine = INITIAL_PASSAGE;
        for (const input of inputs) {
          const step = stepPassage(machine, input, { ...SETTINGS, doorWatched });
          const releases = step.commands.filter((command) => command.type === 'release');
          if (releases.length > 0) {
            expect(
              input.type === 'guardOpen' || (input.type === 'decided' && input.outcome === 'grant'),
            ).toBe(true);
            const at = step.commands.findIndex((command) => command.type === 'release');
            expect(step.commands[at - 1]).toMatchObject({
              type: 'record',
              record: { name: 'access.granted' },
            });
          }
          machine = step.machine;
        }
      }),
    );
  });

  it('always has a timer running outside idle, once the decision was answered', () => {
    fc.assert(
      fc.property(fc.array(anyInput, { maxLength: 60 }), (inputs) => {
        let machine = INITIAL_PASSAGE;
        let timers = new Set<string>();
        let asked = false;
        for (const input of inputs) {
          const step = stepPassage(machine, input, SETTINGS);
          if (input.type === 'timer') timers.delete(input.name);
          for (const command of step.commands) {
            if (command.type === 'stopTimers') timers = new Set();
            if (command.type === 'startTimer') timers.add(command.name);
          }
          if (input.type === 'decided') asked = false;
          if (step.commands.some((command) => command.type === 'evaluate')) asked = true;
          machine = step.machine;
          const { phase } = machine.state;
          // The decision is answered within the same turn; a timer that does not fit the phase never fired.
          if (phase !== 'idle' && !asked && phase !== 'measuring') expect(timers.size).toBeGreaterThan(0);
        }
      }),
    );
  });
});
