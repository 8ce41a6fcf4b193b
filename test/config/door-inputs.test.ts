import { describe, expect, it } from 'vitest';
import { SENSORS } from '../../hardware/sensors.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { summaryOf } from '../../src/config/summary.ts';
import { warningsOf } from '../../src/config/warnings.ts';
import { gateSettings, isSimulated } from '../../src/daemon/settings.ts';
import { mistakesAfter, SOUND_CONFIG } from './sound-config.ts';

const withInputs = (inputs: string) => `    inputs: ${inputs}\naccessPoints:`;
const mistakes = (inputs: string) => mistakesAfter('accessPoints:', withInputs(inputs));
const parsed = (inputs: string) =>
  parseConfig(SOUND_CONFIG.replace('accessPoints:', withInputs(inputs)), 'gate.yaml', SENSORS);

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

  it('call the guard from the way in of their door, or from the place they name', () => {
    const { config, digest } = {
      config: parsed('{ callButton: { line: 5, activeLevel: low } }'),
      digest: '',
    };
    expect(gateSettings({ config, digest, path: '', folder: '' }, '', []).doors.get('main')?.callsFrom).toBe(
      'way-in',
    );
    expect(summaryOf(config, 0).join('\n')).toContain('callButton of main at way-in; after 30 s');
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
    [
      '{ callButton: { line: 5, activeLevel: low, accessPoint: nowhere } }',
      '8:69: `doors.main.inputs.callButton.accessPoint` must name the access point at which it is; those of this door are: way-in',
    ],
  ])('%s is refused', (inputs, message) => {
    expect(mistakes(inputs)).toEqual([message]);
  });
});

describe('config check says of the inputs', () => {
  const BUTTON = '{ exitButton: { line: 22, activeLevel: low }, fire: { driver: simulated } }';
  const RELEASING = '{ exitButton: { line: 22, activeLevel: low, release: true } }';
  const HARD = 'policy: { levels: { strict: { antiPassback: { mode: hard } } } }';
  const warnings = (inputs: string, rules = '') =>
    warningsOf(
      parseConfig(
        `${SOUND_CONFIG.replace('accessPoints:', withInputs(inputs))}${rules}\n`,
        'gate.yaml',
        SENSORS,
      ),
      0,
    );

  it('where they are, and whether the button moves the lock', () => {
    expect(summaryOf(parsed(BUTTON), 0)).toContain(
      'Beside door main: exitButton on GPIO 22, moves nothing; fire simulated.',
    );
    expect(summaryOf(parsed(RELEASING), 0)).toContain(
      'Beside door main: exitButton on GPIO 22, releases the lock.',
    );
  });

  it('that nobody escapes by a button that only this program knows', () => {
    expect(warnings(RELEASING)).toContainEqual(expect.stringMatching(/^Exit button of main: it opens only/));
    expect(warnings(BUTTON)).not.toContainEqual(expect.stringMatching(/^Exit button/));
  });

  it('that who left by it is not let in again by hard anti-passback', () => {
    const refused = expect.stringMatching(/^Level strict: whoever leaves by an exit button/);
    expect(warnings(BUTTON, HARD)).toContainEqual(refused);
    expect(warnings('{ fire: { line: 24, activeLevel: high } }', HARD)).not.toContainEqual(refused);
    expect(warnings(BUTTON, HARD.replace('hard', 'hard, minutes: 60'))).not.toContainEqual(refused);
  });

  it('that their line is taken by the serial port', () => {
    expect(warnings('{ tamper: { line: 14, activeLevel: high } }')).toContain(
      'doors.main.inputs.tamper: GPIO 14 is also used by I2C, SPI or the serial port.',
    );
  });
});
