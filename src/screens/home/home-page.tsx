import { useEffect, useState } from 'preact/hooks';
import { languageFrom } from '../../core/text/language.ts';
import { localeOf } from '../shared/all-words.ts';
import { type Answer, getJson } from '../shared/api.ts';
import { LanguageButtons } from '../shared/language-buttons.tsx';
import { useDocumentLanguage, useLanguageChoice } from '../shared/language-choice.ts';

/** The page `/`: links to all screens. */
export function HomePage() {
  const [chosen, choose] = useLanguageChoice({ key: 'gatepost.guard.language' });
  const language = chosen ?? languageFrom(navigator.language) ?? 'en';
  const { home, common } = localeOf(language);
  useDocumentLanguage(language, home.title);
  const [session, setSession] = useState<Answer>();
  useEffect(() => {
    void getJson('/api/session').then(setSession);
  }, []);
  const has = (page: 'demo' | 'gates' | 'trust') =>
    session !== undefined && session !== 'unreachable' && session.body[page] === true;
  return (
    <main class="home">
      <LanguageButtons value={language} label={common.languages} onChoose={choose} />
      <h1>{home.title}</h1>
      <p>{session === 'unreachable' ? home.unreachable : home.lead}</p>
      <Way href="/guard/" name={home.guard} hint={home.guardHint} />
      {has('gates') && <Way href="/gates/" name={home.gates} hint={home.gatesHint} />}
      <Way href="/prompt/" name={home.prompt} hint={home.promptHint} />
      {has('trust') && <Way href="/trust/" name={home.trust} hint={home.trustHint} />}
      {has('demo') && <Way href="/demo/" name={home.demo} hint={home.demoHint} />}
    </main>
  );
}

function Way({ href, name, hint }: { href: string; name: string; hint: string }) {
  return (
    <a class="way" href={href}>
      <strong>{name}</strong>
      <span>{hint}</span>
    </a>
  );
}
