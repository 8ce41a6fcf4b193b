import { languageFrom } from '../../core/text/language.ts';
import { useRepeatedChime } from '../guard/desk/use-alarm-sound.ts';
import { localeOf } from '../shared/all-words.ts';
import { useChimes } from '../shared/chime.ts';
import { Icon } from '../shared/icon.tsx';
import { LanguageButtons } from '../shared/language-buttons.tsx';
import { useDocumentLanguage, useLanguageChoice } from '../shared/language-choice.ts';
import { ScanNotice } from '../shared/scan-notice.tsx';
import { GateCard } from './gate-card.tsx';
import { useGates } from './use-gates.ts';

/** Several gates of the site side by side, each by its own word and with its own sign-in. It rings for all of them. */
export function GatesPage() {
  const [chosen, choose] = useLanguageChoice({ key: 'gatepost.guard.language' });
  const language = chosen ?? languageFrom(navigator.language) ?? 'zh-CN';
  const locale = localeOf(language);
  const words = locale.gates;
  useDocumentLanguage(language, words.title);
  const gates = useGates();
  const { player, audible } = useChimes();
  const calling = gates.filter(
    ({ state: { status, summary } }) => status === 'live' && (summary?.needs ?? 0) > 0,
  );
  const alarm = calling.some(({ state }) => state.summary?.alarm === true);
  useRepeatedChime(player, calling.length === 0 ? undefined : alarm ? 'alarm' : 'attention', {
    about: calling.map(({ url, state }) => `${url} ${state.summary?.needs}`).join(),
  });
  return (
    <>
      <header class="gates-head">
        <h1>{words.title}</h1>
        <p>{words.lead}</p>
        {!audible && (
          <button type="button" class="sound">
            <Icon name="muted" />
            {words.soundOff}
          </button>
        )}
        <LanguageButtons value={language} label={locale.common.languages} onChoose={choose} />
      </header>
      <main class="gates">
        {gates.map((gate) => (
          <GateCard key={gate.url} gate={gate} language={language} locale={locale} />
        ))}
      </main>
      <ScanNotice words={locale.common.tooFast} />
    </>
  );
}
