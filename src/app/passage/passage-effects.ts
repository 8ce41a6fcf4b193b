import type { AccessPointFacts } from '../../core/decision/decision.ts';
import type { Effect, LedgerEntry } from '../../core/decision/effect.ts';
import type { AccessData } from '../../core/events/event.ts';
import { hasFlag, type PassClaims } from '../../core/pass/pass.ts';
import type { PassageRecord } from '../../core/passage/passage.ts';
import type { Counted } from '../../core/report/day-counts.ts';
import type { UndatedEvent } from '../log/event-writer.ts';
import { claimsOf, isGuest, type KnownPassage, type PassageFacts } from './passage-facts.ts';

/**
 * The changes of state in the transaction of a record. A person who is let through is always counted, by the gate or by
 * a guard.
 */
export function effectsOf(
  { id, facts }: Pick<KnownPassage, 'id' | 'facts'>,
  record: PassageRecord,
  accessPoint: AccessPointFacts,
): readonly Effect[] {
  switch (record.name) {
    case 'access.granted':
      return [
        ...shownEffects(facts),
        { kind: 'recordPassage', entry: ledgerEntry(id, facts, accessPoint) },
        countedAt(facts, accessPoint, 'granted', claimsOf(facts)?.kind ?? facts.recognition ?? 'guard'),
        ...countedScreening(facts, accessPoint),
      ];
    case 'access.denied':
      return [
        ...shownEffects(facts),
        countedAt(facts, accessPoint, 'denied', record.reasons[0]),
        ...countedScreening(facts, accessPoint),
      ];
    case 'access.requested':
      return shownEffects(facts);
    case 'access.taken':
      return [{ kind: 'confirmPassage', passage: id }];
    case 'access.nottaken':
      return [{ kind: 'giveBack', passage: id }, countedAt(facts, accessPoint, 'nottaken', undefined)];
  }
}

/** What showing the pass changes, whatever becomes of it. */
function shownEffects(facts: PassageFacts): readonly Effect[] {
  const { quota, holderRef, passId = '', expiresAt = 0 } = claimsOf(facts) ?? {};
  if (quota === undefined) return facts.effects;
  const account = holderRef ?? passId;
  return [...facts.effects, { kind: 'noteQuota', account, days: quota.days, untilMs: expiresAt * 1000 }];
}

/** One more of the day's counts at an access point. */
export function countedAt(
  { siteDay, quarter }: PassageFacts,
  { id, direction }: AccessPointFacts,
  what: Exclude<Counted, 'open'>,
  of: string | undefined,
): Effect {
  const finer = of === undefined ? {} : { of };
  return { kind: 'countDay', siteDay, quarter, accessPoint: id, direction, counted: what, ...finer };
}

function countedScreening(facts: PassageFacts, accessPoint: AccessPointFacts): readonly Effect[] {
  const { screening } = facts;
  if (screening === undefined || screening.class === 'skipped') return [];
  const outcome = countedAt(facts, accessPoint, 'screening', screening.class);
  if (screening.class !== 'normal') return [outcome];
  // Of people who were not normal there is no number beside that of the outcomes.
  const tenths = Math.round(screening.measurement.objectC * 10);
  return [outcome, { kind: 'countReading', siteDay: facts.siteDay, accessPoint: accessPoint.id, tenths }];
}

/** The event of the record, and further events that belong to it. */
export function eventsOf(facts: PassageFacts, record: PassageRecord, data: AccessData): UndatedEvent[] {
  const subject = data.accessPoint;
  const events: UndatedEvent[] = [{ name: record.name, subject, data }];
  if (record.name === 'access.denied' && record.reasons.includes('gp:GuardTimeout')) {
    const { decision, latencyMs, ...asked } = data;
    events.unshift({ name: 'access.timeout', subject, data: asked });
  }
  const claims = claimsOf(facts);
  if (claims === undefined) return events;
  const decided = record.name === 'access.granted' || record.name === 'access.denied';
  if (decided && hasFlag(claims, 'duress')) events.push({ name: 'access.duress', subject, data });
  if (record.name === 'access.granted' && facts.marks.includes('antipassback')) {
    const { accessPoint, direction, passage } = data;
    const { passId, holderRef } = claims;
    const whose = holderRef === undefined ? { passId } : { passId, holderRef };
    events.push({
      name: 'credential.apbviolation',
      subject,
      data: { accessPoint, direction, ...whose, passage },
    });
  }
  return events;
}

function ledgerEntry(passage: string, facts: PassageFacts, accessPoint: AccessPointFacts): LedgerEntry {
  const claims = claimsOf(facts);
  return {
    passage,
    ...(claims === undefined ? {} : passOf(claims)),
    ...(claims?.holderRef === undefined ? {} : { holderRef: claims.holderRef }),
    ...(isGuest(facts) ? { isGuest: true } : {}),
    direction: accessPoint.direction,
    accessPoint: accessPoint.id,
    siteDay: facts.siteDay,
  };
}

function passOf({ passId, kind, expiresAt, uses }: PassClaims): Partial<LedgerEntry> {
  return { passId, kind, passUntilMs: expiresAt * 1000, usesLimited: uses !== undefined };
}
