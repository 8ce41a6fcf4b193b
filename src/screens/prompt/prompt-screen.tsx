import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { TalkTold } from '../../core/assist/talk.ts';
import type { AccountView, PromptView } from '../../ports/resident-prompt.ts';
import { askPrompt } from '../shared/ask-prompt.ts';
import { lengthOf, useChimes } from '../shared/chime.ts';
import { Icon } from '../shared/icon.tsx';
import { fill, type Language, wordIn } from '../shared/locale.ts';
import { postWords } from '../shared/post-words.ts';
import { clockText, dateText } from '../shared/times.ts';
import { useLiveFeed } from '../shared/use-live-feed.ts';
import { useNow } from '../shared/use-now.ts';
import {
  advisedWords,
  appearanceOf,
  contactOf,
  countdownOf,
  isMeasuringHint,
  LOST,
  progressOf,
  type SiteWords,
  STARTING,
  wordsOf,
} from './appearance.ts';
import { AssistButton } from './assist-button.tsx';
import { NoticeButtons, NoticeFrame, OPENS_FROM } from './privacy-frame.tsx';
import { PromptFrame } from './prompt-frame.tsx';
import type { PromptInfo } from './prompt-info.ts';
import { RESIDENT_WORDS, type ResidentWords } from './resident-words.ts';
import { AccountFrame, accountPages, SelfServiceButton } from './self-service.tsx';
import { sentenceOf } from './sentences.ts';
import { useSpeech } from './speaker.ts';
import { NextButton } from './text-pages.tsx';
import { usePromptTalk } from './use-talk.ts';

interface Props {
  readonly accessPoint: string;
  /** First and second language. */
  readonly languages: readonly [Language, Language];
  /** Called when another person's pass names a language (BCP 47), or none. */
  readonly onPassLanguage: (language: string | undefined) => void;
  readonly simulated: boolean;
  readonly timeZone: string | undefined;
  /** Whom people call, where they go, and what they are told in words of the site. */
  readonly site: SiteWords;
  /** How the guard is called here. */
  readonly assist: PromptInfo['assist'];
  readonly speech: PromptInfo['speech'];
  /** Whether people can ask here what is kept about their pass. */
  readonly selfService: boolean;
  /** Whether a guard may answer by voice here. */
  readonly mayTalk: boolean;
  /** Whether nothing is drawn yet where the gate has not told everything. */
  readonly isPatient: boolean;
  readonly isToldOfSite: boolean;
  /** The language buttons. */
  readonly children: ComponentChildren;
}

/** What answers a code: the next person's is spoken again, even if it is the same. */
const ANSWERS: ReadonlySet<PromptView['feedback']> = new Set([
  'AccessGranted',
  'AccessDenied',
  'RetryIdentifier',
]);

/** The content of the display beside one reader. */
export function PromptScreen(props: Props) {
  const {
    accessPoint,
    languages,
    onPassLanguage,
    simulated,
    timeZone,
    site,
    assist,
    speech,
    selfService,
    mayTalk,
    isPatient,
    isToldOfSite,
    children,
  } = props;
  const { live, topics, lostAtMs, send } = useLiveFeed({
    path: `/ws/prompt?${new URLSearchParams({ accessPoint })}`,
    heartbeat: askPrompt,
  });
  // Only a live value is shown: one from before a loss may be for another person.
  const view = live ? (topics.prompt as PromptView | undefined) : undefined;
  const told = topics.talk as TalkTold | undefined;
  const { isHeard, announce, hangUp } = usePromptTalk({ isOn: mayTalk, live, send, told });
  const isOpen = isHeard && view?.assist?.talk === 'open';
  const passLanguage = view?.needs?.language;
  // Before the page is painted, so that the first instruction is in this language already.
  useLayoutEffect(() => onPassLanguage(passLanguage), [passLanguage, onPassLanguage]);
  const { player, audible } = useChimes();
  const isSpeaking = speech !== undefined;
  const chimed = useRef<string>();
  const chimeKey =
    view &&
    [
      view.feedback,
      view.message,
      view.selfService?.step,
      view.reason,
      isMeasuringHint(view) ? '' : view.cause,
      view.waitSeconds,
      view.assist?.status,
    ].join(' ');
  useEffect(() => {
    const before = chimed.current;
    chimed.current = chimeKey;
    // No chime for what leads to the sensor, which changes all the time, nor for a message that stays while people show
    // their codes.
    const isLed = view !== undefined && isMeasuringHint(view) && before?.startsWith(view.feedback);
    const isSame =
      isLed || (before === chimeKey && (view?.feedback === 'Measure' || view?.feedback === 'TextMessage'));
    const chime = view && appearanceOf(view).chime;
    // Where the pass asks for speech at once the words take the place of the tone.
    const isSpoken = isSpeaking && view?.needs?.speechAtOnce === true;
    if (before !== undefined && !isSame && !isSpoken && chime) player.play(chime);
  }, [chimeKey, view, player, isSpeaking]);
  const [read, setRead] = useState<{ readonly over: string | undefined; readonly page: number }>();
  useEffect(() => setRead(undefined), [chimeKey]);

  const isComing = isPatient && (view === undefined || !isToldOfSite);
  const [isDrawn, setDrawn] = useState(false);
  useEffect(() => setDrawn((drawn) => drawn || !isComing), [isComing]);

  const unconnected = lostAtMs === undefined ? 'starting' : 'lost';
  const [language, second] = languages;
  const { audio, tell, isRefused } = useSpeech(speech, language, timeZone, isOpen);
  const spoken = useRef<PromptView>();
  useEffect(() => {
    if (view === undefined && unconnected === 'starting') return;
    const needs = view?.needs ?? {};
    const chime = view && appearanceOf(view).chime;
    const isAnew = view !== spoken.current && view !== undefined && ANSWERS.has(view.feedback);
    spoken.current = view;
    const toneMs = chime === undefined || needs.speechAtOnce === true ? 0 : lengthOf(chime);
    tell({ sentence: sentenceOf(view, unconnected), language, toneMs, ...(isAnew ? { isAnew } : {}) }, needs);
  }, [view, unconnected, language, tell]);

  const appearance = view ? appearanceOf(view) : unconnected === 'lost' ? LOST : STARTING;
  const words = (one: Language) =>
    view
      ? advisedWords(
          wordsOf(RESIDENT_WORDS[one], view, { office: site.office, otherGate: assist?.otherGate }),
          view,
          site,
          one,
        )
      : RESIDENT_WORDS[one].prompt[unconnected];
  const locale = RESIDENT_WORDS[language];
  const own = view?.selfService;
  // The notice goes as soon as the screen has something else to say.
  const notice = site.notice;
  const page = read !== undefined && read.over === chimeKey ? read.page : undefined;
  const turn = (to: number | undefined) =>
    setRead(to === undefined ? undefined : { over: chimeKey, page: to });
  const canRead = notice !== undefined && view !== undefined && OPENS_FROM.includes(view.feedback);
  const account = own?.step === 'account' ? (topics.account as AccountView | undefined) : undefined;
  const foot = (
    <>
      <div class="foot">
        {view?.nextLevel && view.assist === undefined && page === undefined && (
          <p class="post">
            {nextLevelWords(locale, view.nextLevel.level, clockText(language, view.nextLevel.atMs, timeZone))}
          </p>
        )}
        {site.post && view?.feedback === 'Idle' && view.assist === undefined && page === undefined && (
          <p class="post">{postWords(locale, site.post)}</p>
        )}
        <Clock language={language} timeZone={timeZone} isDrawn={isDrawn} />
        {(!audible || isRefused) && (
          <span class="sound-off">
            <Icon name="muted" />
            <span class="hidden">{locale.prompt.soundOff}</span>
          </span>
        )}
        {canRead && <NoticeButtons notice={notice} language={language} page={page} onTurn={turn} />}
        {selfService && view && (own !== undefined || page === undefined) && (
          <SelfServiceButton key={own === undefined ? 'begin' : 'end'} view={view} language={language} />
        )}
        {account && (
          <NextButton
            count={accountPages(account, language).length}
            at={page ?? 0}
            language={language}
            onTurn={turn}
          />
        )}
        {children}
        {assist && view && (
          <AssistButton {...{ view, assist, language, isHeard }} onPress={announce} onHangUp={hangUp} />
        )}
      </div>
      <div class="ribbons">
        {(view?.simulated ?? simulated) && <p class="ribbon">{locale.common.simulated}</p>}
        {view?.recordsDegrees && <p class="ribbon degrees">{locale.prompt.recordsDegrees}</p>}
      </div>
    </>
  );
  return (
    <>
      {isComing ? null : account !== undefined ? (
        <AccountFrame accessPoint={accessPoint} account={account} language={language} page={page ?? 0}>
          {foot}
        </AccountFrame>
      ) : canRead && page !== undefined ? (
        <NoticeFrame notice={notice} language={language} page={page}>
          {foot}
        </NoticeFrame>
      ) : (
        <PromptFrame
          appearance={appearance}
          first={{ language, words: words(language) }}
          second={{ language: second, words: words(second) }}
          contact={view && contactOf(view, site)}
          updateKey={view}
          waitSeconds={view && countdownOf(view)}
          progress={view && progressOf(view)}
          largeType={view?.needs?.largeType ?? false}
        >
          {foot}
        </PromptFrame>
      )}
      {/* Outside of what changes, so that the voice is the same one all the time. */}
      {/* biome-ignore lint/a11y/useMediaCaption: what it says stands on the screen */}
      <audio ref={audio} />
    </>
  );
}

/** What comes next by the schedule; a level with a name of the site's own is not named. */
function nextLevelWords({ guard, prompt }: ResidentWords, level: string, time: string): string {
  const name = wordIn<string>(guard.level.names, level);
  return name === undefined
    ? fill(prompt.otherRules, { time })
    : fill(prompt.nextLevel, { time, level: name });
}

interface ClockProps {
  readonly language: Language;
  readonly timeZone: string | undefined;
  readonly isDrawn: boolean;
}

/** Keeps its room until the rest is drawn: the calendars of a browser take as long to load as all the rest to be drawn. */
function Clock({ language, timeZone, isDrawn }: ClockProps) {
  const now = useNow(1000);
  return (
    <p class={`clock${isDrawn ? '' : ' coming'}`}>
      <time>{isDrawn ? clockText(language, now, timeZone) : '\u00a0'}</time>
      <span>{isDrawn ? dateText(language, now, timeZone) : '\u00a0'}</span>
    </p>
  );
}
