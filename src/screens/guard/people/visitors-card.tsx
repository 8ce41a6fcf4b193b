import type { VisitorView } from '../../../ports/boards.ts';
import { Icon } from '../../shared/icon.tsx';
import { fill } from '../../shared/locale.ts';
import { clockText } from '../../shared/times.ts';
import { useUntilText } from '../desk/until-text.ts';
import { OrderButton } from '../order-button.tsx';
import { type Give, hostWords } from '../orders.ts';
import { useWords } from '../words.ts';

interface Props {
  readonly visitors: readonly VisitorView[];
  /** Whether this desk makes passes. */
  readonly makesPasses: boolean;
  /** The gate's time, Unix milliseconds. */
  readonly nowMs: number;
  readonly onOrder: Give;
}

/** Visits that are not over. */
export function VisitorsCard({ visitors, makesPasses, nowMs, onOrder }: Props) {
  const { visitors: words, visitorPass } = useWords().locale.guard;
  return (
    <section class="card" aria-labelledby="visitors">
      <div class="card-head">
        <h2 id="visitors">{words.title}</h2>
        <div class="does">
          {makesPasses && (
            <OrderButton order={{ type: 'visitor-pass' }} onOrder={onOrder} class="primary">
              {visitorPass.make}
            </OrderButton>
          )}
          <OrderButton order={{ type: 'visitor' }} onOrder={onOrder} class={makesPasses ? '' : 'primary'}>
            {words.register}
          </OrderButton>
        </div>
      </div>
      {visitors.length === 0 && <p class="none">{words.none}</p>}
      <ul class="entries">
        {visitors.map((visitor) => (
          <Visitor key={visitor.passId} visitor={visitor} nowMs={nowMs} onOrder={onOrder} />
        ))}
      </ul>
    </section>
  );
}

interface VisitorProps extends Omit<Props, 'visitors' | 'makesPasses'> {
  readonly visitor: VisitorView;
}

function Visitor({ visitor, nowMs, onOrder }: VisitorProps) {
  const words = useWords().locale.guard.visitors;
  const until = useUntilText(nowMs);
  const { language, timeZone } = useWords();
  const { passId, label, hostConfirmed, untilMs, insideSinceMs, leftMs } = visitor;
  const hasLeft = insideSinceMs === undefined && leftMs !== undefined;
  const host = hostWords(visitor);
  return (
    <li>
      <p>
        <strong class="foreign">{label}</strong>
        {host !== undefined && <span class="foreign"> {fill(words.to, { host })}</span>}
        <span class="fine">
          {hasLeft ? fill(words.left, { time: clockText(language, leftMs, timeZone) }) : until(untilMs)}
        </span>
      </p>
      {hostConfirmed ? (
        <span class="badge good">
          <Icon name="check" />
          {words.confirmed}
        </span>
      ) : (
        <OrderButton
          order={{ type: 'confirm-host', passId, words: label }}
          onOrder={onOrder}
          label={`${words.confirm}: ${label}`}
        >
          {words.confirm}
        </OrderButton>
      )}
    </li>
  );
}
