import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ATTENTION_KINDS } from '../../src/core/access/attention.ts';
import { DESK_REFUSALS } from '../../src/core/access/desk-refusals.ts';
import { REASONS } from '../../src/core/access/reasons.ts';
import {
  DOOR_ALARMS,
  DOOR_MODES,
  DOOR_PHYSICAL_STATES,
  DOOR_TAMPERS,
  FEEDBACKS,
  TIME_QUALITIES,
} from '../../src/core/access/vocabulary.ts';
import { BUNDLE_REFUSALS } from '../../src/core/bundle/bundle.ts';
import { EVENT_DATA } from '../../src/core/contract/events.ts';
import { COUNTED } from '../../src/core/report/day-counts.ts';
import { NOT_MEASURABLE_CAUSES } from '../../src/core/screening/screening.ts';
import { textFiles } from './markdown.ts';

const FILES = textFiles().filter(({ path }) => /\.(ts|tsx|mjs)$/.test(path));

describe('an exported value', () => {
  /** Node calls the hooks of a loader by their names. */
  const CALLED_BY_NODE = /typescript-hook\.mjs$/;
  const EXPORTED = /^export (?:async |abstract )*(?:function\*?|class|const|let|enum) (\w+)/gm;
  const IMPORTED = /\bimport (?:type )?\{([^}]*)\} from '(\.[^']+)'/g;
  /** A whole module. */
  const LOADED = /\bimport(?:\(| \* as \w+ from )'(\.[^']+)'/g;

  it('has a user outside its file', () => {
    const users = new Set<string>();
    for (const { path, text } of FILES) {
      const at = (specifier: string) => join(dirname(path), specifier);
      for (const [, names = '', specifier = ''] of text.matchAll(IMPORTED))
        for (const name of names.split(','))
          users.add(`${at(specifier)} ${/\w+/.exec(plainName(name))?.[0]}`);
      for (const [, specifier = ''] of text.matchAll(LOADED)) users.add(at(specifier));
    }
    const unused = FILES.filter(({ path }) => !CALLED_BY_NODE.test(path) && !users.has(path)).flatMap(
      ({ path, text }) =>
        Array.from(text.matchAll(EXPORTED), ([, name]) => `${path} ${name}`).filter((one) => !users.has(one)),
    );
    expect(unused).toEqual([]);
  });

  /** Of `type Name as Other`, Name. */
  function plainName(imported: string): string {
    return imported.trim().replace(/^type /, '');
  }
});

describe('a word of the vocabulary', () => {
  /** Where words are only listed, drawn or explained. */
  const LISTS = /^src\/(core\/(access|contract)|screens|cli)\/|^(test|scripts)\//;
  const SAYING = FILES.filter(({ path }) => !LISTS.test(path)).map(({ path, text }) => ({
    path,
    text: text.replace(/^export const [A-Z_]+ = \[[^\]]*\]/gm, ''),
  }));

  it.each<[string, readonly string[]]>([
    ['reason', REASONS],
    ['feedback', FEEDBACKS],
    ['door mode', DOOR_MODES],
    ['physical state', DOOR_PHYSICAL_STATES],
    ['door alarm', DOOR_ALARMS],
    ['tamper', DOOR_TAMPERS],
    ['time quality', TIME_QUALITIES],
    ['event', Object.keys(EVENT_DATA)],
    ['attention', ATTENTION_KINDS],
    ['refusal of the desk', DESK_REFUSALS],
    ['refusal of a list', BUNDLE_REFUSALS],
    ['cause of no measurement', NOT_MEASURABLE_CAUSES],
    ['count', COUNTED],
  ])('is said by some code: each %s', (_what, words) => {
    const unsaid = words.filter(
      (word) => !SAYING.some(({ text }) => text.includes(`'${word}'`) || text.includes(` ${word}: `)),
    );
    expect(unsaid).toEqual([]);
  });
});
