import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import { localeOf } from '../shared/all-words.ts';
import type { Language, Locale } from '../shared/locale.ts';

export interface Words {
  readonly language: Language;
  readonly locale: Locale;
  /** The site's time zone, once it is known. */
  readonly timeZone: string | undefined;
}

/** Language and time zone of everything on the guard's page. */
export const WordsContext = createContext<Words>({
  language: 'en',
  locale: localeOf('en'),
  timeZone: undefined,
});

export function useWords(): Words {
  return useContext(WordsContext);
}
