import { describe, expect, it } from 'vitest';
import { SENSORS } from '../../hardware/sensors.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { warningsOf } from '../../src/config/warnings.ts';
import { mistakesAfter, SOUND_CONFIG } from './sound-config.ts';

const STORE = 'store: { folder: data }\n';

function configWith(retention: string) {
  return parseConfig(`${SOUND_CONFIG}retention: ${retention}\n`, 'gate.yaml', SENSORS);
}

function doubts(retention: string): string[] {
  return warningsOf(configWith(retention), 0).filter((warning) => warning.startsWith('retention.'));
}

describe('retention', () => {
  it('has the durations of the contract where the config says nothing', () => {
    expect(parseConfig(SOUND_CONFIG, 'gate.yaml', SENSORS).retention).toEqual({
      screeningHours: 72,
      accessDays: 14,
      reducedDays: 90,
      operatorDays: 180,
      visitorDays: 14,
      vehicleDays: 14,
      deliveryDays: 14,
      orderDays: 14,
      countDays: 366,
    });
    expect(doubts('{}')).toEqual([]);
  });

  it.each([
    ['screeningHours', 72, 2160],
    ['accessDays', 14, 366],
    ['reducedDays', 90, 1100],
    ['operatorDays', 180, 1100],
    ['visitorDays', 14, 366],
    ['vehicleDays', 14, 366],
    ['deliveryDays', 14, 366],
    ['orderDays', 14, 366],
    ['countDays', 366, 3660],
  ])('%s: longer than %i deserves a second look, longer than %i is refused', (name, normal, longest) => {
    const rest = name === 'accessDays' ? ', reducedDays: 1100' : '';
    const ofIt = (value: number) =>
      doubts(`{ ${name}: ${value}${rest} }`).filter((line) => line.startsWith(`retention.${name}:`));
    expect(ofIt(normal)).toEqual([]);
    expect(ofIt(normal + 1)).toEqual([
      `retention.${name}: ${normal + 1} is longer than ${normal}: have a legal ground for it.`,
    ]);
    expect(ofIt(longest)).toHaveLength(1);
    for (const bad of [longest + 1, 0, -1, 1.5])
      expect(mistakesAfter(STORE, `${STORE}retention: { ${name}: ${bad}${rest} }\n`)).toHaveLength(1);
  });

  it('refuses rows that end before they are reduced', () => {
    expect(mistakesAfter(STORE, `${STORE}retention: { accessDays: 100 }\n`)).toEqual([
      '17:1: `retention.reducedDays` is 90, but rows are reduced only after `accessDays: 100`; they cannot end before that',
    ]);
    expect(mistakesAfter(STORE, `${STORE}retention: { accessDays: 30, reducedDays: 29 }\n`)).toHaveLength(1);
    expect(mistakesAfter(STORE, `${STORE}retention: { accessDays: 30, reducedDays: 30 }\n`)).toEqual([]);
  });
});
