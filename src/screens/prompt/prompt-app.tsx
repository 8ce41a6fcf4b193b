import { useCallback, useEffect, useLayoutEffect, useState } from 'preact/hooks';
import { LANGUAGES, languageFrom } from '../../core/text/language.ts';
import type { Answer } from '../shared/api.ts';
import { askPrompt } from '../shared/ask-prompt.ts';
import { ErrorFence } from '../shared/error-fence.tsx';
import { LanguageButtons } from '../shared/language-buttons.tsx';
import { useDocumentLanguage, useLanguageChoice } from '../shared/language-choice.ts';
import { type Language, secondLanguage } from '../shared/locale.ts';
import { LOST } from './appearance.ts';
import { Chooser } from './chooser.tsx';
import { PromptFrame } from './prompt-frame.tsx';
import type { PromptInfo } from './prompt-info.ts';
import { PromptScreen } from './prompt-screen.tsx';
import { RESIDENT_WORDS } from './resident-words.ts';

const RETRY_MS = 3_000;
/** How long the page waits for the gate's first words: a page that is drawn once stands sooner than one drawn three times. */
const PATIENCE_MS = 400;
/** A choice of language counts for one person; after this time the site's language is shown again. */
const CHOICE = { key: 'gatepost.prompt.language', lastsMs: 120_000 };

/** @param asked the answer to the first question, if it comes */
function usePromptInfo(asked: Promise<Answer>): PromptInfo | undefined {
  const [info, setInfo] = useState<PromptInfo>();
  const take = useCallback(async (asking: Promise<Answer>) => {
    const answer = await asking;
    if (answer !== 'unreachable' && answer.status === 200 && Array.isArray(answer.body.accessPoints))
      setInfo(answer.body as unknown as PromptInfo);
  }, []);
  const known = info !== undefined;
  useLayoutEffect(() => {
    if (known) return undefined;
    void take(asked);
    const timer = setInterval(() => void take(askPrompt()), RETRY_MS);
    return () => clearInterval(timer);
  }, [known, take, asked]);
  return info;
}

function usePatience(): boolean {
  const [isPatient, setPatient] = useState(true);
  useEffect(() => {
    const timer = setTimeout(() => setPatient(false), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, []);
  return isPatient;
}

export function PromptApp({ search, asked }: { search: string; asked: Promise<Answer> }) {
  const query = new URLSearchParams(search);
  const accessPoint = query.get('accessPoint');
  const info = usePromptInfo(asked);
  const isPatient = usePatience();
  const [chosen, choose] = useLanguageChoice(CHOICE);
  const site: Language = languageFrom(info?.language) ?? 'zh-CN';
  const configured = languageFrom(query.get('language')) ?? site;
  // The language of the pass of whoever stands here, until the passage ends or a button is pressed.
  const [passLanguage, setPassLanguage] = useState<string>();
  const language = languageFrom(passLanguage) ?? chosen ?? configured;
  const second = secondLanguage(language, configured);
  const locale = RESIDENT_WORDS[language];
  useDocumentLanguage(language, locale.home.prompt);

  const offered = LANGUAGES.filter((one) => info?.languages?.includes(one) ?? true);
  const press = (pressed: Language) => {
    setPassLanguage(undefined);
    choose(pressed);
  };
  const buttons = (
    <LanguageButtons value={language} label={locale.common.languages} choices={offered} onChoose={press} />
  );
  const lost = {
    appearance: LOST,
    first: { language, words: locale.prompt.lost },
    second: { language: second, words: RESIDENT_WORDS[second].prompt.lost },
  };
  if (info && !info.accessPoints.some(({ id }) => id === accessPoint))
    return (
      <Chooser language={language} accessPoints={info.accessPoints} unknown={accessPoint !== null}>
        {buttons}
      </Chooser>
    );
  return (
    <main class="prompt">
      <h1 class="hidden">{locale.home.prompt}</h1>
      <ErrorFence instead={<PromptFrame {...lost} />}>
        {accessPoint === null ? (
          <PromptFrame {...lost} />
        ) : (
          <PromptScreen
            accessPoint={accessPoint}
            languages={[language, second]}
            onPassLanguage={setPassLanguage}
            simulated={info?.simulated ?? false}
            timeZone={info?.timeZone}
            assist={info?.assist}
            speech={info?.speech}
            site={info ?? {}}
            selfService={info?.selfService ?? false}
            mayTalk={info?.talk ?? false}
            isPatient={isPatient}
            isToldOfSite={info !== undefined}
          >
            {buttons}
          </PromptScreen>
        )}
      </ErrorFence>
    </main>
  );
}
