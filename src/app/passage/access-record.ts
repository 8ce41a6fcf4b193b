import type { AccessMark, AccessPointFacts } from '../../core/decision/decision.ts';
import type { Effect } from '../../core/decision/effect.ts';
import type { AccessData, ScreeningRecord } from '../../core/events/event.ts';
import type { PassReading } from '../../core/pass/pass.ts';
import type { PassageRecord } from '../../core/passage/passage.ts';
import type { PolicyLevel } from '../../core/policy/policy.ts';
import type { ScreeningMode, ScreeningOutcome } from '../../core/screening/screening.ts';
import type { Clock } from '../../ports/clock.ts';

/** What is known of one passage while it lasts. Lives in memory only. */
export interface PassageFacts {
  readonly passage: string;
  /** Absent for a pass that is shown, and for a guard's order about somebody without one. */
  readonly recognition?: 'pt:REX' | 'guard';
  /** Undefined where a guard opened without a pass. */
  readonly pass: PassReading | undefined;
  /** For what could not be read as a pass. */
  readonly unreadable: { readonly length: number; readonly digest: string } | undefined;
  readonly policy: PolicyLevel;
  /** Number of the revocation list; 0 where there is none. */
  readonly revocationVersion: number;
  readonly screeningMode: ScreeningMode;
  readonly screening: ScreeningOutcome | undefined;
  readonly sensor: string | undefined;
  /** What is said beside a grant. */
  readonly marks: readonly AccessMark[];
  /** The site's day of the decision: the day its passage counts for, however long the person takes. */
  readonly siteDay: number;
  /** Changes of durable state that the decision implies. */
  readonly effects: readonly Effect[];
  /** The step of the phone code is on record, for this showing of it. */
  readonly stepRecorded: boolean;
  /** Monotonic ms at which the code was complete. */
  readonly readAtMs: number;
}

/** What is known of a passage before anything was read or asked. */
export function blankFacts(
  known: Pick<PassageFacts, 'passage' | 'policy' | 'revocationVersion' | 'siteDay' | 'readAtMs'>,
): PassageFacts {
  return {
    ...known,
    pass: undefined,
    unreadable: undefined,
    marks: [],
    screeningMode: 'off',
    screening: undefined,
    sensor: undefined,
    effects: [],
    stepRecorded: false,
  };
}

/**
 * Builds the data of an `access.*` event (config/contract/README.md#events): outcome classes, and degrees only if
 * `recordDegrees` says so. The clock is read in here, after the facts are known, so that the latency cannot be
 * negative.
 */
export function accessData(
  accessPoint: AccessPointFacts,
  facts: PassageFacts,
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
          keyId: verified.keyId,
        }),
    policy: { level: facts.policy.level, version: facts.policy.version },
    ...(facts.revocationVersion === 0 ? {} : { revocationVersion: facts.revocationVersion }),
    ...(screening === undefined ? {} : { screening }),
    decidedBy: 'decidedBy' in record ? record.decidedBy : 'auto',
    ...(decided ? { latencyMs: latencyMs(facts, options.clock) } : {}),
    passage: facts.passage,
    ...(facts.unreadable === undefined ? {} : { unreadable: facts.unreadable }),
  };
}

/**
 * From the complete code to this decision, to a tenth of a millisecond. Never negative, whatever a reader gave as the
 * moment of its code.
 */
function latencyMs({ readAtMs }: PassageFacts, clock: Clock): number {
  return Math.max(0, Math.round((clock.read().monotonicMs - readAtMs) * 10) / 10);
}

function isShown({ pass, unreadable }: PassageFacts): boolean {
  return pass !== undefined || unreadable !== undefined;
}

function screeningRecord(facts: PassageFacts, recordDegrees: boolean): ScreeningRecord | undefined {
  const { screening, screeningMode, sensor } = facts;
  if (facts.pass?.status !== 'verified') return undefined;
  if (screening === undefined || screening.class === 'skipped') {
    return { mode: screeningMode, outcome: 'skipped' };
  }
  const { measurement } = screening;
  return {
    mode: screeningMode,
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
