import type { DoorModeVerb } from '../../ports/guard-desk.ts';
import type {
  DecisionView,
  DoorView,
  OrderView,
  PassageView,
  SiteView,
  VisitorView,
} from '../../ports/guard-feed.ts';
import { type Locale, wordIn } from '../shared/locale.ts';

/** Somebody an order can be about: whoever showed a genuine pass. */
export interface Person {
  readonly passId?: string;
  readonly holderRef?: string;
  /** How the guard knows the person. */
  readonly words: string;
}

/** Something the guard wants done; it still needs a reason. */
export type Order =
  | { readonly type: 'open'; readonly accessPoints: SiteView['accessPoints'] }
  | { readonly type: 'refuse'; readonly accessPoint: string }
  | { readonly type: 'measure'; readonly accessPoint: string }
  | { readonly type: 'door'; readonly door: DoorView; readonly verb: DoorModeVerb }
  | { readonly type: 'person'; readonly person: Person }
  | { readonly type: 'level'; readonly level: string; readonly opensGate: boolean }
  | { readonly type: 'occupancy'; readonly value: number }
  | { readonly type: 'addOrder'; readonly person?: Person; readonly kind: OrderView['kind'] }
  | { readonly type: 'endOrder'; readonly order: OrderView }
  | { readonly type: 'report'; readonly holderRef: string; readonly words: string }
  | { readonly type: 'forgive'; readonly person: Person }
  | { readonly type: 'endLockOut'; readonly accessPoint: string }
  | { readonly type: 'visitor'; readonly passId?: string; readonly host?: Person }
  | { readonly type: 'confirmHost'; readonly passId: string; readonly words: string };

export type Give = (order: Order) => void;

/** The person of a decision or of a passage under way, if there is one whose pass is genuine. */
export function personOf(locale: Locale, view: DecisionView | PassageView): Person | undefined {
  const { passId, holderRef, holder, label, kind } = view;
  if (passId === undefined) return undefined;
  const known = holder === undefined ? label : `${holder.label} ${holder.unit}`.trim();
  const words = [wordIn(locale.vocabulary.kind, kind), known ?? passId].filter(Boolean).join(' ');
  return { passId, words, ...(holderRef === undefined ? {} : { holderRef }) };
}

/** Whom an order is about, in words. */
export function subjectWords({ subject, holder }: OrderView): string {
  if (holder !== undefined) return `${holder.label} ${holder.unit}`.trim();
  return 'passId' in subject ? subject.passId : subject.holderRef;
}

/** Whom a visitor visits, in words. */
export function hostWords({ host, hostRef }: VisitorView): string | undefined {
  return host === undefined ? hostRef : `${host.label} ${host.unit}`.trim();
}
