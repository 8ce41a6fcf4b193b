import type { ComponentChildren } from 'preact';
import type { DayCell } from '../../../core/report/day-counts.ts';
import { curveOf } from '../../../core/report/day-curve.ts';
import { dateOf, QUARTER_MS } from '../../../core/time/site-time.ts';
import type { DayPage } from '../../../ports/day-desk.ts';
import { type Locale, reasonWords, wordIn } from '../../shared/locale.ts';
import { clockText, dateWithYear } from '../../shared/times.ts';
import { useWords } from '../words.ts';
import { Shown } from './shown.tsx';

const DAY_MS = 86_400_000;

/** All numbers of the day as tables: what the curve shows, the counts, sensors, devices. */
export function DayNumbers({ page }: { readonly page: DayPage }) {
  const { language, locale, timeZone } = useWords();
  const words = locale.guard.day;
  const { quarters, beginMs, before, weekBefore } = page;
  const day = curveOf(page.quarterCells, quarters);
  const ago = curveOf(before.quarterCells, before.quarters);
  const week = curveOf(weekBefore.quarterCells, weekBefore.quarters);
  const busy = day.flatMap((count, quarter) =>
    count + (ago[quarter] ?? 0) + (week[quarter] ?? 0) > 0 ? [quarter] : [],
  );
  const at = (quarter: number) => clockText(language, beginMs + quarter * QUARTER_MS, timeZone);
  return (
    <details class="day-numbers">
      <summary>{words.numbers}</summary>
      <Table caption={words.perQuarter} head={[words.time, words.thisDay, words.dayBefore, words.weekBefore]}>
        {busy.map((quarter) => (
          <tr key={quarter}>
            <th scope="row">{at(quarter)}</th>
            {[day, ago, week].map((curve, index) => (
              <td key={[words.thisDay, words.dayBefore, words.weekBefore][index]}>
                <Shown count={curve[quarter] ?? 0} />
              </td>
            ))}
          </tr>
        ))}
      </Table>
      <Table caption={words.counts} head={[words.place, words.what, words.count]}>
        {page.cells.map((cell) => (
          <tr key={`${cell.accessPoint} ${cell.direction} ${cell.counted} ${cell.of}`}>
            <th scope="row">
              {locale.vocabulary.direction[cell.direction]} {cell.accessPoint}
            </th>
            <td>{whatOf(locale, cell)}</td>
            <td>
              <Shown count={cell.count} />
            </td>
          </tr>
        ))}
      </Table>
      {page.sensors.length > 0 && (
        <Table caption={words.medians} head={[words.date, words.place, words.median, words.readings]}>
          {page.sensors.map(({ siteDay: one, accessPoint, medianC, readings }) => (
            <tr key={`${one} ${accessPoint}`}>
              <th scope="row">{dateWithYear(language, dateOf(one))}</th>
              <td>{accessPoint}</td>
              <td>{medianC.toFixed(1)} °C</td>
              <td>{readings}</td>
            </tr>
          ))}
        </Table>
      )}
      <Table caption={words.uptime} head={[words.device, words.ok, words.down]}>
        {page.devices.map(({ device, okMs, downMs }) => (
          <tr key={device}>
            <th scope="row">{device}</th>
            <td>{percent(okMs)}</td>
            <td>{percent(downMs)}</td>
          </tr>
        ))}
      </Table>
    </details>
  );
}

/** Of a day of 24 hours, one digit. */
function percent(ms: number): string {
  return `${((ms / DAY_MS) * 100).toFixed(1)} %`;
}

function whatOf(locale: Locale, { counted, of }: DayCell): string {
  const { counted: words, outcomes } = locale.guard.day;
  const finer =
    counted === 'denied'
      ? of && reasonWords(locale, of).guard
      : (wordIn<string>(outcomes, of) ??
        wordIn<string>(locale.vocabulary.kind, of) ??
        wordIn<string>(words, of) ??
        of);
  const what = wordIn<string>(words, counted) ?? counted;
  return finer ? `${what}: ${finer}` : what;
}

interface TableProps {
  readonly caption: string;
  readonly head: readonly string[];
  readonly children: ComponentChildren;
}

function Table({ caption, head, children }: TableProps) {
  return (
    <table>
      <caption>{caption}</caption>
      <thead>
        <tr>
          {head.map((column) => (
            <th key={column} scope="col">
              {column}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>{children}</tbody>
    </table>
  );
}
