import { useState } from 'preact/hooks';
import { languageFrom } from '../../core/text/language.ts';
import { localeOf } from '../shared/all-words.ts';
import { LanguageButtons } from '../shared/language-buttons.tsx';
import { useDocumentLanguage, useLanguageChoice } from '../shared/language-choice.ts';
import { fill, type Language } from '../shared/locale.ts';
import { ScanNotice } from '../shared/scan-notice.tsx';
import { ClockMover } from './clock-mover.tsx';
import { DeskPrinter } from './desk-printer.tsx';
import { CableSwitches, DoorInputs } from './door-inputs.tsx';
import { GateView } from './gate-view.tsx';
import { MessageList } from './message-list.tsx';
import { OwnCode } from './own-code.tsx';
import { MorningStory, PassCards } from './pass-cards.tsx';
import { PersonControls } from './person-controls.tsx';
import { PromptPreview } from './prompt-preview.tsx';
import { useDemo } from './use-demo.ts';

/** The demo panel: on the left the controls of the simulated gate, on the right what the gate does. */
export function DemoApp() {
  const [chosen, choose] = useLanguageChoice({ key: 'gatepost.demo.language' });
  const language: Language = chosen ?? languageFrom(navigator.language) ?? 'en';
  const locale = localeOf(language);
  const words = locale.demo;
  useDocumentLanguage(language, words.title);
  const demo = useDemo(locale);
  const { state } = demo;
  const [wanted, setWanted] = useState<string>();
  const point = state?.accessPoints.find(({ id }) => id === wanted) ?? state?.accessPoints[0];
  const door = state?.doors.find(({ id }) => id === point?.door);
  return (
    <div class="demo">
      <header>
        <h1>
          {words.title} <span class="badge simulated">{locale.common.simulated}</span>
        </h1>
        <LanguageButtons value={language} label={locale.common.languages} onChoose={choose} />
        <p class="lead">{words.lead}</p>
        {state?.guard && <p class="lead">{fill(words.guardAccount, { ...state.guard })}</p>}
        <nav class="actions">
          {point && (
            <a
              class="button"
              target="gatepost-prompt"
              href={`/prompt/?${new URLSearchParams({ accessPoint: point.id })}`}
            >
              {words.openPrompt}
            </a>
          )}
          <a class="button" target="gatepost-guard" href="/guard/">
            {words.openGuard}
          </a>
          {state && state.accessPoints.length > 1 && (
            <fieldset class="points">
              <legend>{words.accessPoint}</legend>
              {state.accessPoints.map(({ id, direction }) => (
                <button key={id} type="button" aria-pressed={id === point?.id} onClick={() => setWanted(id)}>
                  {id} ({locale.vocabulary.direction[direction]})
                </button>
              ))}
            </fieldset>
          )}
        </nav>
      </header>
      <ScanNotice words={locale.common.tooFast} />
      <p role="alert" class="problem">
        {!demo.reachable ? words.unreachable : demo.problem && `${words.failed} ${demo.problem}`}
      </p>
      {state && point && (
        <main>
          <div class="side">
            <PromptPreview key={point.id} accessPoint={point.id} language={language} />
            {door && (
              <GateView door={door} locale={locale} onChange={(change) => demo.send('door', change)} />
            )}
            {state.printer && (
              <DeskPrinter
                printer={state.printer}
                locale={locale}
                onPaper={(hasPaper) => demo.send('paper', { hasPaper })}
              />
            )}
            <MessageList messages={state.messages} timeZone={state.clock.timeZone} language={language} />
          </div>
          <div class="doings">
            <MorningStory
              story={state.story}
              locale={locale}
              onChange={(running) => demo.send('story', { running })}
            />
            <PassCards
              samples={state.samples}
              locale={locale}
              onPresent={(sample) => demo.send('present', { accessPoint: point.id, sample })}
            />
            <PersonControls
              key={point.id}
              person={point.person}
              locale={locale}
              onChange={(person) => demo.send('person', { accessPoint: point.id, person })}
            />
            <ClockMover
              clock={state.clock}
              language={language}
              onChange={(change) => demo.send('clock', change)}
            />
            <CableSwitches
              devices={state.devices}
              locale={locale}
              onChange={(change) => demo.send('unplug', change)}
            />
            <OwnCode
              locale={locale}
              onText={(text) => demo.send('scan', { accessPoint: point.id, text })}
              onPicture={(picture) => demo.sendPicture(point.id, picture)}
            />
            {door && door.inputs.length > 0 && (
              <DoorInputs door={door} locale={locale} onChange={(change) => demo.send('input', change)} />
            )}
          </div>
        </main>
      )}
    </div>
  );
}
