import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { textFiles } from './markdown.ts';

/**
 * Names that do not say what a thing is or does, as whole words of a name in any spelling (`OpenWay`, `open-way`). They
 * stay out of file names and exported names.
 */
const PRIVATE_WORDS = [
  'slices',
  'moves',
  'decided',
  'presence',
  'stage',
  'played',
  'picture',
  'pictures',
  'around',
  'surroundings',
  'parts',
  'patient',
  'press-rows',
  'desk-refresh',
  'known-holder',
  'open-way',
] as const;

const FILES = textFiles().filter(({ path }) =>
  /^(src|hardware|test|scripts)\/.*\.(ts|tsx|mjs|css)$/.test(path),
);
const EXPORTED =
  /^export (?:declare |async |abstract )*(?:function\*?|class|const|let|interface|type|enum) (\w+)/gm;

/** `aboutOpenWay` and `about-open-way` as `-about-open-way-`. */
function wordsOf(name: string): string {
  return `-${name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').replace(/[^A-Za-z0-9]+/g, '-')}-`.toLowerCase();
}

function explainsItself(name: string): boolean {
  return !PRIVATE_WORDS.some((word) => wordsOf(name).includes(`-${word}-`));
}

describe('a name', () => {
  it.each(['open-way', 'OpenWay', 'playedSensors', 'on-decided.ts', 'PICTURE_BYTES', 'SUPERVISOR_PARTS'])(
    '%s is found',
    (name) => {
      expect(explainsItself(name)).toBe(false);
    },
  );

  it.each(['removes', 'Appearance', 'PresentState', 'moveLater', 'WatchedPart'])(
    '%s is none of them',
    (name) => {
      expect(explainsItself(name)).toBe(true);
    },
  );

  it('of a file says what is in it', () => {
    expect(FILES.map(({ path }) => path).filter((path) => !explainsItself(basename(path)))).toEqual([]);
  });

  it('of an exported value or type says what it is', () => {
    const named = FILES.flatMap(({ path, text }) =>
      Array.from(text.matchAll(EXPORTED), ([, name = '']) => ({ path, name })),
    );
    expect(
      named.filter(({ name }) => !explainsItself(name)).map(({ path, name }) => `${path} ${name}`),
    ).toEqual([]);
  });

  /** Commands have options, and functions may; a class has deps and settings. */
  it('of what a class is made from is deps or settings', () => {
    const elsewhere = FILES.filter(({ path }) =>
      /^(src\/(app|adapters|daemon|demo|doctor)|hardware)\//.test(path),
    );
    const fields = elsewhere.flatMap(({ path, text }) =>
      Array.from(text.matchAll(/readonly #(options|parts|around|o)\b/g), ([field]) => `${path} ${field}`),
    );
    expect(fields).toEqual([]);
  });
});
