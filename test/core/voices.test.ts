import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const LANGUAGES = ['zh-CN', 'zh-TW', 'en'] as const;
const LARGEST_BYTES = 16 * 1024;

interface Entry {
  readonly says: string;
  readonly spoken?: string;
  readonly by: string;
  readonly sha256: string;
}

const json = (file: string) => JSON.parse(readFileSync(file, 'utf8'));
const words = (language: string): Record<string, string> => json(`config/locales/${language}.json`).speech;
const manifest: Record<string, Entry> = json('config/voices/manifest.json');
const pinyin: Record<string, Record<string, string>> = json('config/voices/pinyin.json');

describe.each(LANGUAGES)('the voices of %s', (language) => {
  const files = readdirSync(`config/voices/${language}`).sort();

  it('are one file for each sentence, and no others', () => {
    const expected = Object.keys(words(language)).map((sentence) => `${sentence}.opus`);
    expect(files).toEqual(expected.sort());
  });

  it('say the words of the locale file: if not, run scripts/make-voices', () => {
    const stale = Object.entries(words(language)).flatMap(([sentence, says]) => {
      const name = `${language}/${sentence}`;
      return manifest[name]?.says === says ? [] : [`${name} says "${manifest[name]?.says}", not "${says}"`];
    });
    expect(stale).toEqual([]);
  });

  it('are the files that the manifest means: if a person spoke one, name who in `by` and run scripts/make-voices', () => {
    const changed = files.filter((file) => {
      const sha256 = createHash('sha256')
        .update(readFileSync(`config/voices/${language}/${file}`))
        .digest('hex');
      return manifest[`${language}/${file.replace('.opus', '')}`]?.sha256 !== sha256;
    });
    expect(changed).toEqual([]);
  });

  it('are small, Opus in Ogg, one channel', () => {
    for (const file of files) {
      const bytes = readFileSync(`config/voices/${language}/${file}`);
      expect([file, bytes.length < LARGEST_BYTES]).toEqual([file, true]);
      // The first page: `OggS`, and after its table of segments the head of an Opus stream (RFC 7845 section 5.1).
      const head = bytes.subarray(28, 47);
      const [ogg, opus, channels] = [bytes.toString('latin1', 0, 4), head.toString('latin1', 0, 8), head[9]];
      expect([file, ogg, opus, channels]).toEqual([file, 'OggS', 'OpusHead', 1]);
    }
  });
});

it.each(['zh-CN', 'zh-TW'])(
  'the Pinyin of %s has a syllable with its tone for each character',
  (language) => {
    const wrong = Object.entries(words(language)).filter(([sentence, says]) => {
      const syllables = pinyin[language]?.[sentence]?.match(/[a-z]+[1-5]/g) ?? [];
      return syllables.length !== [...says].filter((one) => /\p{Script=Han}/u.test(one)).length;
    });
    expect(wrong).toEqual([]);
    expect(Object.keys(pinyin[language] ?? {})).toEqual(Object.keys(words(language)));
    // What the file says by the manifest is read from this Pinyin.
    for (const [sentence, spoken] of Object.entries(pinyin[language] ?? {})) {
      const entry = manifest[`${language}/${sentence}`];
      if (entry?.by === 'espeak-ng') expect([sentence, entry.spoken]).toEqual([sentence, spoken]);
    }
  },
);
