import type { RetentionClass } from '../access/vocabulary.ts';

/** The class of a row as a whole; the outcome of a screening ends before it. */
export type RowClass = Exclude<RetentionClass, 'screening'>;

/**
 * Rows that tell when a person came by: those of passages, and the movements of the door that belong to them. All
 * others are of class `operator`: what guards did, what was configured, alarms, devices.
 */
export const ACCESS_EVENTS: readonly string[] = [
  'access.requested',
  'access.granted',
  'access.denied',
  'access.taken',
  'access.nottaken',
  'access.timeout',
  'access.duress',
  'credential.apbviolation',
  'door.physical',
  'visitor.registered',
  'vehicle.registered',
];

/**
 * Rows whose data is about the log itself. It outlives the rest of the row, because verifying the log needs it. The
 * hash of a row depends on this list: an event that was ever published is neither added nor removed.
 */
export const LOG_EVENTS: readonly string[] = [
  'log.altered',
  'log.purged',
  'log.reset',
  'privacy.erased',
  'site.stooddown',
];

const OF_PASSAGES: ReadonlySet<string> = new Set(ACCESS_EVENTS);
const OF_THE_LOG: ReadonlySet<string> = new Set(LOG_EVENTS);

export function rowClassOf(name: string): RowClass {
  return OF_PASSAGES.has(name) ? 'access' : 'operator';
}

/**
 * To what the members of the data of an event belong: `reason` and all of the log's own data is kept, the screening is
 * a part of its own, and everything else is of the class of the row.
 */
export function fieldFate(name: string, member: string): 'kept' | 'screening' | 'row' {
  if (member === 'reason' || OF_THE_LOG.has(name)) return 'kept';
  return member === 'screening' ? 'screening' : 'row';
}
