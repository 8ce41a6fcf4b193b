import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Feedback } from '../../core/access/vocabulary.ts';
import { noticeText, type PrivacyNotice } from '../../core/report/privacy-notice.ts';
import type { Language } from '../shared/locale.ts';
import { RESIDENT_WORDS } from './resident-words.ts';
import { NextButton, pagesOf, TextPageFrame } from './text-pages.tsx';

/** While the screen asks for nothing else, there is a button that leads to the notice. */
export const OPENS_FROM: readonly Feedback[] = ['Idle', 'AccessDenied', 'Fault', 'Disabled'];

/** Somebody who went away leaves the screen to others. */
const UNTOUCHED_MS = 60_000;
function noticePages(notice: PrivacyNotice, language: Language) {
  return pagesOf(noticeText(RESIDENT_WORDS[language].privacy, notice, language), 'whole');
}

interface ButtonProps {
  readonly notice: PrivacyNotice;
  readonly language: Language;
  /** The page that is read, from 0; undefined: none. */
  readonly page: number | undefined;
  /** Turns to a page; undefined closes the notice. */
  readonly onTurn: (page: number | undefined) => void;
}

/** Opens the notice, turns its pages and closes it, as Escape does. */
export function NoticeButtons({ notice, language, page, onTurn }: ButtonProps) {
  const words = RESIDENT_WORDS[language].prompt.privacy;
  useEffect(() => {
    if (page === undefined) return undefined;
    const close = () => onTurn(undefined);
    const onKey = ({ key }: KeyboardEvent) => {
      if (key === 'Escape') close();
    };
    const timer = setTimeout(close, UNTOUCHED_MS);
    addEventListener('keydown', onKey);
    return () => {
      clearTimeout(timer);
      removeEventListener('keydown', onKey);
    };
  });
  if (page === undefined)
    return (
      <button type="button" class="self-service begins" onClick={() => onTurn(0)}>
        {words.button}
      </button>
    );
  const count = noticePages(notice, language).length;
  return (
    <>
      <button type="button" class="self-service" onClick={() => onTurn(undefined)}>
        {words.back}
      </button>
      <NextButton count={count} at={Math.min(page, count - 1)} language={language} onTurn={onTurn} />
    </>
  );
}

interface FrameProps {
  readonly notice: PrivacyNotice;
  readonly language: Language;
  readonly page: number;
  /** Foot of the screen. */
  readonly children: ComponentChildren;
}

/** One page of the notice. */
export function NoticeFrame({ notice, language, page, children }: FrameProps) {
  const pages = noticePages(notice, language);
  return (
    <TextPageFrame
      kind="notice"
      pictogram="paper"
      tone="calm"
      page={pages[Math.min(page, pages.length - 1)]}
      language={language}
    >
      {children}
    </TextPageFrame>
  );
}
