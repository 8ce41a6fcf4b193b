import type { ComponentChildren } from 'preact';
import type { DecisionView, PassageView, VisitorView } from '../../../ports/boards.ts';
import { type Give, type Order, personOf } from '../orders.ts';
import { useWords } from '../words.ts';

interface Props {
  readonly view: DecisionView | PassageView;
  /** Who is in the book needs no second entry. */
  readonly visitors: readonly VisitorView[];
  readonly onOrder: Give;
  /** What else can be done about it. */
  readonly children?: ComponentChildren;
}

/** The order that puts right why somebody was refused, where there is one: beside the refusal, not in a menu. */
export function Remedies({ view, visitors, onOrder, children }: Props) {
  const { locale } = useWords();
  const { remedies: words } = locale.guard;
  const person = personOf(locale, view);
  if (person?.passId === undefined) return null;
  const { passId } = person;
  const entry = visitors.find((visitor) => visitor.passId === passId);
  const found: [string, Order][] = view.reasons.flatMap((reason): [string, Order][] => {
    if (reason === 'gp:AntipassbackViolation') return [[words.forgive, { type: 'forgive', person }]];
    if (reason === 'gp:QuotaExceeded' || reason === 'gp:MaxUses') {
      // A household's quota is that of all its passes; uses are a pass's own.
      const { holderRef, words: who } = person;
      const household = reason === 'gp:QuotaExceeded' && holderRef !== undefined;
      const whose = household ? { holderRef, words: who } : { passId, words: who };
      return [[words.giveBackQuota, { type: 'giveBackQuota', person: whose }]];
    }
    if (reason === 'gp:VisitorNotRegistered' && entry === undefined)
      return [[words.register, { type: 'visitor', passId }]];
    if (reason === 'gp:HostNotConfirmed' && entry?.hostConfirmed !== true)
      return [
        [words.confirmHost, { type: 'confirmHost', passId, words: person.words, passage: view.passage }],
      ];
    return [];
  });
  if (found.length === 0 && !children) return null;
  return (
    <span class="remedies">
      {found.map(([name, order]) => (
        <button
          key={name}
          type="button"
          aria-haspopup="dialog"
          class="primary"
          onClick={() => onOrder(order)}
        >
          {name}
        </button>
      ))}
      {children}
    </span>
  );
}
