import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { MusterTick } from '../../../core/report/muster.ts';
import type { MusterSheet, MusterView } from '../../../ports/muster-book.ts';
import { getJson } from '../../shared/api.ts';
import { giveOrder } from '../send-order.ts';

/** Ticks are looked at anew at most so often, in milliseconds. */
const TICKS_EVERY_MS = 1_000;

interface Muster {
  /** Undefined until it is known; null if there is no list. */
  readonly sheet: MusterSheet | null | undefined;
  readonly ticks: ReadonlyMap<number, MusterTick>;
  readonly failed: boolean;
  /** Ticks somebody, or takes it back; at once on the screen. */
  readonly tick: (line: number, here: boolean) => void;
}

/**
 * The list with its people, looked at once for each list, which is on record; then its ticks alone as they come.
 * @param view the list as the gate tells it to all screens
 */
export function useMuster(
  view: MusterView | undefined,
  operator: string,
  onSessionDoubt: () => Promise<void>,
): Muster {
  const [sheet, setSheet] = useState<MusterSheet | null>();
  const [ticks, setTicks] = useState<ReadonlyMap<number, MusterTick>>(new Map());
  const [failed, setFailed] = useState(false);
  const lastMs = useRef(0);
  const known = `${view?.number} ${view?.endedMs} ${view?.erasedMs}`;

  const look = useCallback(async () => {
    const answer = await getJson('/api/guard/muster');
    if (answer !== 'unreachable' && answer.status === 401) return onSessionDoubt();
    const isThere = answer !== 'unreachable' && answer.status === 200;
    setFailed(!isThere);
    if (!isThere) return;
    const found = 'muster' in answer.body ? (answer.body as unknown as MusterSheet) : null;
    setSheet(found);
    setTicks(byLine(found?.ticks ?? []));
  }, [onSessionDoubt]);
  useEffect(() => {
    // Another list, or the end of this one, is looked at anew.
    if (known !== '') void look();
  }, [known, look]);

  const changes = view?.changes;
  const number = view?.number;
  useEffect(() => {
    if (changes === undefined) return;
    const waitMs = Math.max(0, lastMs.current + TICKS_EVERY_MS - performance.now());
    const timer = setTimeout(async () => {
      lastMs.current = performance.now();
      const answer = await getJson('/api/guard/muster-ticks');
      if (answer === 'unreachable' || answer.status !== 200) return;
      const found = answer.body as { muster?: number; ticks?: readonly MusterTick[] };
      if (found.muster === number) setTicks(byLine(found.ticks ?? []));
    }, waitMs);
    return () => clearTimeout(timer);
  }, [changes, number]);

  const tick = (line: number, here: boolean) => {
    if (view === undefined) return;
    setTicks((before) => {
      const next = new Map(before);
      if (here) next.set(line, { line, atMs: Date.now(), by: operator });
      else next.delete(line);
      return next;
    });
    void giveOrder({ type: 'tick-muster', muster: view.number, line, here }).then((answer) => {
      // What the gate did not take is not shown as done.
      if (answer === 'unreachable' || answer.status !== 200) void look();
    });
  };
  return { sheet, ticks, failed, tick };
}

function byLine(ticks: readonly MusterTick[]): ReadonlyMap<number, MusterTick> {
  return new Map(ticks.map((tick) => [tick.line, tick]));
}
