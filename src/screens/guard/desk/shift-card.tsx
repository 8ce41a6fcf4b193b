import { OPEN_POINTS, type OpenPoints, type Shift } from '../../../core/desk/shift.ts';
import type { SiteView } from '../../../ports/guard-feed.ts';
import { Icon } from '../../shared/icon.tsx';
import { fill } from '../../shared/locale.ts';
import { postWords } from '../../shared/post-words.ts';
import { clockText, dayText } from '../../shared/times.ts';
import { OrderButton } from '../order-button.tsx';
import type { Give } from '../orders.ts';
import { SendButton } from '../send-button.tsx';
import { useWords } from '../words.ts';

interface Props {
  readonly shift: Shift;
  readonly post: SiteView['post'];
  readonly operator: string;
  readonly onOrder: Give;
  readonly onSessionDoubt: () => Promise<void>;
}

/** The post, who is on duty, and the orders with which a shift is handed over and taken. */
export function ShiftCard({ shift: { onDuty, handedOver }, post, operator, onOrder, onSessionDoubt }: Props) {
  const { language, locale, timeZone } = useWords();
  const words = locale.guard.shift;
  const since =
    onDuty &&
    `${dayText(language, onDuty.sinceMs, timeZone)} ${clockText(language, onDuty.sinceMs, timeZone)}`;
  return (
    <section class="card" aria-labelledby="shift">
      <h2 id="shift">{words.title}</h2>
      {post && <p>{postWords(locale, post)}</p>}
      <p class="present">
        {onDuty === undefined
          ? words.nobody
          : fill(words.onDuty, { operator: onDuty.operator, time: since ?? '' })}
      </p>
      <div class="actions">
        {handedOver === undefined && onDuty?.operator !== operator && (
          <SendButton
            orders={[{ type: 'take-over', atMs: null }]}
            words={words.takeOver}
            onSessionDoubt={onSessionDoubt}
          />
        )}
        <OrderButton
          order={{
            type: 'plain',
            title: words.handOver,
            effect: words.handOverEffect,
            presets: locale.guard.presets.handOver,
            draft: (note) => ({ type: 'hand-over', note }),
          }}
          onOrder={onOrder}
        >
          {words.handOver}
        </OrderButton>
      </div>
    </section>
  );
}

interface BannerProps extends Pick<Props, 'operator' | 'onSessionDoubt'> {
  readonly handedOver: Shift['handedOver'];
}

/** What was handed over, until the next guard takes it. The element stays, so that screen readers notice a new one. */
export function HandoverBanner({ handedOver, operator, onSessionDoubt }: BannerProps) {
  const { language, locale, timeZone } = useWords();
  const words = locale.guard.shift;
  return (
    <div class="handover" role="status">
      {handedOver && (
        <section class="card">
          <p>
            <Icon name="people" />{' '}
            <strong>
              {fill(words.given, {
                operator: handedOver.by,
                time: clockText(language, handedOver.atMs, timeZone),
              })}
            </strong>{' '}
            <q class="foreign">{handedOver.note}</q>
          </p>
          <Open open={handedOver.open} />
          <SendButton
            orders={[{ type: 'take-over', atMs: handedOver.atMs }]}
            words={handedOver.by === operator ? words.takeBack : words.takeOver}
            isMain
            onSessionDoubt={onSessionDoubt}
          />
        </section>
      )}
    </div>
  );
}

function Open({ open }: { readonly open: OpenPoints }) {
  const words = useWords().locale.guard.shift;
  const some = OPEN_POINTS.filter((point) => open[point] > 0);
  if (some.length === 0) return <p>{words.nothing}</p>;
  return (
    <ul class="badges">
      {some.map((point) => (
        <li key={point} class="badge warn">
          {fill(words.open[point], { count: open[point] })}
        </li>
      ))}
    </ul>
  );
}
