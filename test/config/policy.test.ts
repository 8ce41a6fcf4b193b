import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SENSORS } from '../../hardware/sensors.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { policyOf } from '../../src/config/policy.ts';
import { testSigner } from '../support/gate/pass-samples.ts';
import { PLAIN_RULES } from '../support/gate/policy-samples.ts';
import { mistakesOf, SOUND_CONFIG } from './sound-config.ts';

const policyIn = (section: string) =>
  policyOf(parseConfig(`${SOUND_CONFIG}policy:\n${section}`, 'gate.yaml', SENSORS));
const levelIn = (rules: string) => policyIn(`  levels: { strict: ${rules} }\n`).levels.strict;

describe('the levels of a config', () => {
  it('without a section are one, made of passes and screening', () => {
    expect(policyOf(parseConfig(SOUND_CONFIG, 'gate.yaml', SENSORS))).toEqual({
      version: 1,
      initialLevel: 'normal',
      holidays: [],
      levels: { normal: PLAIN_RULES },
    });
  });

  it('take what they leave out from passes and screening', () => {
    const text = SOUND_CONFIG.replace('passes:\n', 'passes:\n  kinds: [worker]\n  longestLifeDays: 30\n');
    const { levels } = policyOf(
      parseConfig(`${text}policy: { levels: { strict: { occupancyLimit: 9 } } }\n`, 'gate.yaml', SENSORS),
    );
    expect(levels.strict).toEqual({ ...levels.normal, occupancyLimit: 9 });
    expect(levels.strict).toMatchObject({ kinds: { worker: {} }, longestPassLifeS: 30 * 86_400 });
  });

  it('write hours for each direction and for holidays', () => {
    const rule = '{ hours: { out: "daily 06:30-22:30" }, holidayHours: { in: "Sun 22:00-06:00" } }';
    expect(levelIn(`{ kinds: { resident: ${rule} } }`)?.kinds).toEqual({
      resident: {
        hours: {
          in: {
            windows: [{ dayMask: 127, startMinute: 0, endMinute: 1440 }],
            holidayWindows: [{ dayMask: 1, startMinute: 1320, endMinute: 360 }],
          },
          out: { windows: [{ dayMask: 127, startMinute: 390, endMinute: 1350 }] },
        },
      },
    });
  });

  it('may define normal anew', () => {
    const { levels } = policyIn('  levels: { normal: { gate: open } }\n');
    expect(levels.normal?.gate).toBe('open');
  });

  it('of the example are the story’s', () => {
    const example = readFileSync('config/gatepost.example.yaml', 'utf8');
    const key = Buffer.from(testSigner('issuer').publicKey).toString('hex');
    const { levels } = policyOf(
      parseConfig(example.replace(/PUT-THE-PUBLIC-KEY\S+/, key), 'gatepost.yaml', SENSORS),
    );
    expect(Object.keys(levels)).toEqual(['normal', 'strict', 'open']);
    expect(levels.strict?.kinds.resident?.quota).toEqual({ count: 1, days: 2, direction: 'out' });
  });

  it.each([
    ['  initialLevel: strict\n', /initialLevel.*names `strict`, but the levels are: normal/],
    ['  holidays: ["2020-02-30"]\n', /a day that exists/],
    ['  levels: { a: { lockOut: { attempts: 6 } } }\n', /at most 5/],
    ['  levels: { a: { slowReleaseFactor: 0.5 } }\n', /at least 1/],
    ['  levels: { a: { kinds: { resident: { hours: { out: "25:00" } } } } }\n', /must be hours such as/],
    ['  levels: { a: { kinds: { resident: { quota: { count: 1, days: 2 } } } } }\n', /direction.*is missing/],
    ['  levels: { a: { screening: { in: enforce } } }\n', /levels\.a\.screening\.in.*no thermometer/],
  ])('are refused with their mistake: %j', (section, mistake) => {
    expect(mistakesOf(`${SOUND_CONFIG}policy:\n${section}`)).toEqual([expect.stringMatching(mistake)]);
  });
});
