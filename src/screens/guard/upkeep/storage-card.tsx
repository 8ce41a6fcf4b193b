import type { EndingPart, StorageView } from '../../../ports/upkeep.ts';
import { fill } from '../../shared/locale.ts';
import { useWords } from '../words.ts';
import { useSizes, useStamp } from './moments.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

interface Props {
  readonly storage: StorageView;
  readonly nowMs: number;
}

/** How much room the store takes, and what of it ends next. */
export function StorageCard({ storage, nowMs }: Props) {
  const { language, locale } = useWords();
  const words = locale.guard.upkeep.storage;
  const stamp = useStamp(nowMs);
  const size = useSizes();
  const { bytes, freeBytes, sizeBytes, rows, sinceMs, ends } = storage;
  const kept = ({ keptMs }: EndingPart) =>
    keptMs % DAY_MS === 0
      ? fill(words.kept.days, { count: keptMs / DAY_MS })
      : fill(words.kept.hours, { count: Math.round(keptMs / HOUR_MS) });
  return (
    <section class="card" aria-labelledby="upkeep-storage">
      <h2 id="upkeep-storage">{words.title}</h2>
      <dl>
        {bytes !== undefined && (
          <div>
            <dt>{words.taken}</dt>
            <dd>{size(bytes)}</dd>
          </div>
        )}
        {freeBytes !== undefined && sizeBytes !== undefined && (
          <div>
            <dt>{words.free}</dt>
            <dd>{fill(words.ofAll, { free: size(freeBytes), all: size(sizeBytes) })}</dd>
          </div>
        )}
        <div>
          <dt>{words.rows}</dt>
          <dd>{new Intl.NumberFormat(language).format(rows)}</dd>
        </div>
        {sinceMs !== undefined && (
          <div>
            <dt>{words.since}</dt>
            <dd>{stamp(sinceMs)}</dd>
          </div>
        )}
      </dl>
      <h3>{words.ends}</h3>
      {ends === undefined && <p>{words.unsure}</p>}
      <ul class="entries">
        {ends?.map((end) => (
          <li key={end.part}>
            <p>
              <strong>{words.parts[end.part]}</strong>
              <span class="fine">{kept(end)}</span>
            </p>
            <span>
              {end.nextMs === undefined ? words.nothing : fill(words.next, { time: stamp(end.nextMs) })}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
