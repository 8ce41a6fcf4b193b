import { describe, expect, it } from 'vitest';
import type { PassageInput } from '../../src/core/passage/passage.ts';
import {
  code,
  decided,
  GRANT,
  NORMAL,
  notMeasurable,
  play,
  SETTINGS,
  timer,
  words,
} from '../support/gate/passage-steps.ts';

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
