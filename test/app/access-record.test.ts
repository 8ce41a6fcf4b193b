import { expect, it } from 'vitest';
import { accessData, blankFacts } from '../../src/app/passage/access-record.ts';
import { VirtualClock } from '../support/clock/virtual-clock.ts';
import { policyLevel } from '../support/gate/policy-samples.ts';

it.each([-0.06, -5, 0, 0.06, 23.44])('a latency of %d ms is published as what it can be', (latencyMs) => {
  const clock = new VirtualClock();
  const readAtMs = clock.read().monotonicMs - latencyMs;
  const facts = blankFacts({
    passage: 'p1',
    policy: policyLevel(),
    revocationVersion: 0,
    siteDay: 18_316,
    readAtMs,
  });
  const point = { id: 'main-in', door: 'main', direction: 'in', enabled: true } as const;
  const record = { name: 'access.denied', decidedBy: 'auto', reasons: ['gp:MalformedPass'] } as const;
  const data = accessData(point, facts, record, { recordDegrees: false, clock });
  expect(data.latencyMs).toBeCloseTo(Math.max(0, latencyMs), 1);
  expect(data.latencyMs).toBeGreaterThanOrEqual(0);
});
