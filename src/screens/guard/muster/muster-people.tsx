import { useState } from 'preact/hooks';
import type { MusterTick } from '../../../core/report/muster.ts';
import type { MusterPerson } from '../../../ports/muster-book.ts';
import { Icon } from '../../shared/icon.tsx';
import { fill, wordIn } from '../../shared/locale.ts';
import { clockText, dayText } from '../../shared/times.ts';
import { Choices } from '../dialogs/choices.tsx';
import { useWords, type Words } from '../words.ts';

/** Lines drawn at once: a name or a unit finds the others. */
const MOST_SHOWN = 60;
const FILTERS = ['missing', 'seen', 'all'] as const;
type Filter = (typeof FILTERS)[number];

interface Props {
  readonly people: readonly MusterPerson[];
  readonly ticks: ReadonlyMap<number, MusterTick>;
  /** Absent once the list is ended. */
  readonly onTick: ((line: number, here: boolean) => void) | undefined;
}

/** Name of somebody on the list, in words. */
export function nameOf({ locale }: Words, { label, holder, kind, isGuest }: MusterPerson): string {
  const words = locale.guard.muster;
  const guest = isGuest && holder ? fill(words.guestOf, { host: holder.label }) : undefined;
  return label ?? guest ?? holder?.label ?? wordIn(locale.vocabulary.kind, kind) ?? words.unknown;
}

/** House or flat of somebody on the list. */
export function unitOf({ unit, holder }: MusterPerson): string {
  return unit ?? holder?.unit ?? '';
}

export function byUnit(people: readonly MusterPerson[], language: string): readonly MusterPerson[] {
  const order = new Intl.Collator(language, { numeric: true });
  return [...people].sort((one, other) => order.compare(unitOf(one), unitOf(other)));
}

/** People to tick, those who are missing first. */
export function MusterPeople({ people, ticks, onTick }: Props) {
  const context = useWords();
  const words = context.locale.guard.muster;
  const [filter, setFilter] = useState<Filter>('missing');
  const [text, setText] = useState('');
  const sought = text.trim().toLocaleLowerCase();
  const found = people.filter((person) => {
    const isSeen = ticks.has(person.line);
    if (filter !== 'all' && isSeen !== (filter === 'seen')) return false;
    return (
      sought === '' || `${nameOf(context, person)} ${unitOf(person)}`.toLocaleLowerCase().includes(sought)
    );
  });
  const sorted = byUnit(found, context.language);
  return (
    <div class="muster-people">
      <div class="muster-find">
        <label>
          {words.find}
          <input
            type="search"
            maxLength={30}
            autocomplete="off"
            value={text}
            onInput={(event) => setText(event.currentTarget.value)}
          />
        </label>
        <Choices
          legend={words.show}
          name="muster-filter"
          value={filter}
          choices={FILTERS.map((value) => ({ value, words: words.filters[value] }))}
          onChoose={setFilter}
        />
      </div>
      {sorted.length === 0 && <p class="none">{words.nobody[filter]}</p>}
      <ul class="entries">
        {sorted.slice(0, MOST_SHOWN).map((person) => (
          <Person key={person.line} person={person} tick={ticks.get(person.line)} onTick={onTick} />
        ))}
      </ul>
      {sorted.length > MOST_SHOWN && <p>{fill(words.more, { count: sorted.length - MOST_SHOWN })}</p>}
    </div>
  );
}

interface PersonProps {
  readonly person: MusterPerson;
  readonly tick: MusterTick | undefined;
  readonly onTick: Props['onTick'];
}

function Person({ person, tick, onTick }: PersonProps) {
  const context = useWords();
  const { language, locale, timeZone } = context;
  const words = locale.guard.muster;
  const { line, holder, holderRef, sinceMs } = person;
  const name = nameOf(context, person);
  const at = (ms: number) => clockText(language, ms, timeZone);
  return (
    <li class={tick ? 'seen' : ''}>
      {holder?.hasPhotograph && holderRef ? (
        <img src={`/api/guard/photo/${holderRef}`} alt="" width="48" height="60" loading="lazy" />
      ) : (
        <span class="no-photo">
          <Icon name="person" />
        </span>
      )}
      <p>
        <strong class="foreign">{name}</strong> <span class="foreign">{unitOf(person)}</span>
        <span class="fine">
          {tick
            ? fill(words.tick, { time: at(tick.atMs), by: tick.by ?? tick.at ?? '' })
            : fill(words.since, { time: `${dayText(language, sinceMs, timeZone)} ${at(sinceMs)}` })}
        </span>
      </p>
      {onTick && !tick && (
        <button
          type="button"
          class="primary"
          aria-label={`${words.here}: ${name}`}
          onClick={() => onTick(line, true)}
        >
          <Icon name="check" /> {words.here}
        </button>
      )}
      {onTick && tick && (
        <button type="button" aria-label={`${words.takeBack}: ${name}`} onClick={() => onTick(line, false)}>
          {words.takeBack}
        </button>
      )}
    </li>
  );
}
