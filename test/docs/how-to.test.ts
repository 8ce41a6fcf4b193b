import { describe, expect, it } from 'vitest';
import { commandsInSentences, pages, stepsOf, textOf } from '../support/how-to/pages.ts';

/** Lines of a screen, and a few. */
const LONGEST_PAGE = 45;

describe('the how-tos', () => {
  it('are listed', () => {
    const listed = Array.from(textOf('README').matchAll(/\]\(([\w-]+)\.md\)/g), ([, page]) => page);
    expect(listed.sort()).toEqual(pages().sort());
  });

  it.each(pages())('%s is a screen long, and has no command where nobody runs it', (page) => {
    expect(textOf(page).split('\n').length).toBeLessThanOrEqual(LONGEST_PAGE);
    const run = stepsOf(page).flatMap((step) => (step.language === 'sh' ? [step.command] : []));
    const loose = commandsInSentences(page).filter((code) => !run.some((command) => command.includes(code)));
    expect(loose).toEqual([]);
  });
});
