import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { SENSORS } from '../../hardware/sensors.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { KEPT_KINDS, type KeptKind, noticeOf, noticeText } from '../../src/core/report/privacy-notice.ts';
import { LANGUAGES } from '../../src/core/text/language.ts';
import { noticeSettings, retentionSettings } from '../../src/daemon/settings.ts';
import { localeOf } from '../../src/screens/shared/all-words.ts';
import { SOUND_CONFIG } from '../config/sound-config.ts';
import { Scene } from '../support/gate/scene.ts';
import { WITHOUT_THERMOMETER } from '../support/gate/willow-court.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Until the gate has looked, and everything has gone in turns. */
const LOOKING_MS = 62 * 60_000;

const FACTS = {
  measures: true,
  recordsDegrees: false,
  simulated: false,
  copies: ['backup', 'servers'],
  selfService: true,
  controller: 'Willow Court',
} as const;

function configured(more: string) {
  return parseConfig(`${SOUND_CONFIG}${more}`, 'gatepost.yaml', SENSORS);
}

describe('a notice', () => {
  it.each<[setting: string, value: number, kinds: Partial<Record<KeptKind, number>>]>([
    ['accessDays', 20, { passages: 480 }],
    // What is in the row of a passage goes with it.
    ['accessDays', 2, { passages: 48, screening: 48 }],
    ['screeningHours', 30, { screening: 30 }],
    ['reducedDays', 91, { rest: 91 * 24 }],
    ['operatorDays', 10, { guards: 240 }],
    ['visitorDays', 1, { visits: 24 }],
    ['vehicleDays', 2, { vehicles: 48 }],
    ['deliveryDays', 3, { deliveries: 72 }],
    ['orderDays', 3, { orders: 72 }],
    ['countDays', 30, { counts: 720 }],
  ])('says with retention.%s: %i what the gate is told', (setting, value, change) => {
    const before = configured('');
    const after = configured(`retention: { ${setting}: ${value} }\n`);
    const hours = (config: typeof before) =>
      Object.fromEntries(noticeOf(retentionSettings(config), FACTS).kept.map((one) => [one.kind, one.hours]));
    expect(hours(after)).toEqual({ ...hours(before), ...change });
    expect(Object.keys(hours(after))).toEqual(KEPT_KINDS);
    expect(noticeSettings(after).kept).toEqual(
      noticeOf(retentionSettings(after), noticeSettings(after)).kept,
    );
  });

  it('says until when, and the gate ends it then', async () => {
    const times = { accessMs: 3 * DAY_MS, visitMs: 5 * DAY_MS };
    const court = await Scene.opens('2020-02-24 08:00', WITHOUT_THERMOMETER, { retention: times });
    const { gate } = court;
    const nowMs = gate.clock.read().wallMs;
    const visitor = { passId: 'feed000000000001', label: 'Plumber', untilMs: nowMs + HOUR_MS };
    await gate.desk.give({ type: 'visitor', ...court.guard('Expected'), ...visitor });
    await court.person({ passId: '00000000000000a1' }).goesOut();
    const wentMs = gate.clock.read().wallMs;
    const { kept } = noticeOf({ ...retentionSettings(configured('')), ...times }, FACTS);
    const timeOf = (kind: KeptKind) => (kept.find((one) => one.kind === kind)?.hours ?? 0) * HOUR_MS;
    const visits = () => {
      const database = new Database(gate.store.path, { readonly: true });
      const count = database.prepare<[], number>('SELECT count(*) FROM visitor').pluck().get();
      database.close();
      return count;
    };
    const namesPass = () =>
      gate.store.outbox
        .readAfter(0, 100_000)
        .some(({ body }) => new TextDecoder().decode(body).includes('00000000000000a1'));
    const leapTo = async (ms: number) => {
      gate.clock.holdUp(ms - gate.clock.read().wallMs);
      await gate.pass(LOOKING_MS);
    };
    await leapTo(wentMs + timeOf('passages') - 3 * HOUR_MS);
    expect([visits(), namesPass()]).toEqual([1, true]);
    await leapTo(wentMs + timeOf('passages'));
    expect([visits(), namesPass()]).toEqual([1, false]);
    await leapTo(visitor.untilMs + timeOf('visits') - 3 * HOUR_MS);
    expect(visits()).toBe(1);
    await leapTo(visitor.untilMs + timeOf('visits'));
    expect(visits()).toBe(0);
  });

  it('speaks of measuring only where there is a thermometer, and of what the site has written', () => {
    const said = (more: string) =>
      noticeText(localeOf('en').privacy, noticeSettings(configured(more)), 'en')
        .flatMap(({ lines, rows }) => [...lines, ...rows.flat()])
        .join('\n');
    const plain = said('');
    expect(plain).not.toMatch(/temperature|degrees|measuring|My data|backup/);
    const own = said(`privacy:
  selfService: true
  notice:
    controller: Willow Court Ltd
    purpose: { en: We open for residents. }
    more: { en: 'Ground: article 6 (1) f.', zh-CN: '依据' }
`);
    expect(own).toMatch(/We open for residents\.(.|\n)*Willow Court Ltd(.|\n)*My data(.|\n)*article 6/);
    expect(own).not.toMatch(/依据/);
  });

  it.each(LANGUAGES)('fills every place in %s', (language) => {
    const office = { telephone: '021 5550 1234', hours: '8:00 - 18:00', address: 'Building 3' };
    for (const recordsDegrees of [true, false]) {
      const notice = noticeOf(retentionSettings(configured('retention: { accessDays: 1 }\n')), {
        ...FACTS,
        recordsDegrees,
        simulated: true,
        office,
      });
      const parts = noticeText(localeOf(language).privacy, notice, language);
      const text = JSON.stringify(parts);
      expect(text).not.toMatch(/[{]\}|undefined/);
      for (const value of [...Object.values(office), 'Willow Court']) expect(text).toContain(value);
      expect(parts.every(({ lines, rows }) => lines.length + rows.length > 0)).toBe(true);
    }
  });
});
