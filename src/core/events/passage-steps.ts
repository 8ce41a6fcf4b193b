import type { AccessData, EventName, ScreeningRecord, StoredEvent } from './event.ts';
import { type RowView, viewOf } from './row-view.ts';

/** Whose parts an access row may lack: `reading`: what the screening found; `altered`: it cannot be read. */
export type StepForm = RowView['form'] | 'altered';

/** What one row says about a passage, without whom it was about: that is the passage's, not the row's. */
export interface PassageStep {
  readonly sequence: number;
  readonly name: EventName;
  /** Unix milliseconds; of a reduced row the full hour. */
  readonly timeMs: number;
  readonly form: StepForm;
  /** The clock could not be believed then. */
  readonly isUnsynced?: true;
  readonly reasons?: AccessData['reasons'];
  readonly marks?: AccessData['marks'];
  /** Degrees are in it only where the site records them. */
  readonly screening?: ScreeningRecord;
  /** What the screening found was there, and is erased. */
  readonly isReadingErased?: true;
  readonly decidedBy?: string;
  /** Who of the desk did it, what, and why in their words. */
  readonly operator?: string;
  readonly action?: string;
  readonly note?: string;
  readonly level?: string;
  readonly latencyMs?: number;
  readonly unreadable?: number;
  /** The row stands for so many; what it says is of the last of them. */
  readonly counted?: number;
}

/** Rows that tell who has looked at it, not how it went. */
const ASIDE: ReadonlySet<string> = new Set(['operator.lookup']);

/** The rows of a passage in the order in which they came; those of one moment by their numbers. */
export function passageSteps(rows: readonly StoredEvent[]): readonly PassageStep[] {
  return rows
    .filter(({ name }) => !ASIDE.has(name))
    .map(stepOf)
    .sort((a, b) => a.sequence - b.sequence);
}

function stepOf({ sequence, name, timeMs, body }: StoredEvent): PassageStep {
  const view = viewOf(body);
  const row = { sequence, name, timeMs } as const;
  if (view === undefined) return { ...row, form: 'altered' };
  const { form, envelope, data } = view;
  const access = data as Partial<AccessData>;
  const { reason } = access;
  const reasons = form === 'full' ? access.reasons : reason === undefined ? undefined : [reason];
  const unreadable = access.unreadable?.length;
  const level = access.policy?.level;
  return {
    ...row,
    form,
    ...(envelope.timequality === 'unsynced' ? { isUnsynced: true } : {}),
    ...(reasons === undefined || reasons.length === 0 ? {} : { reasons }),
    ...(isReadingErased(view) ? { isReadingErased: true } : {}),
    ...(unreadable === undefined ? {} : { unreadable }),
    ...(level === undefined ? {} : { level }),
    ...of(access, 'marks', 'screening', 'decidedBy', 'latencyMs', 'counted'),
    ...of(data as { operator?: string; action?: string; note?: string }, 'operator', 'action', 'note'),
  };
}

/** Whether what a screening found is gone from a row that is whole otherwise. */
export function isReadingErased({ form, envelope, data }: RowView): boolean {
  const { commitments } = envelope;
  const isGone = typeof commitments === 'string' && /(?:^| )(?:reading|screening)=/.test(commitments);
  return form === 'full' && isGone && data.screening === undefined;
}

function of<T extends object, K extends keyof T>(data: T, ...names: readonly K[]): Pick<T, K> {
  const there = names.filter((name) => data[name] !== undefined).map((name) => [name, data[name]]);
  return Object.fromEntries(there) as Pick<T, K>;
}
