import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SENSORS } from '../../hardware/sensors.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { policyOf } from '../../src/config/policy.ts';
import { policyOfBundle } from '../../src/config/policy-bundle.ts';
import { summaryOf } from '../../src/config/summary.ts';
import { warningsOf } from '../../src/config/warnings.ts';
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

describe('the schedule of the levels', () => {
  const LEVELS = '  levels: { night: {}, peak: {}, market: { gate: open } }\n';
  const ORDER = 'strictestFirst: [night, normal, peak]';
  const scheduled = (schedule: string) => `${SOUND_CONFIG}policy:\n${LEVELS}  schedule: { ${schedule} }\n`;
  const NIGHT = '{ level: night, hours: "daily 22:00-06:00" }';
  const MONDAY_MS = Date.UTC(2026, 0, 5, 11);

  it('is read with its hours and days, from a signed list too', () => {
    const schedule = {
      strictestFirst: ['night', 'normal', 'peak'],
      lines: [
        { level: 'peak', hours: 'Mon-Fri 06:30-08:00', days: 'ordinary', from: '2026-02-23' },
        { level: 'night', hours: 'daily 22:00-06:00' },
      ],
    };
    const read = {
      strictestFirst: schedule.strictestFirst,
      lines: [
        {
          level: 'peak',
          windows: [{ dayMask: 62, startMinute: 390, endMinute: 480 }],
          days: 'ordinary',
          from: '2026-02-23',
        },
        { level: 'night', windows: [{ dayMask: 127, startMinute: 1320, endMinute: 360 }], days: 'all' },
      ],
    };
    const config = parseConfig(
      scheduled(JSON.stringify(schedule).slice(1, -1).replaceAll('":', '": ')),
      'gate.yaml',
      SENSORS,
    );
    expect(policyOf(config).schedule).toEqual(read);
    const signed = JSON.stringify({ levels: { night: {}, peak: {} }, schedule });
    expect(policyOfBundle(signed, config).schedule).toEqual(read);
    expect(() => policyOfBundle(signed.replace('"peak":{}', '"other":{}'), config)).toThrow(
      'policy.schedule.lines.0.level names `peak`, but the levels are: normal, night, other',
    );
    expect(summaryOf(config, MONDAY_MS)).toContain(
      'Schedule: 2 lines; normal now, night from 2026-01-05 22:00 on.',
    );
  });

  it.each([
    [
      `${ORDER}, lines: [{ level: evening, hours: "daily 22:00-06:00" }]`,
      /lines.0.level` names `evening`, but/,
    ],
    [`strictestFirst: [night], lines: [${NIGHT}]`, /strictestFirst` must say how strict `normal` is/],
    [`strictestFirst: [normal, peak], lines: [${NIGHT}]`, /strictestFirst` must say how strict `night` is/],
    [`strictestFirst: [night, normal, night], lines: [${NIGHT}]`, /strictestFirst.2` names `night` twice/],
    [`strictestFirst: [night, noon, normal], lines: [${NIGHT}]`, /strictestFirst.1` names `noon`, but/],
    [
      'strictestFirst: [normal, market], lines: [{ level: market, hours: "Sat 08:00-12:00" }]',
      /lines.0.level` holds every door open: write `holdsOpen: true`/,
    ],
    [
      'strictestFirst: [market, normal], holdsOpen: true, lines: [{ level: market, hours: "Sat 08:00-12:00" }]',
      /strictestFirst.1` must stand before `market`/,
    ],
    [
      `${ORDER}, lines: [{ level: night, hours: "daily 22:00-06:00", from: 2026-02-02, until: 2026-02-01 }]`,
      /lines.0.until` is before `from`/,
    ],
    [`${ORDER}, lines: [{ level: night, hours: "at night" }]`, /lines.0.hours` must be hours such as/],
  ])('%s is refused', (schedule, message) => {
    expect(mistakesOf(scheduled(schedule)).join('\n')).toMatch(message);
  });

  it('is warned of where lines never apply, or leave a few minutes between them', () => {
    const lines = [
      '{ level: peak, hours: "Mon 23:00-24:00" }',
      NIGHT,
      '{ level: peak, hours: "daily 06:05-07:00" }',
      '{ level: night, hours: "daily 00:00-24:00", until: 2025-12-31 }',
    ];
    const config = parseConfig(scheduled(`${ORDER}, lines: [${lines.join(', ')}]`), 'gate.yaml', SENSORS);
    expect(warningsOf(config, MONDAY_MS).filter((one) => one.includes('of the schedule'))).toEqual([
      'Line 1 of the schedule (peak) never applies in the next 400 days: its days are over or never come, or later lines cover it.',
      'Line 4 of the schedule (night) never applies in the next 400 days: its days are over or never come, or later lines cover it.',
      'No line of the schedule covers 5 minutes from 2026-01-06 06:00 on, between two that do: level normal holds then.',
    ]);
  });
});
