import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Feedback } from '../../core/access/vocabulary.ts';
import { noticeText, type PrivacyNotice } from '../../core/report/privacy-notice.ts';
import { fill, type Language, localeOf } from '../shared/locale.ts';
import { Phrase, useFit } from './prompt-frame.tsx';

/** While the screen asks for nothing else, there is a button that leads to the notice. */
export const OPENS_FROM: readonly Feedback[] = ['Idle', 'AccessDenied', 'Fault', 'Disabled'];

/** Somebody who went away leaves the screen to others. */
const UNTOUCHED_MS = 60_000;
/** What fits in large letters on the smallest displays, in widths of a Latin letter. */
const ROOM = { portrait: 170, landscape: 420 };
/** Of a row, beside its words. */
const ROW_ROOM = 24;

type Line = string | readonly [what: string, howLong: string];

interface Page {
  readonly title: string;
  readonly lines: readonly Line[];
}

function widthOf(line: Line): number {
  const text = typeof line === 'string' ? line : line.join('');
  const wide = text.match(/\p{Script=Han}/gu)?.length ?? 0;
  return text.length + wide + (typeof line === 'string' ? 0 : ROW_ROOM);
}

/** The notice in pages of which each can be read from where one stands. */
function pagesOf(notice: PrivacyNotice, language: Language): readonly Page[] {
  const room = innerHeight > innerWidth ? ROOM.portrait : ROOM.landscape;
  return noticeText(localeOf(language).privacy, notice, language).flatMap(({ title, lines, rows }) => {
    const pages: { title: string; lines: Line[] }[] = [];
    let left = 0;
    for (const line of [...lines, ...rows]) {
      left -= widthOf(line);
      if (left < 0) {
        pages.push({ title, lines: [] });
        left = room - widthOf(line);
      }
      pages.at(-1)?.lines.push(line);
    }
    return pages;
  });
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
  const words = localeOf(language).prompt.privacy;
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
  const count = pagesOf(notice, language).length;
  const at = Math.min(page, count - 1);
  return (
    <>
      <button type="button" class="self-service" onClick={() => onTurn(undefined)}>
        {words.back}
      </button>
      {count > 1 && (
        <button type="button" class="self-service" onClick={() => onTurn((at + 1) % count)}>
          {fill(words.next, { page: at + 1, count })}
        </button>
      )}
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
  const pages = pagesOf(notice, language);
  const shown = pages[Math.min(page, pages.length - 1)];
  const text = useFit<HTMLDivElement>(JSON.stringify(shown), 0.085);
  return (
    <div class="stage tone-calm notice" data-tone="calm" data-step="notice">
      <div class="words" lang={language} role="status" ref={text}>
        <h2>
          <Phrase text={shown?.title ?? ''} language={language} />
        </h2>
        {shown?.lines.map((line) =>
          typeof line === 'string' ? (
            <p key={line}>
              <Phrase text={line} language={language} />
            </p>
          ) : (
            <p key={line[0]} class="row">
              <span>
                <Phrase text={line[0]} language={language} />
              </span>
              <strong>{line[1].replaceAll(' ', '\u00a0')}</strong>
            </p>
          ),
        )}
      </div>
      {children}
    </div>
  );
}
