import type { Counted, DayCell } from '../../../core/report/day-counts.ts';
import { curveOf, driftsOf, peakOf } from '../../../core/report/day-curve.ts';
import { QUARTER_MS, siteDay } from '../../../core/time/site-time.ts';
import type { ComparedDay, DayPage } from '../../../ports/day-desk.ts';
import { fill, reasonWords, wordIn } from '../../shared/locale.ts';
import { clockText } from '../../shared/times.ts';
import { useWords } from '../words.ts';
import { Shown } from './shown.tsx';

/** Reasons and devices that the summary names; the table has all. */
const MOST_NAMED = 3;
/** A sensor that is off by more should be looked at, °C. */
const DRIFT_C = 0.3;

/** The day in a few lines. */
export function DaySummary({ page }: { readonly page: DayPage }) {
  const { language, locale, timeZone } = useWords();
  const words = locale.guard.day;
  const sum = (counted: Counted, test: (cell: DayCell) => boolean = () => true) =>
    page.cells
      .filter((cell) => cell.counted === counted && test(cell))
      .reduce((all, { count }) => all + count, 0);
  const way = (direction: 'in' | 'out') =>
    sum('granted', (cell) => cell.direction === direction) -
    sum('nottaken', (cell) => cell.direction === direction) +
    sum('open', (cell) => cell.direction === direction);
  const peakWords = ({ quarters, quarterCells }: Omit<ComparedDay, 'date'>) => {
    const peak = peakOf(curveOf(quarterCells, quarters));
    return (
      peak && {
        time: clockText(language, page.beginMs + peak.quarter * QUARTER_MS, timeZone),
        count: peak.count,
      }
    );
  };
  const peaks = [
    [words.peak, peakWords(page)],
    [words.peakBefore, peakWords(page.before)],
    [words.peakWeek, peakWords(page.weekBefore)],
  ] as const;
  const of = (counted: Counted) => {
    const sums = new Map<string, number>();
    for (const cell of page.cells)
      if (cell.counted === counted) sums.set(cell.of ?? '', (sums.get(cell.of ?? '') ?? 0) + cell.count);
    return [...sums].sort(([, one], [, other]) => other - one);
  };
  const outcomes = of('screening');
  const drifts = driftsOf(siteDay(page.date), page.sensors);
  const down = page.devices.filter(({ downMs }) => downMs >= 60_000);
  return (
    <dl class="day-summary">
      <dt>{words.in}</dt>
      <dd>
        <Shown count={way('in')} />
      </dd>
      <dt>{words.out}</dt>
      <dd>
        <Shown count={way('out')} />
      </dd>
      <dt>{words.denied}</dt>
      <dd>
        <Shown count={sum('denied')} />
        {of('denied')
          .slice(0, MOST_NAMED)
          .map(([reason, count]) => (
            <span key={reason} class="fine">
              {reasonWords(locale, reason).guard}: <Shown count={count} />
            </span>
          ))}
      </dd>
      {peaks.map(
        ([title, peak]) =>
          peak && (
            <>
              <dt>{title}</dt>
              <dd>
                {peak.time} · <Shown count={peak.count} />
              </dd>
            </>
          ),
      )}
      {outcomes.length > 0 && (
        <>
          <dt>{words.screening}</dt>
          <dd>
            {outcomes.map(([outcome, count]) => (
              <span key={outcome} class="fine">
                {wordIn<string>(words.outcomes, outcome) ?? outcome}: <Shown count={count} />
              </span>
            ))}
          </dd>
        </>
      )}
      {drifts.map(({ accessPoint, degrees }) => (
        <>
          <dt>{fill(words.drift, { place: accessPoint })}</dt>
          <dd class={Math.abs(degrees) > DRIFT_C ? 'off' : ''}>
            {degrees > 0 ? '+' : ''}
            {degrees.toFixed(1)} °C
          </dd>
        </>
      ))}
      <dt>{words.devicesDown}</dt>
      <dd>
        {down.length === 0 && words.noneDown}
        {down.slice(0, MOST_NAMED).map(({ device, downMs }) => (
          <span key={device} class="fine">
            {device}: {fill(words.minutes, { count: Math.round(downMs / 60_000) })}
          </span>
        ))}
      </dd>
    </dl>
  );
}
