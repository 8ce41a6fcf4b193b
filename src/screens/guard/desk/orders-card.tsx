import type { OrderView } from '../../../ports/boards.ts';
import { fill, wordIn } from '../../shared/locale.ts';
import { dayText } from '../../shared/times.ts';
import { OrderButton } from '../order-button.tsx';
import { type Give, subjectWords } from '../orders.ts';
import { useWords } from '../words.ts';
import { useUntilText } from './until-text.ts';

interface Props {
  readonly orders: readonly OrderView[];
  /** The gate's time, Unix milliseconds. */
  readonly nowMs: number;
  readonly onOrder: Give;
}

/** Standing orders. Those of a signed list are from the centre and cannot be ended here. */
export function OrdersCard({ orders, nowMs, onOrder }: Props) {
  const words = useWords().locale.guard.orders;
  return (
    <section class="card" aria-labelledby="orders">
      <div class="card-head">
        <h2 id="orders">{words.title}</h2>
        <OrderButton order={{ type: 'order', kind: 'quarantine' }} onOrder={onOrder} class="primary">
          {words.add}
        </OrderButton>
      </div>
      {orders.length === 0 && <p class="none">{words.none}</p>}
      <ul class="entries">
        {orders.map((order) => (
          <Entry key={order.id} order={order} nowMs={nowMs} onOrder={onOrder} />
        ))}
      </ul>
    </section>
  );
}

interface EntryProps extends Omit<Props, 'orders'> {
  readonly order: OrderView;
}

function Entry({ order, nowMs, onOrder }: EntryProps) {
  const { language, locale, timeZone } = useWords();
  const words = locale.guard.orders;
  const until = useUntilText(nowMs);
  const { kind, subject, fromMs, untilMs, source, by, note, reportsToday } = order;
  const who = subjectWords(order);
  const holderRef = 'holderRef' in subject && kind !== 'suspension' ? subject.holderRef : undefined;
  return (
    <li>
      <p>
        <span class="badge">{wordIn(locale.vocabulary.orderKind, kind)}</span>{' '}
        <strong class="foreign">{who}</strong>
        <span class="fine">
          {fromMs <= nowMs ? '' : `${fill(words.begins, { day: dayText(language, fromMs, timeZone) })} `}
          {until(untilMs)} · {source === 'centre' ? words.centre : by}
          {note !== '' && (
            <>
              {' '}
              · <q>{note}</q>
            </>
          )}
        </span>
      </p>
      <span class="does">
        {holderRef !== undefined && (
          <OrderButton order={{ type: 'report', holderRef, words: who }} onOrder={onOrder}>
            {fill(words.reports, { count: reportsToday ?? 0 })}
          </OrderButton>
        )}
        {source === 'guard' && (
          <OrderButton order={{ type: 'end-order', order }} onOrder={onOrder} label={`${words.end}: ${who}`}>
            {words.end}
          </OrderButton>
        )}
      </span>
    </li>
  );
}
