import { fill } from '../../shared/locale.ts';
import { clockText, dayText } from '../../shared/times.ts';
import type { BookProps } from '../books/book-props.ts';
import { OrderButton } from '../order-button.tsx';
import { useWords } from '../words.ts';
import { MusterDoubts } from './muster-doubts.tsx';
import { MusterPeople } from './muster-people.tsx';
import { MusterPrint } from './muster-print.tsx';
import { useMuster } from './use-muster.ts';
import './muster.css';

/** Who is inside at a fire: everybody counted in and not out, ticked as they are seen. */
export function MusterBook({ picture, operator, onOrder, onSessionDoubt }: BookProps) {
  const { language, locale, timeZone } = useWords();
  const words = locale.guard.muster;
  const view = picture.muster;
  const { sheet, ticks, failed, tick } = useMuster(view, operator, onSessionDoubt);
  const at = (ms: number) => `${dayText(language, ms, timeZone)} ${clockText(language, ms, timeZone)}`;
  const isUnderWay = view !== undefined && view.endedMs === undefined;
  const isGone = view?.erasedMs !== undefined;
  return (
    <>
      {failed && <p class="failed-line">{words.failed}</p>}
      {!isUnderWay && (
        <div class="muster-begin">
          <p>{fill(words.none, { count: picture.policy?.occupancy ?? 0 })}</p>
          <OrderButton
            order={{
              type: 'plain',
              title: words.begin,
              effect: words.beginEffect,
              presets: words.beginPresets,
              draft: (note) => ({ type: 'begin-muster', note }),
            }}
            onOrder={onOrder}
            class="primary"
          >
            {words.begin}
          </OrderButton>
        </div>
      )}
      {view && (
        <section class="muster-head" aria-label={fill(words.list, { number: view.number })}>
          <p>
            <strong>{fill(words.list, { number: view.number })}</strong> {words.cause[view.cause]},{' '}
            {at(view.startedMs)}
            {view.by !== undefined && ` (${view.by})`}
          </p>
          {view.endedMs !== undefined && !isGone && (
            <p>{fill(words.ended, { time: at(view.endedMs), by: endedBy(view.endedBy, words.itself) })}</p>
          )}
          {view.unstored && <p class="badge warn">{words.unstored}</p>}
          {!isGone && (
            <p class="muster-count" role="status">
              <span class={view.people > ticks.size ? 'missing' : 'all-here'}>
                {fill(words.missing, { count: view.people - ticks.size })}
              </span>
              <span>{fill(words.seen, { count: ticks.size, people: view.people })}</span>
            </p>
          )}
          {isGone && <p>{fill(words.erased, { time: at(view.erasedMs ?? 0), people: view.people })}</p>}
          {view.eraseMs !== undefined && <p class="fine">{fill(words.goes, { time: at(view.eraseMs) })}</p>}
        </section>
      )}
      {sheet && !isGone && (
        <>
          <MusterDoubts doubts={sheet.muster.doubts} people={sheet.muster.people} />
          <MusterPeople people={sheet.people} ticks={ticks} onTick={isUnderWay ? tick : undefined} />
          <div class="actions muster-actions">
            <MusterPrint sheet={sheet} ticks={ticks} />
            {isUnderWay && (
              <OrderButton
                order={{
                  type: 'plain',
                  title: words.end,
                  effect: words.endEffect,
                  presets: words.endPresets,
                  draft: (note) => ({ type: 'end-muster', muster: view.number, note }),
                }}
                onOrder={onOrder}
              >
                {words.end}
              </OrderButton>
            )}
          </div>
        </>
      )}
      {sheet?.receipt && (
        <details>
          <summary>{words.receipt}</summary>
          <pre class="receipt">{JSON.stringify(sheet.receipt, null, 2)}</pre>
        </details>
      )}
    </>
  );
}

function endedBy(by: string | undefined, itself: string): string {
  return by === undefined || by === 'auto' ? itself : by;
}
