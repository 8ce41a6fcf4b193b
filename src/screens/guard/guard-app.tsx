import { useCallback, useEffect, useState } from 'preact/hooks';
import { getJson } from '../shared/api.ts';
import { ErrorFence } from '../shared/error-fence.tsx';
import { LanguageButtons } from '../shared/language-buttons.tsx';
import { useDocumentLanguage, useLanguageChoice } from '../shared/language-choice.ts';
import { languageFrom, localeOf } from '../shared/locale.ts';
import { ScanNotice } from '../shared/scan-notice.tsx';
import { Desk } from './desk.tsx';
import { SetUp } from './set-up.tsx';
import { SignIn } from './sign-in.tsx';
import { WordsContext } from './words.ts';

interface Session {
  readonly status: 'setup' | 'login' | 'signed-in';
  readonly operator?: string;
}

const RETRY_MS = 3_000;

/** Set-up, sign-in or the desk, as the session says. */
export function GuardApp() {
  const [chosen, choose] = useLanguageChoice({ key: 'gatepost.guard.language' });
  const language = chosen ?? languageFrom(navigator.language) ?? 'zh-CN';
  const locale = localeOf(language);
  useDocumentLanguage(language, locale.guard.title);

  const [session, setSession] = useState<Session>();
  const [reachable, setReachable] = useState(true);
  const refresh = useCallback(async () => {
    const answer = await getJson('/api/session');
    const answered = answer !== 'unreachable' && answer.status === 200;
    setReachable(answered);
    if (answered) setSession(answer.body as unknown as Session);
  }, []);
  useEffect(() => {
    void refresh();
  }, [refresh]);
  const knocking = session === undefined && !reachable;
  useEffect(() => {
    if (!knocking) return undefined;
    const timer = setInterval(() => void refresh(), RETRY_MS);
    return () => clearInterval(timer);
  }, [knocking, refresh]);

  const notice = <ScanNotice words={locale.common.tooFast} />;
  const languages = <LanguageButtons value={language} label={locale.common.languages} onChoose={choose} />;
  if (session?.status === 'signed-in')
    return (
      <WordsContext.Provider value={{ language, locale, timeZone: undefined }}>
        <ErrorFence instead={<p class="failed">{locale.common.screenFailed}</p>}>
          <Desk operator={session.operator ?? ''} languages={languages} onSessionDoubt={refresh} />
        </ErrorFence>
        {notice}
      </WordsContext.Provider>
    );
  return (
    <WordsContext.Provider value={{ language, locale, timeZone: undefined }}>
      <main class="entry">
        {languages}
        {session === undefined && <p role="status">{reachable ? '' : locale.guard.signIn.unreachable}</p>}
        {session?.status === 'setup' && <SetUp onDone={refresh} />}
        {session?.status === 'login' && <SignIn onDone={refresh} />}
      </main>
      {notice}
    </WordsContext.Provider>
  );
}
