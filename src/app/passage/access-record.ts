import type { AccessPointFacts } from '../../core/decision/decision.ts';
import type { AccessData, ScreeningRecord } from '../../core/events/event.ts';
import type { PassageRecord } from '../../core/passage/passage.ts';
import type { ContactReading } from '../../core/screening/contact-reading.ts';
import type { ScreeningOutcome } from '../../core/screening/screening.ts';
import type { Clock } from '../../ports/clock.ts';
import type { KnownPassage, PassageFacts } from './passage-facts.ts';

/**
 * Builds the data of an `access.*` event (config/contract/README.md#events): outcome classes, and degrees only with
 * `recordDegrees`. Reads the clock after the facts are known, so that the latency cannot be negative.
 */
export function accessData(
  accessPoint: AccessPointFacts,
  { id, facts }: KnownPassage,
  record: PassageRecord,
  options: { recordDegrees: boolean; clock: Clock },
): AccessData {
  const verified = facts.pass?.status === 'verified' ? facts.pass : undefined;
  const screening = screeningRecord(facts, options.recordDegrees);
  const decided = record.name === 'access.granted' || record.name === 'access.denied';
  const reasons = 'reasons' in record ? record.reasons : [];
  const [reason] = reasons;
  return {
    accessPoint: accessPoint.id,
    door: accessPoint.door,
    direction: accessPoint.direction,
    ...(decided
      ? { decision: record.name === 'access.granted' ? ('Granted' as const) : ('Denied' as const) }
      : {}),
    ...(reason === undefined ? {} : { reason }),
    reasons,
    ...(record.name === 'access.granted' && facts.marks.length > 0 ? { marks: facts.marks } : {}),
    recognition: facts.recognition ?? (isShown(facts) ? 'gp:QRCode' : 'guard'),
    ...(verified === undefined
      ? {}
      : {
          passId: verified.claims.passId,
          ...(verified.claims.holderRef === undefined ? {} : { holderRef: verified.claims.holderRef }),
          kind: verified.claims.kind,
          ...(verified.host === undefined ? {} : { guest: true as const }),
          keyId: verified.keyId,
        }),
    policy: { level: facts.policy.level, version: facts.policy.version },
    ...(facts.revocationVersion === 0 ? {} : { revocationVersion: facts.revocationVersion }),
    ...(screening === undefined ? {} : { screening }),
    decidedBy: 'decidedBy' in record ? record.decidedBy : 'auto',
    ...(decided ? { latencyMs: latencyMs(facts, options.clock) } : {}),
    passage: id,
    ...(facts.unreadable === undefined ? {} : { unreadable: facts.unreadable }),
  };
}

/**
 * Time from the complete code until now, in milliseconds with one decimal. Never negative, even if the reader gave a
 * later time for its code.
 */
export function latencyMs({ readAtMs }: PassageFacts, clock: Clock): number {
  return Math.max(0, Math.round((clock.read().monotonicMs - readAtMs) * 10) / 10);
}

function isShown({ pass, unreadable }: PassageFacts): boolean {
  return pass !== undefined || unreadable !== undefined;
}

function screeningRecord(facts: PassageFacts, recordDegrees: boolean): ScreeningRecord | undefined {
  const { screening, screeningMode: mode, contactReading } = facts;
  const byHand =
    contactReading === undefined ? {} : { contactReading: contactRecord(contactReading, recordDegrees) };
  if (facts.pass?.status !== 'verified' && contactReading === undefined) return undefined;
  if (screening === undefined || screening.class === 'skipped')
    return { mode, outcome: 'skipped', ...byHand };
  return { mode, ...sensorRecord(screening, facts, recordDegrees), ...byHand };
}

function sensorRecord(
  screening: Exclude<ScreeningOutcome, { class: 'skipped' }>,
  { sensor }: PassageFacts,
  recordDegrees: boolean,
): Omit<ScreeningRecord, 'mode'> {
  const { measurement } = screening;
  return {
    outcome: screening.class,
    ...(screening.class === 'notMeasurable' ? { cause: screening.cause } : {}),
    attempts: screening.attempts,
    ...(sensor === undefined ? {} : { sensor }),
    ...(recordDegrees && measurement !== undefined
      ? {
          object: measurement.objectC,
          ...(measurement.ambientC === undefined ? {} : { ambient: measurement.ambientC }),
          estimate: measurement.estimateC,
          model: measurement.model,
        }
      : {}),
  };
}

/** A contact reading as rows say it: its outcome, and degrees only with `recordDegrees`. */
export function contactRecord(
  { method, outcome, enteredBy, degreesC }: ContactReading,
  recordDegrees: boolean,
): NonNullable<ScreeningRecord['contactReading']> {
  return { method, outcome, enteredBy, ...(recordDegrees ? { degrees: degreesC } : {}) };
}
