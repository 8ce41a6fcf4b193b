import type { DecisionView, PassageView } from '../../ports/guard-feed.ts';
import { type Give, type Order, personOf } from './orders.ts';
import { useWords } from './words.ts';

/** The order that puts right why somebody was refused, where there is one: beside the refusal, not in a menu. */
export function Remedies({ view, onOrder }: { view: DecisionView | PassageView; onOrder: Give }) {
  const { locale } = useWords();
  const { remedies: words } = locale.guard;
  const person = personOf(locale, view);
  const found: [string, Order][] = view.reasons.flatMap((reason): [string, Order][] => {
    if (reason === 'gp:MaxAttempts')
      return [[words.endLockOut, { type: 'endLockOut', accessPoint: view.accessPoint }]];
    if (person?.passId === undefined) return [];
    const { passId } = person;
    if (reason === 'gp:AntipassbackViolation') return [[words.forgive, { type: 'forgive', person }]];
    if (reason === 'gp:VisitorNotRegistered') return [[words.register, { type: 'visitor', passId }]];
    if (reason === 'gp:HostNotConfirmed')
      return [[words.confirmHost, { type: 'confirmHost', passId, words: person.words }]];
    return [];
  });
  if (found.length === 0) return null;
  return (
    <span class="remedies">
      {found.map(([name, order]) => (
        <button key={name} type="button" class="primary" onClick={() => onOrder(order)}>
          {name}
        </button>
      ))}
    </span>
  );
}
