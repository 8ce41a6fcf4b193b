import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { HolderNeeds } from '../../core/pass/pass.ts';
import { SPEECH_CHANNEL } from '../shared/chime.ts';
import type { Language } from '../shared/locale.ts';
import { minuteOfDay } from '../shared/night.ts';
import type { PromptInfo } from './prompt-info.ts';
import {
  ask,
  begin,
  end,
  giveUp,
  hush,
  loudness,
  SILENT,
  type SpeechPlan,
  type SpeechSettings,
  type Told,
  tell,
} from './speech-plan.ts';
import { Voices } from './voices.ts';

/** Of somebody whose pass asks for it. */
const SLOW_RATE = 0.8;

interface SpeakerDeps {
  readonly audio: HTMLAudioElement;
  readonly voices: Pick<Voices, 'addressOf'>;
  readonly settings: SpeechSettings;
  /** IANA name of the site's time zone. */
  readonly timeZone: string | undefined;
  /** Whether the browser played, or refused to. */
  readonly onPlayed: (played: boolean) => void;
}

/** How the person who stands there is to be spoken to, by the pass. */
type SpeechNeeds = Pick<HolderNeeds, 'speechAtOnce' | 'slow'>;

/** Speaks by the plan, with one element, so that there is never more than one voice. */
class Speaker {
  readonly #deps: SpeakerDeps;
  readonly #channel = new BroadcastChannel(SPEECH_CHANNEL);
  #plan: SpeechPlan = SILENT;
  #needs: SpeechNeeds = {};
  #isTalking = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(deps: SpeakerDeps) {
    this.#deps = deps;
    deps.audio.onended = () => this.#follow(end(this.#plan, performance.now(), deps.settings));
  }

  tell(told: Told, needs: SpeechNeeds): void {
    this.#needs = needs;
    this.#follow(tell(this.#plan, told, performance.now()));
  }

  /** A guard speaks with whoever stands there: what is being said ends, and what follows is lower. */
  talks(isTalking: boolean): void {
    if (isTalking && !this.#isTalking) this.#follow(hush(this.#plan));
    this.#isTalking = isTalking;
  }

  /** Says again what the screen says. */
  ask(): void {
    this.#follow(ask(this.#plan, performance.now()));
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#plan = SILENT;
    this.#deps.audio.pause();
    this.#channel.close();
  }

  #follow(plan: SpeechPlan): void {
    const isCut = this.#plan.saying !== undefined && plan.saying !== this.#plan.saying;
    this.#plan = plan;
    if (isCut) {
      this.#deps.audio.pause();
      this.#channel.postMessage(0);
    }
    clearTimeout(this.#timer);
    if (plan.saying === undefined && plan.nextMs !== undefined)
      this.#timer = setTimeout(() => this.#begin(), Math.max(0, plan.nextMs - performance.now()));
  }

  #begin(): void {
    this.#follow(begin(this.#plan, performance.now()));
    const { saying } = this.#plan;
    if (saying !== undefined) void this.#say(saying);
  }

  async #say(saying: Told): Promise<void> {
    const { audio, voices, settings, timeZone, onPlayed } = this.#deps;
    const isOver = () => this.#plan.saying !== saying;
    const { sentence, language } = saying;
    const address = await voices.addressOf(language, sentence);
    if (isOver()) return;
    if (address === undefined) {
      this.#follow(giveUp(this.#plan));
      return;
    }
    const { speechAtOnce = false, slow = false } = this.#needs;
    audio.src = address;
    audio.lang = language;
    audio.dataset.sentence = sentence;
    const isTalking = this.#isTalking;
    audio.volume = loudness(sentence, minuteOfDay(Date.now(), timeZone), settings, {
      isNeeded: speechAtOnce,
      isTalking,
    });
    audio.playbackRate = slow ? SLOW_RATE : 1;
    try {
      await audio.play();
      onPlayed(true);
      if (!isOver() && Number.isFinite(audio.duration))
        this.#channel.postMessage(audio.duration / audio.playbackRate);
    } catch (error) {
      // A sentence that was cut before it began ends in an error, too.
      if (isOver()) return;
      if (error instanceof DOMException && error.name === 'NotAllowedError') onPlayed(false);
      this.#follow(giveUp(this.#plan));
    }
  }
}

interface Speech {
  /** For the element that plays. */
  readonly audio: (element: HTMLAudioElement | null) => void;
  readonly tell: (told: Told, needs: SpeechNeeds) => void;
  /** The browser refuses to play before somebody touches the page. */
  readonly isRefused: boolean;
}

/** Speaks while the component is on the page; silent without settings. @param isTalking a guard speaks with the person */
export function useSpeech(
  speech: PromptInfo['speech'],
  language: Language,
  timeZone: string | undefined,
  isTalking: boolean,
): Speech {
  const [audio, setAudio] = useState<HTMLAudioElement | null>(null);
  const [isRefused, setRefused] = useState(false);
  const [voices] = useState(() => new Voices());
  const speaker = useRef<Speaker>();
  const last = useRef<[Told, SpeechNeeds]>();
  const isOn = speech !== undefined;

  useEffect(() => () => voices.close(), [voices]);
  useEffect(() => {
    if (isOn) void voices.load(language);
  }, [voices, isOn, language]);
  useEffect(() => {
    if (audio === null || speech === undefined) return undefined;
    const settings = settingsOf(speech);
    const one = new Speaker({ audio, voices, settings, timeZone, onPlayed: (played) => setRefused(!played) });
    speaker.current = one;
    if (last.current !== undefined) one.tell(...last.current);
    const askAgain = () => one.ask();
    addEventListener('click', askAgain);
    return () => {
      removeEventListener('click', askAgain);
      speaker.current = undefined;
      one.close();
    };
  }, [audio, voices, speech, timeZone]);

  useEffect(() => speaker.current?.talks(isTalking), [isTalking]);

  const say = useCallback((told: Told, needs: SpeechNeeds) => {
    last.current = [told, needs];
    speaker.current?.tell(told, needs);
  }, []);
  return { audio: setAudio, tell: say, isRefused };
}

function settingsOf({ volume, night, repeatSeconds }: NonNullable<PromptInfo['speech']>): SpeechSettings {
  const base = { volume: volume / 100, repeatMs: repeatSeconds * 1000 };
  if (night === undefined) return base;
  return { ...base, night: { hours: night.hours, volume: night.volume / 100 } };
}
