import { useCallback, useEffect, useLayoutEffect, useState } from 'preact/hooks';
import type { Role } from '../../core/access/vocabulary.ts';
import { languageFrom } from '../../core/text/language.ts';
import { localeOf } from '../shared/all-words.ts';
import { getJson } from '../shared/api.ts';
import { ErrorFence } from '../shared/error-fence.tsx';
import { LanguageButtons } from '../shared/language-buttons.tsx';
import { useDocumentLanguage, useLanguageChoice } from '../shared/language-choice.ts';
import { ScanNotice } from '../shared/scan-notice.tsx';
import { Desk } from './desk/desk.tsx';
import { OutOfOrder } from './desk/out-of-order.tsx';
import { type Calls, SetUp, SignedOut, SignIn } from './desk/sign-in.tsx';
import { CodeContext, PasskeyContext, RoleContext } from './role.ts';
import { WatchBanner } from './watch-banner.tsx';
import { WordsContext } from './words.ts';

interface Session {
  readonly status: 'setup' | 'login' | 'signed-in' | 'out-of-order';
  readonly operator?: string;
  readonly role?: Role;
  /** The account has one-time codes. */
  readonly code?: boolean;
  /** It has passkeys. */
  readonly passkeys?: boolean;
  /** Set while nobody is signed in and a guard is needed. */
  readonly calls?: Calls;
  readonly trouble?: string;
  readonly detail?: string;
  readonly file?: string;
}

const RETRY_MS = 3_000;
const NO_CALLS: Calls = { waiting: 0, alarm: false };

/** Shows the set-up, the sign-in or the desk, depending on the session. */
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
  useLayoutEffect(() => {
    void refresh();
  }, [refresh]);
  // Without a sign-in there is no feed, so the page polls whether a guard is needed.
  const asking = session === undefined ? !reachable : session.status !== 'signed-in';
  useEffect(() => {
    if (!asking) return undefined;
    const timer = setInterval(() => void refresh(), RETRY_MS);
    return () => clearInterval(timer);
  }, [asking, refresh]);

  const notice = <ScanNotice words={locale.common.tooFast} />;
  const languages = <LanguageButtons value={language} label={locale.common.languages} onChoose={choose} />;
  if (session?.status === 'signed-in')
    return (
      <WordsContext.Provider value={{ language, locale, timeZone: undefined }}>
        <ErrorFence instead={<p class="failed">{locale.common.screenFailed}</p>}>
          <RoleContext.Provider value={session.role}>
            <CodeContext.Provider value={session.code === true}>
              <PasskeyContext.Provider value={session.passkeys === true}>
                <WatchBanner onSessionDoubt={refresh} />
                <Desk operator={session.operator ?? ''} languages={languages} onSessionDoubt={refresh} />
              </PasskeyContext.Provider>
            </CodeContext.Provider>
          </RoleContext.Provider>
        </ErrorFence>
        {notice}
      </WordsContext.Provider>
    );
  return (
    <WordsContext.Provider value={{ language, locale, timeZone: undefined }}>
      <main class="entry">
        {languages}
        {(session === undefined || !reachable) && (
          <p role="status">{reachable ? '' : locale.guard.signIn.unreachable}</p>
        )}
        {session?.status === 'out-of-order' && <OutOfOrder {...session} />}
        {session?.status === 'setup' && <SetUp onDone={refresh} />}
        {session?.status === 'login' && (
          <SignedOut calls={(reachable && session.calls) || NO_CALLS}>
            <SignIn onDone={refresh} />
          </SignedOut>
        )}
      </main>
      {notice}
    </WordsContext.Provider>
  );
}
