import { breakable } from './breakable.ts';
import { RESIDENT_WORDS } from './resident-words.ts';

interface Tree {
  readonly [key: string]: string | readonly string[] | Tree;
}

/** The lines of all words below this. */
function linesOf(tree: Tree | readonly string[]): readonly string[] {
  return Object.values(tree).flatMap((words) =>
    typeof words === 'string' ? words.split('\n') : linesOf(words as Tree),
  );
}

function breaksOf(language: 'zh-CN' | 'zh-TW'): readonly (readonly string[])[] {
  const { prompt, reason, cause, privacy } = RESIDENT_WORDS[language];
  const lines = new Set([prompt, reason, cause, privacy].flatMap(linesOf));
  return [...lines].map((line) => breakable(line, language)).filter((parts) => parts.length > 1);
}

/**
 * Where the lines of this page's own words may break: a browser takes longer to learn where Chinese words end than to
 * draw all the rest. The build writes the value in place of this module.
 */
export const KNOWN_BREAKS = { 'zh-CN': breaksOf('zh-CN'), 'zh-TW': breaksOf('zh-TW'), en: [] };
