import { useEffect, useState } from 'preact/hooks';
import { languageFrom } from '../../core/text/language.ts';
import { localeOf } from '../shared/all-words.ts';
import { LanguageButtons } from '../shared/language-buttons.tsx';
import { useDocumentLanguage, useLanguageChoice } from '../shared/language-choice.ts';
import type { Language } from '../shared/locale.ts';
import { AboutPage } from './about-page.tsx';
import { type Entered, enteredFragment } from './entered-text.ts';
import { withShown } from './kept.ts';
import { PassTabs } from './pass-tabs.tsx';
import type { View } from './phone-view.ts';
import { PhoneViews } from './phone-views.tsx';
import { useKept } from './use-kept.ts';
import { usePlace } from './use-place.ts';

function browserLanguage(): Language {
  return navigator.languages.map(languageFrom).find((language) => language !== undefined) ?? 'zh-CN';
}

/** The page on the holder's phone: keeps passes and shows one to the gate, with or without a network. */
export function PhoneApp() {
  const [chosen, choose] = useLanguageChoice({ key: 'gatepost.phone.language' });
  const language = chosen ?? browserLanguage();
  const locale = localeOf(language);
  const words = locale.phone;
  useDocumentLanguage(language, words.title);
  const { failed, ...kept } = useKept();
  const { passes, shown } = kept;
  const hasPasses = passes !== undefined && passes.length > 0;
  const place = usePlace(hasPasses);
  const [wanted, setView] = useState<View>({ at: 'show' });
  // Without a pass there is nothing to show or to list.
  const view: View = !hasPasses && (wanted.at === 'show' || wanted.at === 'list') ? { at: 'enter' } : wanted;

  const request = async (movedPassId?: string): Promise<void> => {
    try {
      const ownKey = await kept.needKey(movedPassId);
      if (ownKey !== undefined)
        setView({ at: 'request', ownKey, ...(movedPassId === undefined ? {} : { movedPassId }) });
    } catch {
      setView({ at: 'enter', wrong: 'noKey' });
    }
  };
  const enter = async (entered: Entered): Promise<void> => {
    if ('wrong' in entered) setView({ at: 'enter', wrong: entered.wrong });
    else if ('movedPassId' in entered) await request(entered.movedPassId);
    else if (passes?.some(({ text }) => text === entered.pass.text) !== true)
      setView({ at: 'keep', pass: entered.pass });
    else {
      await kept.change((before) => withShown(before, entered.pass.text));
      setView({ at: 'show' });
    }
  };
  useFragment(passes !== undefined, (entered) => void enter(entered));

  return (
    <main>
      <header>
        <h1 class={view.at === 'show' ? 'hidden' : undefined}>{words.title}</h1>
        {view.at === 'show' && (
          <button type="button" onClick={() => setView({ at: 'list' })}>
            {words.all}
          </button>
        )}
        <LanguageButtons value={language} label={locale.common.languages} onChoose={choose} />
      </header>
      {failed && <p class="wrong">{words.noStorage}</p>}
      {view.at === 'show' && passes !== undefined && (
        <PassTabs
          passes={passes}
          shown={shown}
          locale={locale}
          onShow={({ text }) => void kept.change((before) => withShown(before, text))}
        />
      )}
      {passes !== undefined && (
        <PhoneViews
          kept={kept}
          view={view}
          language={language}
          place={place}
          onView={setView}
          onEntered={(entered) => void enter(entered)}
          onRequest={() => void request()}
        />
      )}
      {(view.at === 'list' || (view.at === 'enter' && !hasPasses)) && (
        <AboutPage place={place} words={words} />
      )}
    </main>
  );
}

/** Takes what the office or another phone put into the address, at the start and later, and removes it from there. */
function useFragment(ready: boolean, onEntered: (entered: Entered) => void): void {
  useEffect(() => {
    if (!ready) return undefined;
    const look = (): void => {
      const entered = enteredFragment(location.hash);
      if (location.hash !== '') history.replaceState(null, '', location.pathname + location.search);
      if (entered !== undefined) onEntered(entered);
    };
    look();
    window.addEventListener('hashchange', look);
    return () => window.removeEventListener('hashchange', look);
  });
}
