import { publishedCount } from '../../../core/report/day-counts.ts';

/** A count, which on paper says of a small number only that there was somebody: paper leaves the kiosk. */
export function Shown({ count }: { readonly count: number }) {
  const outside = publishedCount(count);
  if (outside === count) return <span>{count}</span>;
  return (
    <>
      <span class="on-screen">{count}</span>
      <span class="on-paper">{outside}</span>
    </>
  );
}
