/** What the body of a row says, and whether it is one of those that somebody asks for. */

/** `full`: as it was written. `reduced`: what retention or an erasure has left (config/contract/README.md#privacy). */
export type RowForm = 'full' | 'reduced';

const REDUCED_SCHEMA = 'urn:gatepost:event:reduced:v1';

export interface RowView {
  readonly form: RowForm;
  readonly envelope: Readonly<Record<string, unknown>>;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Which rows are asked for; every member that is there has to fit. */
export interface RowQuery {
  /** Unix milliseconds. The first is included, the second is not. */
  readonly fromMs?: number;
  readonly toMs?: number;
  /** Names of events (`access.denied`), or groups of them (`access`). */
  readonly types?: readonly string[];
  readonly accessPoint?: string;
  /** Among all reasons of the row. */
  readonly reason?: string;
  /** Of the pass that was shown. */
  readonly kind?: string;
  readonly passId?: string;
  /** Pseudonym, of the holder or of the host of a visitor. */
  readonly holderRef?: string;
}

/** Undefined if the body is not a JSON object: somebody has changed it. */
export function viewOf(body: Uint8Array): RowView | undefined {
  const envelope = objectIn(parsed(body));
  if (envelope === undefined) return undefined;
  const form = envelope.dataschema === REDUCED_SCHEMA ? 'reduced' : 'full';
  return { form, envelope, data: objectIn(envelope.data) ?? {} };
}

/** Whether a row is asked for. What an unreadable row was about nobody knows: it fits by name and time alone. */
export function isAskedFor(
  row: { readonly name: string; readonly timeMs: number; readonly body: Uint8Array },
  query: RowQuery,
): boolean {
  const { fromMs = -Infinity, toMs = Infinity, types, accessPoint, reason, kind, passId, holderRef } = query;
  if (row.timeMs < fromMs || row.timeMs >= toMs) return false;
  if (types !== undefined && !types.some((type) => row.name === type || row.name.startsWith(`${type}.`)))
    return false;
  if ([accessPoint, reason, kind, passId, holderRef].every((one) => one === undefined)) return true;
  const view = viewOf(row.body);
  if (view === undefined) return false;
  const { envelope, data } = view;
  return (
    (accessPoint === undefined || placeOf(row.name, envelope.subject, data) === accessPoint) &&
    (reason === undefined || data.reason === reason || holds(data.reasons, reason)) &&
    (kind === undefined || data.kind === kind) &&
    (passId === undefined || data.passId === passId) &&
    (holderRef === undefined || data.holderRef === holderRef || data.hostRef === holderRef)
  );
}

/**
 * The access point that an event is about, as far as it says so: in its data, or as its subject where that is not a
 * door.
 */
export function placeOf(
  name: string,
  subject: unknown,
  { accessPoint }: { readonly accessPoint?: unknown },
): string | undefined {
  const place = accessPoint ?? (name.startsWith('door.') ? undefined : subject);
  return typeof place === 'string' ? place : undefined;
}

function holds(list: unknown, value: string): boolean {
  return Array.isArray(list) && list.includes(value);
}

function parsed(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}

export function objectIn(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}
