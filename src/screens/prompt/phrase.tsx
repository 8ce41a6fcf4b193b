import { Fragment } from 'preact';
import type { Language } from '../shared/locale.ts';
import { breakable, glued } from './breakable.ts';
import { KNOWN_BREAKS } from './known-breaks.ts';

const known = new Map<Language, ReadonlyMap<string, readonly string[]>>();

/** The breaks of the page's own words in a language, by the line. */
function knownIn(language: Language): ReadonlyMap<string, readonly string[]> {
  const lines =
    known.get(language) ??
    new Map(KNOWN_BREAKS[language].map((parts: readonly string[]) => [parts.join(''), parts]));
  known.set(language, lines);
  return lines;
}

/** The parts of a text between which its lines may break. */
function partsOf(text: string, language: Language): readonly string[] {
  const parts: string[] = [];
  for (const line of text.split('\n')) {
    const [first = '', ...others] = knownIn(language).get(glued(line)) ?? breakable(line, language);
    const last = parts.pop();
    parts.push(last === undefined ? first : `${last}\n${first}`, ...others);
  }
  return parts;
}

/** Words whose lines break between words alone. */
export function Phrase({ text, language }: { text: string; language: Language }) {
  return (
    <>
      {partsOf(text, language).map((part, index) => (
        <Fragment key={`${index} ${part}`}>
          {index > 0 && <wbr />}
          {part}
        </Fragment>
      ))}
    </>
  );
}
