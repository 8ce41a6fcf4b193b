import { useEffect, useState } from 'preact/hooks';
import { languageFrom } from '../../core/text/language.ts';
import { LanguageButtons } from '../shared/language-buttons.tsx';
import { useDocumentLanguage, useLanguageChoice } from '../shared/language-choice.ts';
import { type Language, localeOf } from '../shared/locale.ts';
import { EnterPass } from './enter-pass.tsx';
import { type HeldPass, heldPass, passInFragment } from './held-pass.ts';
import { InviteGuest } from './invite-guest.tsx';
import { OwnKeyView } from './own-key-view.tsx';
import { ShowPass } from './show-pass.tsx';
import { type OwnKey, Wallet } from './wallet.ts';

type View = 'pass' | 'enter' | 'key' | 'guest';

interface Kept {
  readonly wallet: Wallet;
  readonly key: OwnKey | undefined;
  readonly pass: HeldPass | undefined;
}

function browserLanguage(): Language {
  return navigator.languages.map(languageFrom).find((language) => language !== undefined) ?? 'zh-CN';
}

/** The page on the holder's phone: stores one pass and shows it to the gate, with or without a network. */
export function PhoneApp() {
  const [chosen, choose] = useLanguageChoice({ key: 'gatepost.phone.language' });
  const language = chosen ?? browserLanguage();
  const locale = localeOf(language);
  const words = locale.phone;
  useDocumentLanguage(language, words.title);
  const { kept, failed, renew } = useKept();
  const [view, setView] = useState<View>('pass');
  const [offered, setOffered] = useState<HeldPass>();

  const take = async (pass: HeldPass | undefined): Promise<void> => {
    await kept?.wallet.setPass(pass?.text);
    await renew();
    setOffered(undefined);
    setView('pass');
  };
  const offer = (pass: HeldPass): void => {
    if (kept?.pass === undefined || kept.pass.text === pass.text) void take(pass);
    else setOffered(pass);
  };
  useFragment(kept !== undefined, offer);

  const makeKey = async (): Promise<void> => {
    await kept?.wallet.needKey();
    await renew();
    setView('key');
  };

  return (
    <main>
      <header>
        <h1>{words.title}</h1>
        <LanguageButtons value={language} label={locale.common.languages} onChoose={choose} />
      </header>
      {failed && <p class="wrong">{words.noStorage}</p>}
      {offered !== undefined && (
        <section class="ask" role="alertdialog" aria-label={words.replaceAsk}>
          <p>{words.replaceAsk}</p>
          <button type="button" class="primary" onClick={() => void take(offered)}>
            {words.replace}
          </button>
          <button type="button" onClick={() => setOffered(undefined)}>
            {words.keep}
          </button>
        </section>
      )}
      {kept !== undefined && offered === undefined && (
        <Content
          kept={kept}
          view={view}
          language={language}
          onView={setView}
          onPass={offer}
          onKey={makeKey}
          onRemove={() => take(undefined)}
        />
      )}
    </main>
  );
}

interface ContentProps {
  readonly kept: Kept;
  readonly view: View;
  readonly language: Language;
  readonly onView: (view: View) => void;
  readonly onPass: (pass: HeldPass) => void;
  readonly onKey: () => Promise<void>;
  readonly onRemove: () => Promise<void>;
}

function Content({ kept, view, language, onView, onPass, onKey, onRemove }: ContentProps) {
  const locale = localeOf(language);
  const words = locale.phone;
  if (view === 'key' && kept.key !== undefined) {
    return <OwnKeyView ownKey={kept.key} words={words} onBack={() => onView('enter')} />;
  }
  if (view === 'guest' && kept.pass !== undefined && kept.key !== undefined) {
    return (
      <InviteGuest pass={kept.pass} ownKey={kept.key} language={language} onBack={() => onView('pass')} />
    );
  }
  if (view === 'pass' && kept.pass !== undefined) {
    return (
      <ShowPass
        pass={kept.pass}
        ownKey={kept.key}
        language={language}
        onChange={() => onView('enter')}
        onGuest={() => onView('guest')}
        onRemove={() => void onRemove()}
      />
    );
  }
  return (
    <EnterPass
      words={words}
      onPass={onPass}
      onKey={() => void onKey()}
      onBack={kept.pass === undefined ? undefined : () => onView('pass')}
    />
  );
}

function useKept() {
  const [kept, setKept] = useState<Kept>();
  const [failed, setFailed] = useState(false);
  const read = async (wallet: Wallet): Promise<void> => {
    const [key, text] = [await wallet.key(), await wallet.pass()];
    setKept({ wallet, key, pass: text === undefined ? undefined : heldPass(text) });
  };
  useEffect(() => {
    Wallet.open()
      .then(read)
      .catch(() => setFailed(true));
  }, []);
  return { kept, failed, renew: async () => kept && read(kept.wallet) };
}

/** Takes a pass from the address, at the start and when a link is opened later, and removes it from the address. */
function useFragment(ready: boolean, onPass: (pass: HeldPass) => void): void {
  useEffect(() => {
    if (!ready) return undefined;
    const look = (): void => {
      const pass = passInFragment(location.hash);
      if (location.hash !== '') history.replaceState(null, '', location.pathname + location.search);
      if (pass !== undefined) onPass(pass);
    };
    look();
    window.addEventListener('hashchange', look);
    return () => window.removeEventListener('hashchange', look);
  });
}
