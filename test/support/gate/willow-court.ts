import { trustContent } from '../../../src/core/bundle/trust-content.ts';
import type { KindRule, LevelRules } from '../../../src/core/policy/policy.ts';
import { CENTRE_KEY, DAY_S, OFFICE_KEY, sampleBundle } from './bundle-samples.ts';
import { NOW_S } from './pass-samples.ts';
import { daily, policy } from './policy-samples.ts';
import { SITE } from './rule-gate.ts';

/** 6:30 to 22:30, both ways. */
const DAYTIME: Pick<KindRule, 'hours'> = {
  hours: { in: { windows: [daily(6.5, 22.5)] }, out: { windows: [daily(6.5, 22.5)] } },
};

/** The rules of the weeks in which the court was closed. */
const STRICT: Partial<LevelRules> = {
  kinds: {
    resident: {
      ...DAYTIME,
      quota: { count: 1, days: 2, direction: 'out' },
      outsideLimitMinutes: 180,
    },
    // Without hours here, because they are in the pass.
    worker: {},
    visitor: { ...DAYTIME, registration: 'confirmed' },
    delivery: DAYTIME,
    vehicle: { quota: { count: 1, days: 1, direction: 'in' } },
  },
  screening: { direction: { in: 'enforce', out: 'off' }, kinds: {} },
};

const NORMAL: Partial<LevelRules> = {
  kinds: { resident: {}, worker: {}, visitor: { registration: 'registered' }, delivery: {}, vehicle: {} },
};

const NO_SCREENING: Partial<LevelRules> = {
  screening: { direction: { in: 'off', out: 'off' }, kinds: {} },
};

function courtAt(initialLevel: string, strict: Partial<LevelRules> = STRICT) {
  return { ...policy({ strict, normal: NORMAL, open: { gate: 'open' } }), initialLevel };
}

/** Willow Court in February 2020, foreheads measured on the way in. */
export const WILLOW_COURT = courtAt('strict');

/** The same without a thermometer. */
export const WITHOUT_THERMOMETER = courtAt('strict', { ...STRICT, ...NO_SCREENING });

/** The keys of the office and of the district's centre, for half a year. */
export function courtKeys(): Uint8Array {
  return sampleBundle('trust', {
    site: SITE,
    nextUpdate: NOW_S + 180 * DAY_S,
    content: trustContent([CENTRE_KEY, { ...OFFICE_KEY, sites: [SITE] }]),
  });
}
