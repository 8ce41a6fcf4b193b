import { Fragment } from 'preact';
import type { Language } from '../shared/locale.ts';

const HAN = /\p{Script=Han}/u;
/** Endings that belong to the word before them, though the segmenter cuts them off: 通行|证, 掃描|器. */
const ENDINGS: ReadonlySet<string> = new Set('证證码碼口门門器仪儀处處');

/**
 * The parts between which a line may break. Browsers break Chinese between any two signs and so tear words apart;
 * here only between words, and never between a number and its unit.
 */
export function breakable(text: string, language: Language): readonly string[] {
  const glued = text.replace(/(\d) /g, '$1\u00a0').replace(/～/g, '\u2060～\u2060');
  if (language === 'en') return [glued];
  const parts: string[] = [];
  let before = '';
  for (const { segment } of new Intl.Segmenter(language, { granularity: 'word' }).segment(glued)) {
    const breaks = HAN.test(segment.charAt(0)) && HAN.test(before) && !ENDINGS.has(segment);
    if (breaks || parts.length === 0) parts.push(segment);
    else parts.push(`${parts.pop() ?? ''}${segment}`);
    before = segment.slice(-1);
  }
  return parts;
}

export function Phrase({ text, language }: { text: string; language: Language }) {
  return (
    <>
      {breakable(text, language).map((part, index) => (
        <Fragment key={`${index} ${part}`}>
          {index > 0 && <wbr />}
          {part}
        </Fragment>
      ))}
    </>
  );
}
