import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { PASS_KINDS } from '../../core/access/vocabulary.ts';
import { languageFrom } from '../../core/text/language.ts';
import { packageRoot } from '../../version.ts';

const locale = z.object({
  vocabulary: z.object({ kind: z.record(z.enum(PASS_KINDS), z.string()) }),
  card: z.object({
    title: z.string(),
    validUntil: z.string(),
    present: z.string(),
    phoneOnly: z.string(),
    lost: z.string(),
    number: z.string(),
    daily: z.string(),
    gates: z.string(),
  }),
});

/** The words on a card, and their language. */
export type CardWords = z.infer<typeof locale>['card'] & {
  readonly language: string;
  readonly kind: z.infer<typeof locale>['vocabulary']['kind'];
};

/** The words of the languages that holders speak, each file read once. */
export function cardWordsByLanguage(): (language: string | undefined) => CardWords | undefined {
  const known = new Map<string, CardWords>();
  return (tag) => {
    const language = languageFrom(tag);
    if (language === undefined) return undefined;
    const words = known.get(language) ?? loadCardWords(language);
    known.set(language, words);
    return words;
  };
}

/** The words of `language`, which must have a file in config/locales. */
export function loadCardWords(language: string): CardWords {
  const path = join(packageRoot(), 'config', 'locales', `${language}.json`);
  const { vocabulary, card } = locale.parse(JSON.parse(readFileSync(path, 'utf8')));
  return { ...card, language, kind: vocabulary.kind };
}
