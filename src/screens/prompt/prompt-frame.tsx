import type { ComponentChildren } from 'preact';
import type { Language } from '../shared/locale.ts';
import { Countdown } from './countdown.tsx';
import { Phrase } from './phrase.tsx';
import { Pictogram } from './pictogram.tsx';
import type { Look, Words } from './scene.ts';
import { useFit } from './use-fit.ts';

export interface PromptFrameProps {
  readonly look: Look;
  readonly first: { readonly language: Language; readonly words: Words };
  readonly second: { readonly language: Language; readonly words: Words };
  /** Seconds left from now; a countdown then takes the picture's place. */
  readonly waitSeconds?: number | undefined;
  /** Changes with every update, so that a countdown of the same length begins anew. */
  readonly updateKey?: unknown;
  readonly children?: ComponentChildren;
}

/** Pictogram and words of one state; fills whatever box it stands in. */
export function PromptFrame({ look, first, second, waitSeconds, updateKey, children }: PromptFrameProps) {
  const text = useFit<HTMLDivElement>(JSON.stringify([first, second]), 0.3);
  return (
    <div class={`stage tone-${look.tone}`} data-tone={look.tone}>
      <div class="picture">
        {waitSeconds === undefined ? (
          <Pictogram picture={look.picture} tone={look.tone} />
        ) : (
          <Countdown seconds={waitSeconds} updateKey={updateKey} language={first.language} />
        )}
      </div>
      <div class="words" role="status" aria-live="assertive" ref={text}>
        <p class="say" lang={first.language}>
          <Phrase text={first.words.say} language={first.language} />
        </p>
        <p class="do" lang={first.language}>
          <Phrase text={first.words.do} language={first.language} />
        </p>
        <p class="second" lang={second.language}>
          <strong>
            <Phrase text={second.words.say} language={second.language} />
          </strong>
          <span>
            <Phrase text={second.words.do} language={second.language} />
          </span>
        </p>
      </div>
      {children}
    </div>
  );
}
