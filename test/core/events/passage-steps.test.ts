import { expect, it } from 'vitest';
import type { RetentionClass } from '../../../src/core/access/vocabulary.ts';
import { sealEvent } from '../../../src/core/events/envelope.ts';
import type { EventDraft, StoredEvent } from '../../../src/core/events/event.ts';
import { passageSteps } from '../../../src/core/events/passage-steps.ts';
import { reduceBody } from '../../../src/core/events/stored-row.ts';
import { accessGranted, SAMPLE_ACCESS, SAMPLE_TIME_MS } from '../../support/gate/event-samples.ts';

const HOUR_MS = 3_600_000;

function row(sequence: number, draft: EventDraft, gone?: RetentionClass): StoredEvent {
  const { body } = sealEvent(draft, {
    id: `0170761a-a007-7000-8000-${String(sequence).padStart(12, '0')}`,
    ...{ site: 'willow-court', gate: 'north', sequence, prevHash: '0'.repeat(64) },
    epoch: '0170761a-a007-7fff-8000-000000000000',
    bootId: '7f6c8f0a-3d0b-4a37-9c0d-0f5d4a1c2b3e',
    recordedMs: SAMPLE_TIME_MS,
    salts: new Uint8Array(32),
  });
  const { name, timeMs } = draft;
  return {
    ...{ sequence, name, epoch: '', group: '' },
    timeMs: gone === 'access' ? Math.floor(timeMs / HOUR_MS) * HOUR_MS : timeMs,
    body: gone === undefined ? body : reduceBody(body, gone),
  };
}

const refused = {
  decision: 'Denied',
  reason: 'gp:TemperatureHigh',
  reasons: ['gp:TemperatureHigh', 'CredentialExpired'],
  screening: { mode: 'enforce', outcome: 'elevated', attempts: 2, object: 37.9, ambient: 22.4 },
} as const;
const dated = { timeMs: SAMPLE_TIME_MS, timeQuality: 'unsynced' } as const;
const denied = { ...accessGranted(refused), name: 'access.denied', ...dated } as EventDraft;
const opened: EventDraft = {
  ...{ name: 'operator.override', subject: 'main-in', ...dated },
  data: { operator: 'chen', action: 'open', passage: 'passage-1', note: 'Contact reading 36.8' },
};
const looked: EventDraft = {
  ...{ name: 'operator.lookup', subject: 'north', ...dated },
  data: { operator: 'chen', of: 'passage', passId: '00112233aabbccdd' },
};

it('tells a passage by its rows, in their order, without who looked at it and without naming anybody', () => {
  const steps = passageSteps([
    row(7, looked),
    row(6, accessGranted({ decidedBy: 'chen' })),
    row(5, opened),
    row(4, denied),
  ]);
  expect(steps.map(({ sequence, name }) => [sequence, name])).toEqual([
    [4, 'access.denied'],
    [5, 'operator.override'],
    [6, 'access.granted'],
  ]);
  expect(steps[0]).toMatchObject({
    ...{ form: 'full', isUnsynced: true, decidedBy: 'auto', latencyMs: 12, level: 'normal' },
    ...{ reasons: refused.reasons, screening: refused.screening },
  });
  expect(steps[1]).toMatchObject({ operator: 'chen', action: 'open', note: 'Contact reading 36.8' });
  expect(steps[2]).toMatchObject({ decidedBy: 'chen', screening: SAMPLE_ACCESS.screening });
  expect(JSON.stringify(steps)).not.toMatch(/00112233aabbccdd|a1b2c3d4e5f6|passage-1/);
});

it('says what is gone of a row, and never makes it up', () => {
  const [whole, without, reduced, broken] = passageSteps([
    row(1, denied),
    row(2, denied, 'screening'),
    row(3, { ...denied, data: { ...denied.data, reason: 'CredentialExpired' } } as EventDraft, 'access'),
    { ...row(4, denied), body: new Uint8Array() },
  ]);
  expect(whole?.isReadingErased).toBeUndefined();
  // What would tell of the reading is gone with it, the refusal stays.
  expect(without).toMatchObject({ name: 'access.denied', form: 'full', isReadingErased: true });
  expect(without).not.toHaveProperty('screening');
  expect(without).not.toHaveProperty('reasons');
  expect(reduced).toEqual({
    ...{ sequence: 3, name: 'access.denied', form: 'reduced', reasons: ['CredentialExpired'] },
    timeMs: Date.UTC(2020, 1, 24, 8),
  });
  expect(broken).toEqual({ sequence: 4, name: 'access.denied', timeMs: SAMPLE_TIME_MS, form: 'altered' });
});
