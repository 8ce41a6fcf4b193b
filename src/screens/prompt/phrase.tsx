import { Fragment } from 'preact';
import type { Language } from '../shared/locale.ts';
import { breakable } from './breakable.ts';

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
