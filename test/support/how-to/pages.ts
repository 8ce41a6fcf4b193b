import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { packageRoot } from '../../../src/version.ts';

const FOLDER = join(packageRoot(), 'config/how-to');
/** A code block of a page: commands to run, or text for the config. */
type Step =
  | { readonly language: 'sh'; readonly command: string }
  | { readonly language: 'yaml'; readonly text: string };

const FENCE = /^( *)```(\w*)\n([\s\S]*?)^\1```$/gm;
const PROGRAM = /^(?:sudo |gatepost |systemctl |journalctl |scripts\/|git )/;

/** The names of the pages, without the one that lists them. */
export function pages(): string[] {
  const names = readdirSync(FOLDER).map((name) => basename(name, '.md'));
  return names.filter((name) => name !== 'README');
}

export function textOf(page: string): string {
  return readFileSync(join(FOLDER, `${page}.md`), 'utf8');
}

/** The steps of a page, in order. */
export function stepsOf(page: string): Step[] {
  return Array.from(textOf(page).matchAll(FENCE)).flatMap(([, indent = '', language, body = '']): Step[] => {
    const text = body.replaceAll(new RegExp(`^${indent}`, 'gm'), '');
    if (language === 'yaml') return [{ language, text }];
    if (language !== 'sh')
      throw new Error(`${page}: a fence of language "${language}": nobody knows how to run it`);
    return commandsIn(text).map((command) => ({ language, command }));
  });
}

/** One command per line; a backslash at the end continues it. */
function commandsIn(text: string): string[] {
  const lines = text.replaceAll(/ *\\\n */g, ' ').split('\n');
  return lines.filter((line) => line.trim() !== '' && !line.startsWith('#'));
}

/** Commands in the middle of a sentence, which the test does not run. */
export function commandsInSentences(page: string): string[] {
  const prose = textOf(page).replaceAll(FENCE, '');
  return Array.from(prose.matchAll(/`([^`\n]+)`/g), ([, code = '']) => code).filter((code) =>
    PROGRAM.test(code),
  );
}
