import { describe, expect, it } from 'vitest';
import { passageIn } from '../../src/core/passage/passage.ts';
import {
  code,
  decision,
  GRANT,
  guardOpen,
  type Input,
  NORMAL,
  notMeasurable,
  person,
  runInputs,
  SETTINGS,
  timer,
  words,
} from '../support/gate/passage-steps.ts';

describe('both orders', () => {
  it('opens at once when the reading was there first', () => {
    const { commands, phase } = runInputs([code('a'), decision('grant', [], NORMAL)]);
    expect(words(commands)).toEqual(['evaluate', ...GRANT]);
    expect(phase).toBe('released');
  });

  it('asks for the forehead when the pass was there first, and opens after it', () => {
    const { commands } = runInputs([
      code('a'),
      decision('measure'),
      { type: 'screened', outcome: NORMAL },
      decision('grant', [], NORMAL),
    ]);
    expect(words(commands)).toEqual(['evaluate', 'show Measure', 'evaluate', ...GRANT]);
  });

  it('records before it releases, always', () => {
    const { commands } = runInputs([code('a'), decision('grant')]);
    const order = commands.map((command) => command.type);
    expect(order.indexOf('record')).toBeLessThan(order.indexOf('release'));
  });
});

describe('one at a time', () => {
  it('turns another code away during a passage and goes on with the first', () => {
    for (const before of [
      [code('a'), decision('measure')],
      [code('a'), decision('grant')],
      [code('a'), decision('refer', ['gp:TemperatureSensorFault'], notMeasurable('sensor_silent'))],
    ]) {
      const first = runInputs(before);
      const { commands, state } = runInputs([code('b')], SETTINGS, first.state);
      expect(words(commands)).toEqual(['turnAway']);
      expect(state).toEqual(first.state);
    }
  });

  it.each<[string, Input[], string[]]>([
    ['somebody who is measured', [code('a'), decision('measure')], ['access.denied gp:PassageTimeout']],
    [
      'somebody who waits for the guard',
      [code('a'), decision('refer', ['gp:TemperatureSensorFault'], notMeasurable('sensor_silent'))],
      ['access.denied gp:TemperatureSensorFault,gp:PassageTimeout'],
    ],
    ['an open gate', [code('a'), decision('grant')], ['access.nottaken']],
  ])('lets an emergency go before %s', (_who, before, closed) => {
    const first = runInputs(before);
    const { commands } = runInputs([code('e', 'e', true), decision('grant')], SETTINGS, first.state);
    expect(words(commands)).toEqual([...closed, 'evaluate', ...GRANT]);
  });

  it('takes the next person while a refusal is still on the screen', () => {
    const { commands } = runInputs([code('a'), decision('deny', ['gp:WrongSite']), code('b')]);
    expect(words(commands).at(-1)).toBe('evaluate');
  });
});

describe('taken and not taken', () => {
  it('is taken when the door opens, and over when it closes', () => {
    const { commands, phase } = runInputs([
      code('a'),
      decision('grant'),
      { type: 'door', movement: 'opened' },
      { type: 'door', movement: 'closed' },
    ]);
    expect(words(commands).slice(4)).toEqual(['access.taken', 'show Idle']);
    expect(phase).toBe('idle');
  });

  it('counts a door that opens twice once', () => {
    const { commands } = runInputs([
      code('a'),
      decision('grant'),
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
    const { commands, phase } = runInputs([code('a'), decision('grant'), timer('passage')]);
    expect(words(commands).slice(4)).toEqual(['access.nottaken', 'show Idle']);
    expect(phase).toBe('idle');
  });

  it('shows the empty gate although its outcome cannot be written', () => {
    const over = runInputs([code('a'), decision('grant'), timer('passage')]).state;
    const failed: Input = { type: 'failed', reason: 'gp:LogUnavailable', passage: person('a') };
    const { commands, phase } = runInputs([failed], SETTINGS, over);
    expect(words(commands)).toEqual(['show Idle']);
    expect(phase).toBe('idle');
  });

  it('says nothing about it where no contact can tell', () => {
    const { commands } = runInputs([code('a'), decision('grant'), timer('passage')], {
      ...SETTINGS,
      doorWatched: false,
    });
    expect(words(commands).slice(4)).toEqual(['show Idle']);
  });

  it('counts as taken when the door already stood open', () => {
    const { commands } = runInputs([code('a'), decision('grant'), timer('passage')], {
      ...SETTINGS,
      doorOpen: true,
    });
    expect(words(commands).slice(4)).toEqual(['access.taken', 'show Idle']);
  });
});

describe('what is known of a person', () => {
  it('stays with the passage from the code to its last row', () => {
    const { commands, state } = runInputs([
      code('a'),
      decision('measure', [], undefined, 'a pass'),
      { type: 'screened', outcome: NORMAL },
      decision('grant', [], NORMAL, 'a pass and a forehead'),
      timer('passage'),
    ]);
    const known = commands.flatMap((command) =>
      'passage' in command ? [[command.type, command.passage.facts]] : [],
    );
    expect(known).toEqual([
      ['evaluate', 'read of a'],
      ['evaluate', 'a pass'],
      ['record', 'a pass and a forehead'],
      ['release', 'a pass and a forehead'],
      ['record', 'a pass and a forehead'],
    ]);
    expect(state).toEqual({ phase: 'idle' });
  });

  it('is not taken along by whoever comes next', () => {
    const turnedAway = runInputs([code('a'), decision('measure'), code('b')]);
    expect(turnedAway.commands.at(-1)).toMatchObject({ type: 'turnAway', passage: { facts: 'read of b' } });
    expect(passageIn(turnedAway.state)).toMatchObject({ id: 'a', facts: 'judged' });
    const next = runInputs([code('a'), decision('deny', ['gp:WrongSite']), code('b')]);
    expect(passageIn(next.state)).toMatchObject({ id: 'b', facts: 'read of b', recorded: false });
  });

  it('is on record once its row is commanded, unless the row failed', () => {
    const referred = runInputs([code('a'), decision('refer', ['gp:HostNotConfirmed'])]);
    const written = referred.commands.find((command) => command.type === 'record');
    expect(written).toMatchObject({ passage: { recorded: false } });
    expect(passageIn(referred.state)).toMatchObject({ recorded: true });
    if (written?.type !== 'record') throw new Error('nothing was written');
    const failed: Input = { type: 'failed', reason: 'gp:LogUnavailable', passage: written.passage };
    const { state } = runInputs([failed], SETTINGS, referred.state);
    expect(passageIn(state)).toMatchObject({ id: 'a', recorded: false });
  });

  it('is the own one of somebody whose predecessor could not be written down', () => {
    const waiting = runInputs([
      code('a'),
      decision('refer', ['gp:TemperatureSensorFault'], notMeasurable('cold_skin')),
    ]);
    const failed: Input = { type: 'failed', reason: 'gp:LogUnavailable', passage: person('a') };
    const { state, phase } = runInputs([code('e', 'e', true), failed], SETTINGS, waiting.state);
    expect(phase).toBe('refused');
    expect(passageIn(state)).toMatchObject({ id: 'e', facts: 'read of e' });
  });

  it('is what the guard knew where the guard opens for somebody whose passage is over', () => {
    const { commands } = runInputs([guardOpen('g')]);
    expect(commands.find(({ type }) => type === 'release')).toMatchObject({
      passage: { id: 'g', facts: 'known of g', recorded: true },
    });
  });
});

describe('a slow person', () => {
  it.each([
    { doorWatched: true, releaseMs: 3_000, released: 9_000, waited: 30_000 },
    { doorWatched: false, releaseMs: 3_000, released: 9_000, waited: 9_000 },
    { doorWatched: false, releaseMs: 40_000, released: 60_000, waited: 60_000 },
  ])('has lock and door wait as many times longer: %o', ({ released, waited, ...door }) => {
    const slow: Input = { type: 'code', passage: person('a', 'a', 3), urgent: false };
    const { commands } = runInputs([slow, decision('grant')], { ...SETTINGS, ...door });
    expect(commands).toContainEqual(expect.objectContaining({ type: 'release', ms: released }));
    expect(commands).toContainEqual({ type: 'startTimer', name: 'passage', ms: waited });
  });
});

describe('a press of an exit button', () => {
  const press = (how: { shut?: boolean; resting?: boolean } = {}): Input => ({
    type: 'press',
    passage: person('x', undefined),
    shut: how.shut ?? false,
    resting: how.resting ?? false,
  });

  it('is let out by the gate itself, and further presses belong to it', () => {
    const { commands, phase } = runInputs([press(), press(), press()]);
    expect(words(commands)).toEqual(GRANT);
    expect(commands).toContainEqual(
      expect.objectContaining({ record: { name: 'access.granted', decidedBy: 'auto' } }),
    );
    expect(phase).toBe('released');
  });

  it('opens anew, with an outcome first, once the lock rests', () => {
    const { commands } = runInputs([press(), press({ resting: true })]);
    expect(words(commands)).toEqual([...GRANT, 'access.nottaken', ...GRANT]);
  });

  it('is refused once at a shut door, and let out as soon as it is shut no more', () => {
    const { commands } = runInputs([press({ shut: true }), press({ shut: true }), press()]);
    expect(words(commands)).toEqual(['access.denied gp:GateMode', 'show AccessDenied', ...GRANT]);
  });
});
