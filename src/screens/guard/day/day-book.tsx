import { useCallback, useEffect, useState } from 'preact/hooks';
import type { DayPage } from '../../../ports/day-desk.ts';
import { getJson } from '../../shared/api.ts';
import { fill } from '../../shared/locale.ts';
import { addDays, clockText, dateWithYear, dayText } from '../../shared/times.ts';
import type { BookProps } from '../books/book-props.ts';
import { OrderButton } from '../order-button.tsx';
import { useWords } from '../words.ts';
import { DayChart } from './day-chart.tsx';
import { DayNumbers } from './day-numbers.tsx';
import { DaySummary } from './day-summary.tsx';
import './day.css';

/** A day of the gate: its curve, its numbers, and its review. */
export function DayBook({ onOrder, onSessionDoubt }: BookProps) {
  const { language, locale, timeZone } = useWords();
  const words = locale.guard.day;
  const [date, setDate] = useState<string>();
  const [page, setPage] = useState<DayPage>();
  const [failed, setFailed] = useState(false);
  const look = useCallback(async () => {
    const answer = await getJson(`/api/guard/day${date === undefined ? '' : `?date=${date}`}`);
    if (answer !== 'unreachable' && answer.status === 401) return onSessionDoubt();
    const isThere = answer !== 'unreachable' && answer.status === 200;
    setFailed(!isThere);
    if (isThere) setPage(answer.body as unknown as DayPage);
  }, [date, onSessionDoubt]);
  useEffect(() => {
    void look();
  }, [look]);
  // A dialog that closes may have been the one of the review.
  useEffect(() => {
    const again = () => void look();
    document.addEventListener('close', again, true);
    return () => document.removeEventListener('close', again, true);
  }, [look]);
  if (page === undefined) return <p role="status">{failed ? words.failed : locale.guard.books.loading}</p>;
  const { review, isOver } = page;
  return (
    <>
      <nav class="day-nav" aria-label={words.choose}>
        <button
          type="button"
          aria-label={words.earlier}
          disabled={page.date <= page.first}
          onClick={() => setDate(addDays(page.date, -1))}
        >
          ‹
        </button>
        <label>
          <span class="day-word">{words.date}</span>
          <input
            type="date"
            min={page.first}
            max={page.today}
            value={page.date}
            onChange={(event) => event.currentTarget.value !== '' && setDate(event.currentTarget.value)}
          />
        </label>
        <button
          type="button"
          aria-label={words.later}
          disabled={page.date >= page.today}
          onClick={() => setDate(addDays(page.date, 1))}
        >
          ›
        </button>
        <strong>{dateWithYear(language, page.date)}</strong>
        {!isOver && <span class="badge">{words.notOver}</span>}
      </nav>
      {failed && <p class="problem">{words.failed}</p>}
      <DaySummary page={page} />
      <DayChart page={page} />
      <DayNumbers page={page} />
      <section class="day-review" aria-labelledby="day-review">
        <h3 id="day-review">{words.review.title}</h3>
        {review ? (
          <p>
            {fill(words.review.done, {
              by: review.by,
              time: `${dayText(language, review.atMs, timeZone)} ${clockText(language, review.atMs, timeZone)}`,
            })}{' '}
            <q class="foreign">{review.note}</q>
          </p>
        ) : (
          <p>{isOver ? words.review.none : words.review.later}</p>
        )}
        <div class="actions">
          {isOver && review === undefined && (
            <OrderButton
              order={{
                type: 'plain',
                title: words.review.sign,
                effect: words.review.effect,
                presets: words.review.presets,
                draft: (note) => ({ type: 'review-day', date: page.date, note }),
              }}
              onOrder={onOrder}
              class="primary"
            >
              {words.review.sign}
            </OrderButton>
          )}
          <button type="button" onClick={() => print()}>
            {words.print}
          </button>
          <a class="button" href={`/api/guard/day.csv?date=${page.date}`} download>
            {words.csv}
          </a>
        </div>
        <p class="fine">{words.hidden}</p>
      </section>
    </>
  );
}
