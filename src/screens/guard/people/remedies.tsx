import type { ComponentChildren } from 'preact';
import { attributesOf, type Reason } from '../../../core/access/reasons.ts';
import type { DecisionView, PassageView, VisitorView } from '../../../ports/boards.ts';
import { OrderButton } from '../order-button.tsx';
import { type Give, type Order, personOf } from '../orders.ts';
import { useWords } from '../words.ts';

interface Props {
  readonly view: DecisionView | PassageView;
  /** The visitors' book; a visitor who is in it needs no second entry. */
  readonly visitors: readonly VisitorView[];
  readonly onOrder: Give;
  /** Further actions. */
  readonly children?: ComponentChildren;
}

/** The orders that remove the reason of a refusal, if any, as buttons beside the refusal. */
export function Remedies({ view, visitors, onOrder, children }: Props) {
  const { locale } = useWords();
  const { remedies: words } = locale.guard;
  const person = personOf(locale, view);
  if (person?.passId === undefined) return null;
  const { passId } = person;
  const entry = visitors.find((visitor) => visitor.passId === passId);
  const ordersFor = (reason: Reason): [string, Order][] => {
    const { order } = attributesOf(reason);
    switch (order) {
      case 'forgive':
        return [[words.forgive, { type: 'forgive', person }]];
      case 'giveBackQuota':
      case 'giveBackUses': {
        // The quota belongs to the household, the number of uses to the pass.
        const { holderRef, words: who } = person;
        const household = order === 'giveBackQuota' && holderRef !== undefined;
        const whose = household ? { holderRef, words: who } : { passId, words: who };
        return [[words.giveBackQuota, { type: 'give-back-quota', person: whose }]];
      }
      case 'registerVisitor':
        return entry === undefined ? [[words.register, { type: 'visitor', passId }]] : [];
      case 'confirmHost': {
        if (entry?.hostConfirmed === true) return [];
        const { passage } = view;
        return [[words.confirmHost, { type: 'confirm-host', passId, words: person.words, passage }]];
      }
      case '-':
        return [];
    }
  };
  const found = view.reasons.flatMap(ordersFor);
  if (found.length === 0 && !children) return null;
  return (
    <span class="remedies">
      {found.map(([name, order]) => (
        <OrderButton order={order} onOrder={onOrder} key={name} class="primary">
          {name}
        </OrderButton>
      ))}
      {children}
    </span>
  );
}
