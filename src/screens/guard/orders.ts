import type { GuardOrder } from '../../core/desk/guard-order.ts';
import type { DoorVerb } from '../../core/door/door-orders.ts';
import type { DecisionView, OrderView, PassageView, VisitorView } from '../../ports/boards.ts';
import type { DoorView } from '../../ports/gate-state.ts';
import type { SiteView } from '../../ports/guard-feed.ts';
import { type Locale, wordIn } from '../shared/locale.ts';

/** A person whom an order can be about: one who showed a genuine pass. */
export interface Person {
  readonly passId?: string;
  readonly holderRef?: string;
  /** How the guard knows the person. */
  readonly words: string;
}

/** What the page showed about the person of an order; the situation may have changed when the order is sent. */
export interface Named {
  readonly passage?: string | null;
  readonly another?: true;
  readonly overrule?: true;
}

/** Feedback of an access point where nobody stands. */
const NOBODY: ReadonlySet<PassageView['feedback']> = new Set([
  'Idle',
  'RequireIdentifier',
  'Disabled',
] as const);

/** Names the person at an access point, for a guard who lets a person through there. */
export function namedBy(view: PassageView | undefined): Named {
  if (view === undefined || NOBODY.has(view.feedback)) return { passage: null };
  const { feedback, passage } = view;
  if (passage === undefined) return {};
  if (feedback === 'AccessGranted') return { passage, another: true };
  const isWaiting = feedback === 'Measure' || feedback === 'Wait' || feedback === 'GuardCalled';
  return isWaiting ? { passage } : { passage, overrule: true };
}

/** An order that needs only a reason, and sometimes the password, with the words of its dialog. */
export interface PlainOrder {
  readonly type: 'plain';
  readonly title: string;
  readonly effect?: string;
  /** Ready-made reasons. */
  readonly presets: readonly string[];
  readonly draft: (note: string) => GuardOrder;
}

/**
 * An order that the guard has begun and that still needs a reason. `person` opens the menu of orders about one person.
 */
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
  | {
      readonly type: 'contact-reading';
      readonly accessPoint: Pick<SiteView['accessPoints'][number], 'id' | 'direction'>;
      readonly passage: string;
      /** The person was refused. */
      readonly overrule: boolean;
    }
  | { readonly type: 'door'; readonly door: DoorView; readonly verb: DoorVerb }
  | { readonly type: 'person'; readonly person: Person }
  | {
      readonly type: 'enable' | 'disable';
      readonly point: SiteView['accessPoints'][number];
    }
  | {
      readonly type: 'level';
      readonly level: string;
      readonly opensGate: boolean;
      /** A schedule has the levels, and this stands against it. */
      readonly scheduled: boolean;
    }
  | { readonly type: 'occupancy'; readonly value: number }
  | { readonly type: 'order'; readonly person?: Person; readonly kind: OrderView['kind'] }
  | { readonly type: 'end-order'; readonly order: OrderView }
  | { readonly type: 'report'; readonly holderRef: string; readonly words: string }
  | { readonly type: 'forgive' | 'give-back-quota'; readonly person: Person }
  | PlainOrder
  | { readonly type: 'visitor'; readonly passId?: string; readonly host?: Person }
  | { readonly type: 'visitor-pass'; readonly host?: Person }
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
  // The entry of a household names all its members; the pass may name the one.
  const known = holder === undefined ? label : `${label ?? holder.label} ${holder.unit}`.trim();
  const words = [wordIn(locale.vocabulary.kind, kind), known ?? passId].filter(Boolean).join(' ');
  return { passId, words, ...(holderRef === undefined ? {} : { holderRef }) };
}

/** An access point, in words. */
export function placeWords({ vocabulary }: Locale, point: SiteView['accessPoints'][number]): string {
  return `${vocabulary.direction[point.direction]} ${point.id}`;
}

/** The subject of an order, in words. */
export function subjectWords({ subject, holder }: OrderView): string {
  if (holder !== undefined) return `${holder.label} ${holder.unit}`.trim();
  return 'passId' in subject ? subject.passId : subject.holderRef;
}

/** The host of a visitor, in words, or the unit that is visited. */
export function hostWords({ host, hostRef, unit }: VisitorView): string | undefined {
  return host === undefined ? (unit ?? hostRef) : `${host.label} ${host.unit}`.trim();
}
