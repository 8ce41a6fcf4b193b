import { useState } from 'preact/hooks';
import type { AttentionView } from '../../ports/guard-feed.ts';
import { postJson, sentenceOf } from '../shared/api.ts';
import { Icon, type IconName } from '../shared/icon.tsx';
import { fill } from '../shared/locale.ts';
import { clockText } from '../shared/times.ts';
import type { Give } from './orders.ts';
import { useWords } from './words.ts';

interface Props {
  readonly items: readonly AttentionView[];
  readonly onOrder: Give;
  readonly onSessionDoubt: () => Promise<void>;
}

type Doing = Omit<Props, 'items'>;

const ICONS: Record<AttentionView['kind'], IconName> = {
  lockOut: 'lock',
  emergency: 'warning',
  duress: 'dots',
  antipassback: 'person',
  lateReturn: 'person',
  orderBreached: 'warning',
  tamper: 'warning',
};
const URGENT: ReadonlySet<AttentionView['kind']> = new Set([
  'lockOut',
  'emergency',
  'orderBreached',
  'tamper',
]);

/**
 * What the guard must look at now. Duress stands outside of what is read aloud and has neither colour nor sound: the
 * person may be watched, and so may this screen.
 */
export function AttentionList({ items, ...doing }: Props) {
  const loud = items.filter(({ kind }) => kind !== 'duress');
  const quiet = items.filter(({ kind }) => kind === 'duress');
  return (
    <div class="attention">
      <div role="alert">
        <Items items={loud} {...doing} />
      </div>
      <Items items={quiet} {...doing} />
    </div>
  );
}

function Items({ items, ...doing }: Props) {
  if (items.length === 0) return null;
  return (
    <ul>
      {items.map((item) => (
        <Item key={item.id} item={item} {...doing} />
      ))}
    </ul>
  );
}

function Item({ item, onOrder, onSessionDoubt }: { readonly item: AttentionView } & Doing) {
  const { language, locale, timeZone } = useWords();
  const words = locale.guard.attention;
  const { kind, accessPoint, sinceMs, untilMs, over } = item;
  const time = (atMs: number) => clockText(language, atMs, timeZone);
  const { title, do: advice } = over ? words.over : words.kinds[kind];
  return (
    <li class={URGENT.has(kind) && !over ? `${kind} urgent` : kind}>
      <Icon name={ICONS[kind]} />
      <p>
        <strong>{title}</strong>{' '}
        <span class="where">
          {accessPoint} · {time(sinceMs)}
          {untilMs !== undefined && ` · ${fill(over ? words.ended : words.until, { time: time(untilMs) })}`}
        </span>
        <br />
        <span>{advice}</span>
      </p>
      {kind === 'lockOut' && !over ? (
        <button
          type="button"
          aria-haspopup="dialog"
          onClick={() => onOrder({ type: 'endLockOut', accessPoint })}
        >
          {words.endLockOut}
        </button>
      ) : (
        <SeenButton id={item.id} onSessionDoubt={onSessionDoubt} />
      )}
    </li>
  );
}

/** Takes the item off all screens; the gate writes down who has seen it. */
function SeenButton({ id, onSessionDoubt }: { readonly id: string } & Pick<Props, 'onSessionDoubt'>) {
  const { attention, dialog } = useWords().locale.guard;
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const send = async () => {
    setBusy(true);
    setProblem(undefined);
    const answer = await postJson('/api/guard/seen', { id });
    setBusy(false);
    if (answer === 'unreachable') return setProblem(dialog.noAnswer);
    if (answer.status === 401) return onSessionDoubt();
    // What went well is seen in the list itself.
    if (answer.status !== 200) setProblem(`${dialog.refused} ${sentenceOf(answer)}`);
  };
  return (
    <span class="seen">
      <span role="status" class="problem">
        {problem}
      </span>
      <button type="button" disabled={busy} onClick={() => void send()}>
        {attention.seen}
      </button>
    </span>
  );
}
