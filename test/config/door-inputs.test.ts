import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../src/config/load-config.ts';
import { isSimulated } from '../../src/main/settings.ts';
import { mistakesAfter, SOUND_CONFIG } from './sound-config.ts';

const withInputs = (inputs: string) => `    inputs: ${inputs}\naccessPoints:`;
const mistakes = (inputs: string) => mistakesAfter('accessPoints:', withInputs(inputs));
const parsed = (inputs: string) =>
  parseConfig(SOUND_CONFIG.replace('accessPoints:', withInputs(inputs)), 'gate.yaml');

describe('the inputs of a door', () => {
  it('are GPIO lines without further ado, and the exit button moves nothing', () => {
    const { doors } = parsed(
      '{ exitButton: { line: 22, activeLevel: low }, tamper: { driver: auto, line: 23, activeLevel: high } }',
    );
    expect(doors.main?.inputs).toEqual({
      exitButton: { driver: 'auto', line: 22, activeLevel: 'low', release: false },
      tamper: { driver: 'auto', line: 23, activeLevel: 'high' },
    });
  });

  it('may be played, which every screen says', () => {
    const config = parsed('{ fire: { driver: simulated } }');
    expect(isSimulated(config)).toBe(true);
    expect(isSimulated(parsed('{ fire: { line: 24, activeLevel: high } }'))).toBe(false);
  });

  it.each([
    [
      '{ tamper: { line: 17, activeLevel: high } }',
      '8:31: `doors.main.inputs.tamper.line` is 17, which `doors.main.lock` already uses; every device needs its own',
    ],
    [
      '{ fire: { line: 24, activeLevel: high, release: true } }',
      '8:52: unknown key `release`; allowed here: driver, line, activeLevel',
    ],
    [
      '{ tamper: { driver: simulated, line: 23 } }',
      '8:44: unknown key `line`; allowed here: driver, stateFile',
    ],
    [
      '{ tamper: { driver: onof, line: 23 } }',
      '8:15: `doors.main.inputs.tamper` must have `line` and `activeLevel`, or be of the driver simulated',
    ],
  ])('%s is refused', (inputs, message) => {
    expect(mistakes(inputs)).toEqual([message]);
  });
});
