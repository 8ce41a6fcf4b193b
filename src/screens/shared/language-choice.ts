import { useEffect, useState } from 'preact/hooks';
import { languageFrom } from '../../core/text/language.ts';
import type { Language } from './locale.ts';

interface StoredChoice {
  readonly language: string;
  /** Unix milliseconds after which the choice no longer counts. */
  readonly until?: number;
}

interface ChoiceRule {
  /** One key per screen, because guard and prompt may share a browser. */
  readonly key: string;
  /** How long a choice lasts, on a public screen: after it the next person sees the site's language again. */
  readonly lastsMs?: number;
}

function load(key: string): { language: Language; until: number } | undefined {
  try {
    const stored = JSON.parse(localStorage.getItem(key) ?? 'null') as StoredChoice | null;
    const language = languageFrom(stored?.language);
    const until = stored?.until ?? Number.POSITIVE_INFINITY;
    return language && until > Date.now() ? { language, until } : undefined;
  } catch {
    // Storage that is blocked or was written by another program counts as no choice.
    return undefined;
  }
}

function save(key: string, choice: StoredChoice): void {
  try {
    localStorage.setItem(key, JSON.stringify(choice));
  } catch {
    // Blocked storage: the choice then lasts until the page is loaded again.
  }
}

/** The language chosen by button, undefined if none, and the function that sets it. */
export function useLanguageChoice(rule: ChoiceRule): [Language | undefined, (language: Language) => void] {
  const [choice, setChoice] = useState(() => load(rule.key));
  useEffect(() => {
    if (choice === undefined || choice.until === Number.POSITIVE_INFINITY) return undefined;
    const timer = setTimeout(() => setChoice(undefined), choice.until - Date.now());
    return () => clearTimeout(timer);
  }, [choice]);
  const choose = (language: Language) => {
    const until = rule.lastsMs === undefined ? undefined : Date.now() + rule.lastsMs;
    save(rule.key, until === undefined ? { language } : { language, until });
    setChoice({ language, until: until ?? Number.POSITIVE_INFINITY });
  };
  return [choice?.language, choose];
}

/** Sets the page's language, by which browsers choose Chinese glyphs and the voice of a screen reader. */
export function useDocumentLanguage(language: Language, title: string): void {
  useEffect(() => {
    document.documentElement.lang = language;
    document.title = title;
  }, [language, title]);
}
