import type { DoorView, SiteView } from '../../ports/guard-feed.ts';
import { Icon } from '../shared/icon.tsx';
import { wordIn } from '../shared/locale.ts';
import type { Give } from './orders.ts';
import { verbsFor } from './topics.ts';
import { useWords } from './words.ts';

interface Props {
  readonly door: DoorView;
  readonly points: SiteView['accessPoints'];
  readonly onOrder: Give;
}

/** Modes in which the gate refuses to open even for the guard. */
const SHUT: ReadonlySet<DoorView['mode']> = new Set(['Blocked', 'LockedDown']);
const ORDINARY: ReadonlySet<DoorView['mode']> = new Set(['Locked', 'Accessed']);

export function DoorCard({ door, points, onOrder }: Props) {
  const { locale } = useWords();
  const words = locale.guard.doors;
  const { vocabulary } = locale;
  const alarm = door.alarm !== 'Normal';
  const verbs = verbsFor(door.mode).map((verb) => (
    <button
      key={verb}
      type="button"
      class={verb.endsWith('release') || verb === 'unblock' ? 'primary' : ''}
      onClick={() => onOrder({ type: 'door', door, verb })}
    >
      {words.verbs[verb].name}
    </button>
  ));
  const special = !ORDINARY.has(door.mode);
  return (
    <article class={alarm ? 'card door alarmed' : 'card door'}>
      <h3>
        <Icon name="lock" />
        {door.name}
      </h3>
      <ul class="badges">
        <li class={special ? 'badge warn' : 'badge'}>{wordIn(vocabulary.doorMode, door.mode)}</li>
        <li class="badge">{wordIn(vocabulary.physical, door.physical)}</li>
        <li class={door.released ? 'badge good' : 'badge'}>
          {door.released ? words.released : words.resting}
        </li>
        {alarm && (
          <li class="badge bad">
            <Icon name="warning" />
            {wordIn(vocabulary.alarm, door.alarm)}
          </li>
        )}
      </ul>
      <div class="actions">
        {points.length > 0 && !SHUT.has(door.mode) && (
          <button type="button" onClick={() => onOrder({ type: 'open', accessPoints: points })}>
            {words.open}
          </button>
        )}
        {special && verbs}
      </div>
      {!special && (
        <details>
          <summary>{words.more}</summary>
          <div class="actions">{verbs}</div>
        </details>
      )}
    </article>
  );
}
