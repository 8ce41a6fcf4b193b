import type { AttentionView } from '../../ports/guard-feed.ts';
import { Icon, type IconName } from '../shared/icon.tsx';
import { fill } from '../shared/locale.ts';
import { clockText } from '../shared/times.ts';
import type { Give } from './orders.ts';
import { useWords } from './words.ts';

interface Props {
  readonly items: readonly AttentionView[];
  readonly onOrder: Give;
  /** Takes the item off this screen; all of it is in the log. */
  readonly onSeen: (id: string) => void;
}

const ICONS: Record<AttentionView['kind'], IconName> = {
  lockOut: 'lock',
  emergency: 'warning',
  duress: 'dots',
  antipassback: 'person',
  lateReturn: 'person',
  orderBreached: 'warning',
};
const URGENT: ReadonlySet<AttentionView['kind']> = new Set(['lockOut', 'emergency', 'orderBreached']);

/**
 * What the guard must look at now. Duress stands outside of what is read aloud and has neither colour nor sound: the
 * person may be watched, and so may this screen.
 */
export function AttentionList({ items, onOrder, onSeen }: Props) {
  const loud = items.filter(({ kind }) => kind !== 'duress');
  const quiet = items.filter(({ kind }) => kind === 'duress');
  return (
    <div class="attention">
      <div role="alert">
        <Items {...{ items: loud, onOrder, onSeen }} />
      </div>
      <Items {...{ items: quiet, onOrder, onSeen }} />
    </div>
  );
}

function Items({ items, onOrder, onSeen }: Props) {
  if (items.length === 0) return null;
  return (
    <ul>
      {items.map((item) => (
        <Item key={item.id} {...{ item, onOrder, onSeen }} />
      ))}
    </ul>
  );
}

function Item({ item, onOrder, onSeen }: { item: AttentionView } & Pick<Props, 'onOrder' | 'onSeen'>) {
  const { language, locale, timeZone } = useWords();
  const words = locale.guard.attention;
  const { kind, accessPoint, sinceMs, untilMs } = item;
  const time = clockText(language, sinceMs, timeZone);
  return (
    <li class={URGENT.has(kind) ? `${kind} urgent` : kind}>
      <Icon name={ICONS[kind]} />
      <p>
        <strong>{words.kinds[kind].title}</strong>{' '}
        <span class="where">
          {accessPoint} · {time}
          {untilMs !== undefined &&
            ` · ${fill(words.until, { time: clockText(language, untilMs, timeZone) })}`}
        </span>
        <br />
        <span>{words.kinds[kind].do}</span>
      </p>
      {kind === 'lockOut' ? (
        <button type="button" onClick={() => onOrder({ type: 'endLockOut', accessPoint })}>
          {words.endLockOut}
        </button>
      ) : (
        <button type="button" onClick={() => onSeen(item.id)}>
          {words.seen}
        </button>
      )}
    </li>
  );
}
