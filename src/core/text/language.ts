/** The languages of screens and cards: each has a file in config/locales. */
export const LANGUAGES = ['zh-CN', 'zh-TW', 'en'] as const;

/** The language for a tag (BCP 47), e.g. `zh-Hant-TW` or `en-GB`; undefined if there is none. */
export function languageFrom(tag: string | null | undefined): (typeof LANGUAGES)[number] | undefined {
  if (!tag) return undefined;
  const exact = LANGUAGES.find((language) => language.toLowerCase() === tag.toLowerCase());
  if (exact) return exact;
  if (/^zh-(hant|tw|hk|mo)(-|$)/i.test(tag)) return 'zh-TW';
  if (/^zh(-|$)/i.test(tag)) return 'zh-CN';
  return /^en(-|$)/i.test(tag) ? 'en' : undefined;
}
