import type { GuardOrder } from '../../core/desk/guard-order.ts';
import type { DoorVerb } from '../../core/door/door-orders.ts';
import type { DecisionView, OrderView, PassageView, VisitorView } from '../../ports/boards.ts';
import type { DoorView } from '../../ports/gate-state.ts';
import type { SiteView } from '../../ports/guard-feed.ts';
import { type Locale, wordIn } from '../shared/locale.ts';

/** Somebody an order can be about: whoever showed a genuine pass. */
export interface Person {
  readonly passId?: string;
  readonly holderRef?: string;
  /** How the guard knows the person. */
  readonly words: string;
}

/** What the page shows of the person an order is about: the gate may have moved on by the time the order is sent. */
export interface Named {
  readonly passage?: string | null;
  readonly another?: true;
  readonly overrule?: true;
}

/** What is said of a way where nobody stands. */
const NOBODY: ReadonlySet<PassageView['feedback']> = new Set([
  'Idle',
  'RequireIdentifier',
  'Disabled',
] as const);

/** Names who stands at an access point, for a guard who lets somebody through there. */
export function namedBy(view: PassageView | undefined): Named {
  if (view === undefined || NOBODY.has(view.feedback)) return { passage: null };
  const { feedback, passage } = view;
  if (passage === undefined) return {};
  if (feedback === 'AccessGranted') return { passage, another: true };
  const isWaiting = feedback === 'Measure' || feedback === 'Wait' || feedback === 'GuardCalled';
  return isWaiting ? { passage } : { passage, overrule: true };
}

/** An order that needs nothing but a reason, and some the password, with the words in which the guard is asked for it. */
export interface PlainOrder {
  readonly type: 'plain';
  readonly title: string;
  readonly effect?: string;
  /** Ready-made reasons. */
  readonly presets: readonly string[];
  readonly draft: (note: string) => GuardOrder;
}

/** Something the guard wants done; it still needs a reason. `person` is a choice of what may be done about somebody. */
export type Order =
  | {
      readonly type: 'open';
      readonly accessPoints: readonly Pick<SiteView['accessPoints'][number], 'id' | 'direction'>[];
      /** Who stood at each access point when the guard began; filled in by the desk. */
      readonly named?: Readonly<Record<string, Named>>;
    }
  | {
      readonly type: 'refuse' | 'measure';
      readonly accessPoint: string;
      readonly passage: string | undefined;
    }
  | { readonly type: 'door'; readonly door: DoorView; readonly verb: DoorVerb }
  | { readonly type: 'person'; readonly person: Person }
  | {
      readonly type: 'enable' | 'disable';
      readonly point: SiteView['accessPoints'][number];
    }
  | { readonly type: 'level'; readonly level: string; readonly opensGate: boolean }
  | { readonly type: 'occupancy'; readonly value: number }
  | { readonly type: 'order'; readonly person?: Person; readonly kind: OrderView['kind'] }
  | { readonly type: 'end-order'; readonly order: OrderView }
  | { readonly type: 'report'; readonly holderRef: string; readonly words: string }
  | { readonly type: 'forgive' | 'give-back-quota'; readonly person: Person }
  | PlainOrder
  | { readonly type: 'visitor'; readonly passId?: string; readonly host?: Person }
  | {
      readonly type: 'confirm-host';
      readonly passId: string;
      readonly words: string;
      readonly passage?: string | undefined;
    };

export type Give = (order: Order) => void;

/** The person of a decision or of a passage under way, if there is one whose pass is genuine. */
export function personOf(locale: Locale, view: DecisionView | PassageView): Person | undefined {
  const { passId, holderRef, holder, label, kind } = view;
  if (passId === undefined) return undefined;
  // A household's entry names all its members; the pass may say which one it is.
  const known = holder === undefined ? label : `${label ?? holder.label} ${holder.unit}`.trim();
  const words = [wordIn(locale.vocabulary.kind, kind), known ?? passId].filter(Boolean).join(' ');
  return { passId, words, ...(holderRef === undefined ? {} : { holderRef }) };
}

/** A way through a door, in words. */
export function placeWords({ vocabulary }: Locale, point: SiteView['accessPoints'][number]): string {
  return `${vocabulary.direction[point.direction]} ${point.id}`;
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
