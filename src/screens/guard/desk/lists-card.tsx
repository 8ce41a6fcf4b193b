import type { ListView } from '../../../ports/gate-state.ts';
import { Icon } from '../../shared/icon.tsx';
import { fill } from '../../shared/locale.ts';
import { clockText, dayText } from '../../shared/times.ts';
import { useWords } from '../words.ts';

/** The signed lists, their age, and when each is due to be followed. */
export function ListsCard({ lists }: { lists: readonly ListView[] }) {
  const { language, locale, timeZone } = useWords();
  const words = locale.guard.lists;
  const stamp = (ms: number) => `${dayText(language, ms, timeZone)} ${clockText(language, ms, timeZone)}`;
  return (
    <section class="card" aria-labelledby="lists">
      <h2 id="lists">{words.title}</h2>
      <ul class="entries">
        {lists.map(({ type, number, issuedAtMs, nextUpdateMs, state, signer }) => (
          <li key={type}>
            <p>
              <strong>{locale.vocabulary.listType[type]}</strong>
              <span class="fine">
                {issuedAtMs === undefined
                  ? words.never
                  : fill(words.issued, { number, time: stamp(issuedAtMs) })}
              </span>
              {nextUpdateMs !== undefined && (
                <span class="fine">{fill(words.next, { time: stamp(nextUpdateMs) })}</span>
              )}
              {signer === 'withdrawn' && <span class="fine">{words.withdrawn}</span>}
            </p>
            <span class={state === 'good' && signer === undefined ? 'badge good' : 'badge warn'}>
              <Icon name={state === 'good' && signer === undefined ? 'check' : 'warning'} />
              {locale.vocabulary.listState[state]}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
