import type { Locale } from '../shared/locale.ts';
import type { Place } from './use-place.ts';

/** What this page can promise where it is opened, in plain words, and the ways to more. */
export function AboutPage({ place, words }: { readonly place: Place; readonly words: Locale['phone'] }) {
  const { kind, isOffline, isLasting, install } = place;
  return (
    <section class="card">
      <h2>{words.about.title}</h2>
      <ul class="promises">
        <li>{words.about[kind]}</li>
        {kind === 'browser' && <li>{words.about.iphone}</li>}
        {kind !== 'file' && kind !== 'unsafe' && (
          <li>{isOffline ? words.about.offline : words.about.notYet}</li>
        )}
        {isLasting !== undefined && <li>{isLasting ? words.about.lasting : words.about.mayGo}</li>}
        <li>{words.about.nobody}</li>
      </ul>
      {install !== undefined && (
        <button type="button" onClick={install}>
          {words.about.install}
        </button>
      )}
    </section>
  );
}
