import { reasonsWith } from '../access/reasons.ts';
import type { RetentionClass } from '../access/vocabulary.ts';

/** The class of a row as a whole; the outcome of a screening ends before it. */
export type RowClass = Exclude<RetentionClass, 'screening'>;

/**
 * The parts of a row as its lists name them. `reading` is of the class `screening`; rows of the form before have a part
 * `screening` with the outcome alone.
 */
export type RowPart = RowClass | 'reading' | 'screening';

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
  'assist.requested',
  'assist.unanswered',
  'credential.apbviolation',
  'door.physical',
  'visitor.registered',
  'vehicle.registered',
  'delivery.registered',
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

type Members = Readonly<Record<string, unknown>>;

/**
 * To what a member of the data of an event belongs: all of the log's own data is kept, and so is `reason`. What a
 * reading has led to is a part of its own: the screening, reasons about it, and which of what calls for attention about
 * a passage a guard has seen, because one of it is an elevated reading. Everything else is of the class of the row.
 */
export function fieldFate(name: string, member: string, data: Members): 'kept' | 'reading' | 'row' {
  if (OF_THE_LOG.has(name)) return 'kept';
  if (member === 'screening') return 'reading';
  if (member === 'reason') return isAboutReading(data.reason) ? 'reading' : 'kept';
  if (member === 'reasons') return listOf(data.reasons).some(isAboutReading) ? 'reading' : 'row';
  if (member === 'item') return 'passage' in data ? 'reading' : 'row';
  return 'row';
}

/**
 * What stays of `reasons` in the class of the row where some are about the reading: the others. None where the first
 * one is, for those behind it tell what became of it.
 */
export function reasonsLeft(data: Members): readonly unknown[] {
  return isAboutReading(data.reason) ? [] : listOf(data.reasons).filter((reason) => !isAboutReading(reason));
}

/** The data of an event by what becomes of it. */
export interface DividedData {
  readonly kept: Members;
  readonly row: Members;
  readonly reading: Members;
}

export function divided(name: string, data: Members): DividedData {
  // Each row that is written or read passes here: one loop, and no lists.
  const parts: Record<ReturnType<typeof fieldFate>, Record<string, unknown>> = {
    kept: {},
    reading: {},
    row: {},
  };
  for (const member of Object.keys(data)) {
    const fate = fieldFate(name, member, data);
    putMember(parts[fate], member, data[member]);
    if (fate === 'reading' && member === 'reasons') putMember(parts.row, member, reasonsLeft(data));
  }
  return parts;
}

/** An own member of any name: assigning to `__proto__` would make none. */
export function putMember(to: Record<string, unknown>, member: string, value: unknown): void {
  if (member === '__proto__') Object.defineProperty(to, member, { value, enumerable: true });
  else to[member] = value;
}

/** The same by the rule of rows whose lists name a part `screening`, or neither that nor `reading`. */
export function dividedBefore(name: string, data: Members): DividedData {
  if (OF_THE_LOG.has(name)) return { kept: data, row: {}, reading: {} };
  const { reason, screening, ...row } = data;
  return {
    kept: reason === undefined ? {} : { reason },
    row,
    reading: screening === undefined ? {} : { screening },
  };
}

const ABOUT_READING: ReadonlySet<unknown> = reasonsWith('about', 'reading');

function isAboutReading(reason: unknown): boolean {
  return ABOUT_READING.has(reason);
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
