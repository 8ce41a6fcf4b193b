import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { curveOf } from '../../../core/report/day-curve.ts';
import { QUARTER_MS } from '../../../core/time/site-time.ts';
import type { DayPage } from '../../../ports/day-desk.ts';
import { clockText } from '../../shared/times.ts';
import { useWords } from '../words.ts';

const HEIGHT = 240;

/** The curve of a day beside those of the day before and of a week before. The same numbers stand in the table below. */
export function DayChart({ page }: { readonly page: DayPage }) {
  const { language, locale, timeZone } = useWords();
  const words = locale.guard.day;
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const box = place.current;
    if (box === null) return;
    const style = getComputedStyle(box);
    const colour = (name: string) => style.getPropertyValue(name).trim();
    const axis = {
      stroke: colour('--soft'),
      grid: { stroke: colour('--edge'), width: 1 },
      ticks: { show: false },
    };
    const { quarters, beginMs, before, weekBefore } = page;
    const numbers = Array.from({ length: quarters }, (_, quarter) => quarter);
    // A day on which the clocks change has fewer quarters or more than those beside it.
    const alike = (curve: readonly number[]) => numbers.map((quarter) => curve[quarter] ?? null);
    const at = (quarter: number) => clockText(language, beginMs + quarter * QUARTER_MS, timeZone);
    const line = (label: string, variable: string, dash?: number[]) => ({
      label,
      stroke: colour(variable),
      width: dash === undefined ? 3 : 2,
      points: { show: false },
      ...(dash === undefined ? {} : { dash }),
    });
    const plot = new uPlot(
      {
        width: Math.max(240, box.clientWidth),
        height: HEIGHT,
        scales: {
          x: { time: false, range: [0, quarters - 1] },
          y: { range: (_, _low, high) => [0, Math.max(5, high * 1.1)] },
        },
        axes: [
          { ...axis, values: (_, splits) => splits.map((split) => at(split)), incrs: [4, 8, 12, 16, 24] },
          { ...axis, size: 44 },
        ],
        series: [
          { label: words.time, value: (_, quarter: number | null) => (quarter === null ? '' : at(quarter)) },
          line(words.thisDay, '--chart-day'),
          line(words.dayBefore, '--chart-before', [8, 5]),
          line(words.weekBefore, '--chart-week', [2, 4]),
        ],
        cursor: { drag: { x: false, y: false } },
      },
      [
        numbers,
        alike(curveOf(page.quarterCells, quarters)),
        alike(curveOf(before.quarterCells, before.quarters)),
        alike(curveOf(weekBefore.quarterCells, weekBefore.quarters)),
      ],
      box,
    );
    const watch = new ResizeObserver(() => {
      if (box.clientWidth > 0) plot.setSize({ width: Math.max(240, box.clientWidth), height: HEIGHT });
    });
    watch.observe(box);
    return () => {
      watch.disconnect();
      plot.destroy();
    };
  }, [page, language, timeZone, words]);
  return <div ref={place} class="day-chart" role="img" aria-label={words.chart} />;
}
