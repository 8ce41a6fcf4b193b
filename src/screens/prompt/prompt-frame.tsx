import type { ComponentChildren } from 'preact';
import { fill, type Language } from '../shared/locale.ts';
import { QrImage } from '../shared/qr-image.tsx';
import type { Appearance, Contact, Words } from './appearance.ts';
import { Countdown } from './countdown.tsx';
import { MeasuringRing } from './measuring-ring.tsx';
import { Phrase } from './phrase.tsx';
import { Pictogram } from './pictogram.tsx';
import { RESIDENT_WORDS } from './resident-words.ts';
import { useFit } from './use-fit.ts';

interface PromptFrameProps {
  readonly appearance: Appearance;
  readonly first: { readonly language: Language; readonly words: Words };
  readonly second: { readonly language: Language; readonly words: Words };
  /** Where to go and whom to call. */
  readonly contact?: Contact | undefined;
  /** Seconds left from now; a countdown then replaces the picture. */
  readonly waitSeconds?: number | undefined;
  /** How much of a measurement is done, 0 to 1; a ring then replaces the picture. */
  readonly progress?: number | undefined;
  /** One language alone, in larger letters. */
  readonly largeType?: boolean;
  /** Changes with every update, so that a countdown of the same length restarts. */
  readonly updateKey?: unknown;
  readonly children?: ComponentChildren;
}

/** Pictogram and words of one state; fills the box around it. */
export function PromptFrame({
  appearance,
  first,
  second,
  contact,
  waitSeconds,
  progress,
  updateKey,
  largeType = false,
  children,
}: PromptFrameProps) {
  const content = JSON.stringify([first, second, contact, largeType]);
  const text = useFit<HTMLDivElement>(content, largeType ? 0.4 : 0.3, GIVES_WAY);
  const { office } = RESIDENT_WORDS[first.language].prompt;
  const kinds = `${largeType ? ' large-type' : ''}${contact === undefined ? '' : ' with-contact'}`;
  return (
    <div class={`stage tone-${appearance.tone}${kinds}`} data-tone={appearance.tone}>
      <div class="picture">
        {waitSeconds !== undefined ? (
          <Countdown seconds={waitSeconds} updateKey={updateKey} language={first.language} />
        ) : progress !== undefined ? (
          <MeasuringRing progress={progress} language={first.language} />
        ) : (
          <Pictogram name={appearance.pictogram} tone={appearance.tone} />
        )}
        {contact?.code !== undefined && (
          <figure class="code" lang={first.language}>
            <QrImage text={contact.code} />
            <figcaption>
              <Phrase text={office.code} language={first.language} />
            </figcaption>
          </figure>
        )}
      </div>
      <div class="words" role="status" aria-live="assertive" ref={text}>
        <p class="say" lang={first.language}>
          <Phrase text={first.words.say} language={first.language} />
        </p>
        <p class="do" lang={first.language}>
          <Phrase text={first.words.do} language={first.language} />
        </p>
        {contact !== undefined && (
          <p class="contact" lang={first.language}>
            {contact.address !== undefined && <span>{contact.address}</span>}
            <span>{fill(office.telephone, { telephone: contact.telephone.replaceAll(' ', '\u00a0') })}</span>
            {contact.hours !== undefined && <span>{fill(office.hours, { hours: contact.hours })}</span>}
          </p>
        )}
        {!largeType && (
          <p class="second" lang={second.language}>
            <strong>
              <Phrase text={second.words.say} language={second.language} />
            </strong>
            <span>
              <Phrase text={second.words.do} language={second.language} />
            </span>
          </p>
        )}
      </div>
      {children}
    </div>
  );
}

/**
 * What gives way, one after the other, to words too long for the least size of what tells what to do: the picture is
 * smaller, the second language goes, and at last the words are smaller rather than cut off.
 */
const GIVES_WAY: readonly string[] = ['long', 'alone', 'tight'];
