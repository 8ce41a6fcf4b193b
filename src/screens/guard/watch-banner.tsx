import { useEffect, useState } from 'preact/hooks';
import { postJson, problemIn } from '../shared/api.ts';
import { fill } from '../shared/locale.ts';
import { useWords } from './words.ts';

/** The origin that asks, in the fragment of this page's address; undefined where nobody does. */
function askingIn(fragment: string): string | undefined {
  const text = new URLSearchParams(fragment.slice(1)).get('watch') ?? '';
  return /^https?:/.test(text) && URL.canParse(text) ? new URL(text).origin : undefined;
}

/**
 * The page of several gates on another kiosk asks to watch this gate. What it gets goes to the window that has opened this one
 * alone, and only if it is of that origin; the gate itself knows which origins may ask.
 */
export function WatchBanner({ onSessionDoubt }: { readonly onSessionDoubt: () => Promise<void> }) {
  const { locale } = useWords();
  const words = locale.gates;
  const [origin, setOrigin] = useState(() => askingIn(location.hash));
  const [said, setSaid] = useState<string>();
  useEffect(() => {
    const follow = () => {
      setSaid(undefined);
      setOrigin(askingIn(location.hash));
    };
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  if (origin === undefined) return null;
  const done = () => {
    history.replaceState(null, '', location.pathname);
    setOrigin(undefined);
  };
  const allow = async () => {
    const answer = await postJson('/api/gates/watch', { origin });
    if (answer === 'unreachable') return setSaid(words.noAnswer);
    if (answer.status === 401) return onSessionDoubt();
    const { error, token } = answer.body;
    if (error === 'foreign_origin') return setSaid(words.refused);
    if (error === 'desk.unattended') return setSaid(words.away);
    if (answer.status !== 200) return setSaid(problemIn(locale, answer));
    const opener = window.opener as Window | null;
    if (opener === null) return setSaid(words.noOpener);
    opener.postMessage({ type: 'gatepost.watch', token }, origin);
    history.replaceState(null, '', location.pathname);
    return setSaid(words.allowed);
  };
  return (
    <section class="watch-banner" aria-labelledby="watch-banner">
      <h2 id="watch-banner">{fill(words.allowTitle, { origin })}</h2>
      <p>{words.allowText}</p>
      <p role="status">
        <strong>{said}</strong>
      </p>
      <div class="actions">
        {said !== words.allowed && (
          <button type="button" class="primary" onClick={() => void allow()}>
            {words.allow}
          </button>
        )}
        <button type="button" onClick={done}>
          {said === words.allowed ? words.close : words.refuse}
        </button>
      </div>
    </section>
  );
}
