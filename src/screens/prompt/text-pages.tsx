import type { ComponentChildren } from 'preact';
import { fill, type Language } from '../shared/locale.ts';
import type { PictogramName, Tone } from './appearance.ts';
import { Phrase } from './phrase.tsx';
import { Pictogram } from './pictogram.tsx';
import { RESIDENT_WORDS } from './resident-words.ts';
import { useFit } from './use-fit.ts';

/**
 * What fits in large letters on the smallest displays, alone or with buttons beside it: lines on a page below its title, and
 * widths of a Latin letter in a line.
 */
const ROOM = {
  whole: { portrait: { lines: 7, letters: 20 }, landscape: { lines: 6, letters: 50 } },
  shared: { portrait: { lines: 6, letters: 20 }, landscape: { lines: 5, letters: 30 } },
} as const;

type Line = string | readonly [what: string, howMuch: string];

/** A text of several parts that is longer than a display. */
export interface LongText {
  readonly title: string;
  readonly lines: readonly string[];
  readonly rows: readonly (readonly [what: string, howMuch: string])[];
}

interface TextPage {
  readonly title: string;
  readonly lines: readonly Line[];
}

function widthOf(text: string): number {
  return text.length + (text.match(/\p{Script=Han}/gu)?.length ?? 0);
}

/** Into how many lines a line of the text breaks. */
function linesOf(line: Line, letters: number): number {
  if (typeof line === 'string') return Math.ceil(widthOf(line) / letters);
  const [what, howMuch] = line;
  // Both halves of a row in one line, with room between.
  if (widthOf(what) + widthOf(howMuch) + 2 <= letters) return 1;
  return linesOf(what, letters) + linesOf(howMuch, letters);
}

/** A text in pages of which each can be read from where one stands, for the display as it is now. */
export function pagesOf(parts: readonly LongText[], beside: keyof typeof ROOM): readonly TextPage[] {
  const room = ROOM[beside][innerHeight > innerWidth ? 'portrait' : 'landscape'];
  return parts.flatMap(({ title, lines, rows }) => {
    const pages: { title: string; lines: Line[] }[] = [];
    let left = 0;
    for (const line of [...lines, ...rows]) {
      const needed = linesOf(line, room.letters);
      left -= needed;
      if (left < 0) {
        pages.push({ title, lines: [] });
        left = room.lines - needed;
      }
      pages.at(-1)?.lines.push(line);
    }
    return pages.length === 0 ? [{ title, lines: [] }] : pages;
  });
}

interface NextProps {
  readonly count: number;
  /** From 0. */
  readonly at: number;
  readonly language: Language;
  readonly onTurn: (page: number) => void;
}

/** Turns to the next page, and from the last to the first; nothing where there is one. */
export function NextButton({ count, at, language, onTurn }: NextProps) {
  if (count < 2) return null;
  const { next } = RESIDENT_WORDS[language].prompt.privacy;
  return (
    <button type="button" class="self-service" onClick={() => onTurn((at + 1) % count)}>
      {fill(next, { page: at + 1, count })}
    </button>
  );
}

interface FrameProps {
  readonly kind: 'account' | 'notice';
  readonly pictogram: PictogramName;
  readonly tone: Tone;
  readonly page: TextPage | undefined;
  readonly language: Language;
  /** What can be done about it, and the foot of the screen. */
  readonly children: ComponentChildren;
}

/** One page of a long text. */
export function TextPageFrame({ kind, pictogram, tone, page, language, children }: FrameProps) {
  const text = useFit<HTMLDivElement>(JSON.stringify([page, language]), 0.085);
  return (
    <div class={`stage tone-${tone} pages ${kind}`} data-tone={tone} data-step={kind}>
      <div class="picture">
        <Pictogram name={pictogram} tone={tone} />
      </div>
      <div class="words text" lang={language} role="status" ref={text}>
        <h2>
          <Phrase text={page?.title ?? ''} language={language} />
        </h2>
        {page?.lines.map((line) =>
          typeof line === 'string' ? (
            <p key={line}>
              <Phrase text={line} language={language} />
            </p>
          ) : (
            <p key={line[0]} class="row">
              <span>
                <Phrase text={line[0]} language={language} />
              </span>
              <strong>
                <Phrase text={line[1]} language={language} />
              </strong>
            </p>
          ),
        )}
      </div>
      {children}
    </div>
  );
}
