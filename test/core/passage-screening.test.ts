import { describe, expect, it } from 'vitest';
import {
  code,
  decision,
  ELEVATED,
  GRANT,
  guardOpen,
  NORMAL,
  notMeasurable,
  runInputs,
  SETTINGS,
  timer,
  words,
} from '../support/gate/passage-steps.ts';

describe('screening', () => {
  it('asks for one repeat of an elevated reading, then refuses', () => {
    const high = decision('deny', ['gp:TemperatureHigh'], ELEVATED);
    const { commands, phase } = runInputs([
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
    const { commands } = runInputs([
      code('a'),
      decision('deny', ['gp:TemperatureHigh'], ELEVATED),
      timer('pause'),
      { type: 'screened', outcome: NORMAL },
      decision('grant', [], NORMAL),
    ]);
    expect(words(commands).slice(-3)).toEqual(GRANT);
  });

  it('uses no reading during the pause', () => {
    const { commands } = runInputs([
      code('a'),
      decision('deny', ['gp:TemperatureHigh'], ELEVATED),
      { type: 'screened', outcome: NORMAL },
    ]);
    expect(words(commands)).toEqual(['evaluate', 'show Measure']);
  });

  it.each(['no_subject', 'unstable', 'cold_skin'] as const)(
    'lets an elevated reading stand when the repeat gives %s',
    (cause) => {
      const { commands } = runInputs([
        code('a'),
        decision('deny', ['gp:TemperatureHigh'], ELEVATED),
        timer('pause'),
        decision('refer', ['gp:TemperatureNotMeasured'], notMeasurable(cause)),
      ]);
      const denied = words(commands).find((word) => word.startsWith('access.denied'));
      expect(denied).toContain('gp:TemperatureHigh,gp:TemperatureNotMeasured');
    },
  );

  it('repeats a restless reading once, then calls the guard', () => {
    const restless = decision('refer', ['gp:TemperatureNotMeasured'], notMeasurable('unstable'));
    const { commands, phase } = runInputs([
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
    const first = runInputs([code('a'), decision('measure'), timer('measure')]);
    expect(first.commands.at(-1)).toMatchObject({ type: 'evaluate', screening: { cause: 'no_subject' } });
    const { commands } = runInputs(
      [decision('refer', ['gp:TemperatureNotMeasured'], notMeasurable('no_subject'))],
      SETTINGS,
      first.state,
    );
    expect(words(commands)[0]).toBe('access.denied gp:TemperatureNotMeasured,gp:PassageTimeout');
  });

  it('lets cold skin wait aside, and the queue go on', () => {
    const cold = [code('a'), decision('refer', ['gp:TemperatureNotMeasured'], notMeasurable('cold_skin'))];
    const waiting = runInputs(cold);
    expect(waiting.commands.at(-2)).toMatchObject({ view: { feedback: 'Wait', waitMs: 300_000 } });
    expect(waiting.commands.at(-1)).toMatchObject({ name: 'guard', ms: 360_000 });
    const { commands } = runInputs([code('b')], SETTINGS, waiting.state);
    expect(words(commands)).toEqual([
      'access.denied gp:TemperatureNotMeasured,gp:PassageTimeout',
      'evaluate',
    ]);
  });
});

describe('guard', () => {
  const referred = [
    code('a'),
    decision('refer', ['gp:TemperatureSensorFault'], notMeasurable('sensor_missing')),
  ];

  it('opens for the person who waits, under the same passage', () => {
    const { commands } = runInputs([...referred, guardOpen('g')]);
    expect(commands.find((command) => command.type === 'release')).toMatchObject({ passage: { id: 'a' } });
    expect(commands).toContainEqual(
      expect.objectContaining({ record: { name: 'access.granted', decidedBy: 'li' } }),
    );
  });

  it('opens without a pass under a passage of its own', () => {
    const { commands } = runInputs([guardOpen('g')]);
    expect(commands.find((command) => command.type === 'release')).toMatchObject({ passage: { id: 'g' } });
  });

  it('ends the passage under way with its outcome before it opens for the next person', () => {
    const { commands } = runInputs([code('a'), decision('grant'), guardOpen('g'), timer('passage')]);
    expect(words(commands).slice(4)).toEqual(['access.nottaken', ...GRANT, 'access.nottaken', 'show Idle']);
  });

  it('refuses, with the first reason kept in front', () => {
    const { commands } = runInputs([...referred, { type: 'guardRefuse', operator: 'li' }]);
    expect(words(commands)).toContain('access.denied gp:TemperatureSensorFault,gp:GuardDenied');
  });

  it('has the person measured once more, which begins with a repeat of its own but forgets no fever', () => {
    const fever = decision('deny', ['gp:TemperatureHigh'], ELEVATED);
    const { commands, phase } = runInputs([
      code('a'),
      decision('measure'),
      fever,
      { type: 'guardMeasure', id: 'm' },
      fever,
      timer('pause'),
      timer('measure'),
      decision('refer', ['gp:TemperatureNotMeasured'], notMeasurable('no_subject')),
    ]);
    expect(words(commands).filter((word) => word === 'show Measure')).toHaveLength(5);
    expect(words(commands)).toContain(
      'access.denied gp:TemperatureHigh,gp:TemperatureNotMeasured,gp:PassageTimeout',
    );
    expect(phase).toBe('refused');
  });

  it('has nobody measured where nobody waits', () => {
    expect(runInputs([{ type: 'guardMeasure', id: 'm' }]).commands).toEqual([]);
    expect(
      words(runInputs([code('a'), decision('grant'), { type: 'guardMeasure', id: 'm' }]).commands),
    ).toEqual(['evaluate', ...GRANT]);
  });

  it('is waited for only so long', () => {
    const { commands, phase } = runInputs([...referred, timer('guard')]);
    expect(words(commands)).toContain('access.denied gp:TemperatureSensorFault,gp:GuardTimeout');
    expect(phase).toBe('refused');
  });
});
