import type { Clause } from './clause.ts';

const HEAD = `# Accessibility

What EN 301 549 V3.2.1 (chapters 5, 9 and 11) and WCAG 2.2 (A and AA) ask for, and what shows it for the resident's screen,
the phone page and the guard's page. The suite makes this page from \`test/docs/accessibility\` and fails when a test that is
named here is gone, when a clause is missing, or when the page is out of date; \`scripts/test test/docs -u\` writes it anew.

\`axe\` are rules that find nothing serious on any of the pages in the states that the tests show; for the resident's screen
that is every state there is (\`test/support/screens/prompt-states.ts\`), on 800 × 480, 1024 × 600 and 480 × 800, in three languages.
No person with a disability has tried the pages yet, and no screen reader was run: what a machine cannot judge is not judged
here.
`;

/** One line of evidence, as people read it. */
function shownText(one: string): string {
  const [, kind = '', text = ''] = /^([a-z ]+): (.*)$/s.exec(one) ?? [];
  switch (kind) {
    case 'axe':
      return text
        .split(', ')
        .map((rule) => `axe \`${rule}\``)
        .join(', ');
    case 'test': {
      const [file = '', words = ''] = testNamed(text);
      return `${words === '' ? 'all of' : `“${words}” in`} \`${file}\``;
    }
    case 'fails':
      return `**fails**: ${text}`;
    default:
      return `${kind} ${text}`;
  }
}

/** File and words of the evidence `FILE: WORDS`. */
export function testNamed(text: string): readonly [file: string, words: string] {
  const at = text.indexOf(':');
  return [text.slice(0, at), text.slice(at + 1).trim()];
}

function table(clauses: readonly Clause[], hasLevels: boolean): string {
  const head = hasLevels
    ? '| clause | level | asks for | shown by |\n| --- | --- | --- | --- |'
    : '| clause | asks for | shown by |\n| --- | --- | --- |';
  const rows = clauses.map(([number, level, asks, shown]) =>
    ['', number, ...(hasLevels ? [level] : []), asks, shown.map(shownText).join('; '), ''].join(' | ').trim(),
  );
  return [head, ...rows].join('\n');
}

/** The page src/screens/ACCESSIBILITY.md. */
export function accessibilityReport(
  wcag: readonly Clause[],
  en: Readonly<Record<string, readonly Clause[]>>,
): string {
  const chapters = Object.entries(en);
  const all = [...wcag, ...chapters.flatMap(([, clauses]) => clauses)];
  const failing = all.flatMap(([number, , , shown]) =>
    shown
      .filter((one) => one.startsWith('fails: '))
      .map((one) => `- ${number}: ${one.slice('fails: '.length)}.`),
  );
  return [
    HEAD,
    `## What fails\n\n${failing.join('\n')}\n`,
    `## WCAG 2.2\n\n${table(wcag, true)}\n`,
    ...chapters.map(([name, clauses]) => `## EN 301 549, chapter ${name}\n\n${table(clauses, false)}\n`),
  ].join('\n');
}
