import type { SiteAnswer } from '../../../core/access/vocabulary.ts';
import type { SiteOrderView } from '../../../ports/gate-state.ts';
import { Icon } from '../../shared/icon.tsx';
import { fill } from '../../shared/locale.ts';
import { clockText } from '../../shared/times.ts';
import type { Give } from '../orders.ts';
import { useWords } from '../words.ts';

interface Props {
  readonly order: SiteOrderView | undefined;
  readonly onOrder: Give;
}

/**
 * What the centre orders of the whole site: who, since when and until when, whether this gate does it, and what the
 * guard is asked. The element stays, empty, without an order, so that screen readers notice a new one.
 */
export function SiteOrderBanner({ order, onOrder }: Props) {
  const { language, locale, timeZone } = useWords();
  const words = locale.guard.siteOrder;
  const shown = order !== undefined && (order.holds !== 'none' || !order.obeyed) ? order : undefined;
  const time = (atMs: number) => clockText(language, atMs, timeZone);
  const answers: readonly SiteAnswer[] = [
    ...(shown?.waits === undefined ? [] : (['carry-out', 'set-aside'] as const)),
    ...(shown?.guardMayEnd === true ? (['end-lockdown'] as const) : []),
  ];
  return (
    <div class="alarms site-order" role="alert">
      {shown && (
        <p class="alarm">
          <Icon name={shown.holds === 'lockdown' ? 'lock' : 'warning'} />
          <strong>{words.holds[shown.holds]}</strong>
          <span>
            {shown.by !== undefined && fill(words.by, { by: shown.by })}{' '}
            {shown.sinceMs !== undefined && fill(words.since, { time: time(shown.sinceMs) })}{' '}
            {shown.untilMs !== undefined && fill(words.until, { time: time(shown.untilMs) })}{' '}
            {shown.note !== undefined && <q>{shown.note}</q>}
          </span>
          <span>{words.do[shown.holds]}</span>
          {shown.reason !== undefined && <span>{words.reasons[shown.reason]}</span>}
          {shown.waits !== undefined && <span>{words.waits[shown.waits]}</span>}
        </p>
      )}
      {answers.length > 0 && (
        <div class="actions">
          {answers.map((answer) => (
            <button
              key={answer}
              type="button"
              aria-haspopup="dialog"
              onClick={() =>
                onOrder({
                  type: 'plain',
                  title: words.answers[answer].question,
                  effect: words.answers[answer].effect,
                  presets: locale.guard.presets.siteOrder,
                  draft: (note) => ({ type: 'site-order', answer, note }),
                })
              }
            >
              {words.answers[answer].name}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
