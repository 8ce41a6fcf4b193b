import type en from '../../../config/locales/en.json';
import type { Reason } from '../../core/access/reasons.ts';
import type { LANGUAGES } from '../../core/text/language.ts';

export type Language = (typeof LANGUAGES)[number];
export type Locale = typeof en;

/** The language shown small under the first one, so that nearly everybody can read one of them. */
export function secondLanguage(first: Language, siteLanguage: Language): Language {
  if (first !== 'en') return 'en';
  return siteLanguage === 'en' ? 'zh-CN' : siteLanguage;
}

/** Puts values into `{name}` places. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
}

interface ReasonWords {
  readonly say: string;
  readonly do: string;
  readonly guard: string;
}

/** Words of a reason. A reader treats an unknown reason as Other (config/contract/README.md#reasons). */
export function reasonWords(locale: Pick<Locale, 'reason'>, reason: Reason | (string & {})): ReasonWords {
  return wordIn<ReasonWords>(locale.reason, reason) ?? locale.reason.Other;
}

/** The entry of a word table for a name from outside. */
export function wordIn<T>(table: Readonly<Record<string, T>>, name: string | undefined): T | undefined {
  return name !== undefined && Object.hasOwn(table, name) ? table[name] : undefined;
}
