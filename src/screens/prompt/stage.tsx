import type { ComponentChildren } from 'preact';
import type { Language } from '../shared/locale.ts';
import { Countdown } from './countdown.tsx';
import { Pictogram } from './pictogram.tsx';
import type { Look, Words } from './scene.ts';
import { useFit } from './use-fit.ts';

export interface StageProps {
  readonly look: Look;
  readonly first: { readonly language: Language; readonly words: Words };
  readonly second: { readonly language: Language; readonly words: Words };
  /** Seconds left from now, for Wait. */
  readonly waitSeconds?: number;
  /** Changes with every update, so that a countdown of the same length begins anew. */
  readonly updateKey?: unknown;
  readonly children?: ComponentChildren;
}

/** Picture and words of one state; fills whatever box it stands in. */
export function Stage({ look, first, second, waitSeconds, updateKey, children }: StageProps) {
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
          {first.words.say}
        </p>
        <p class="do" lang={first.language}>
          {first.words.do}
        </p>
        <p class="second" lang={second.language}>
          <strong>{second.words.say}</strong>
          <span>{second.words.do}</span>
        </p>
      </div>
      {children}
    </div>
  );
}
