import { expect, it } from 'vitest';
import { accessData } from '../../src/app/passage/access-record.ts';
import { blankFacts, passageWithoutCode } from '../../src/app/passage/passage-facts.ts';
import { VirtualClock } from '../support/clock/virtual-clock.ts';
import { policyLevel } from '../support/gate/policy-samples.ts';

it.each([-0.06, -5, 0, 0.06, 23.44])('a latency of %d ms is published as what it can be', (latencyMs) => {
  const clock = new VirtualClock();
  const cameAt = clock.read();
  const blank = blankFacts({
    policy: policyLevel(),
    revocationVersion: 0,
    cameAt,
    quarter: 0,
    siteDay: 18_316,
  });
  const passage = passageWithoutCode('p1', { ...blank, readAtMs: cameAt.monotonicMs - latencyMs });
  const point = { id: 'main-in', door: 'main', direction: 'in' } as const;
  const record = { name: 'access.denied', decidedBy: 'auto', reasons: ['gp:MalformedPass'] } as const;
  const data = accessData(point, passage, record, { recordDegrees: false, clock });
  expect(data.latencyMs).toBeCloseTo(Math.max(0, latencyMs), 1);
  expect(data.latencyMs).toBeGreaterThanOrEqual(0);
});
