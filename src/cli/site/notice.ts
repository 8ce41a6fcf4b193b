import { readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { z } from 'zod';
import {
  KEPT_KINDS,
  type NoticeWords,
  noticeText,
  type PrivacyNotice,
} from '../../core/report/privacy-notice.ts';
import { LANGUAGES } from '../../core/text/language.ts';
import { noticeSettings } from '../../daemon/settings.ts';
import { packageRoot } from '../../version.ts';
import { escaped, printedPage } from '../cards/printed-page.ts';
import { loadGateConfig } from '../config-file.ts';
import { outputFile } from '../output-file.ts';

function words<T extends string>(...names: readonly T[]) {
  const entries = names.map((name) => [name, z.string()]);
  return z.object(Object.fromEntries(entries) as Record<T, z.ZodString>);
}

const locale = z.object({
  privacy: z.object({
    title: z.string(),
    purpose: words('title', 'text', 'measuring'),
    degrees: words('kept', 'not'),
    simulated: z.string(),
    kept: words('title', 'rule', 'register'),
    kinds: words(...KEPT_KINDS),
    copies: words('backup', 'servers'),
    time: words('hour', 'hours', 'day', 'days'),
    ask: words('title', 'who', 'telephone', 'hours', 'address', 'rights', 'selfService', 'nearby'),
  }),
});

/** To be read on a wall from a metre away; a page of paper for each language. */
const STYLE = `@page{size:A4;margin:18mm}body{font:15pt/1.4 system-ui,sans-serif;margin:0 auto;max-width:174mm;color:#000}
article{break-after:page}article:last-child{break-after:auto}h1{font-size:24pt;line-height:1.2;margin:0 0 6mm}
h2{font-size:17pt;margin:6mm 0 2mm}p{margin:1.5mm 0}table{border-collapse:collapse;width:100%}
th,td{border-bottom:.3mm solid #000;padding:1.2mm 0;text-align:left;font-weight:400}td{padding-left:6mm;white-space:nowrap;font-weight:700}`;

/** `gatepost notice`: what people are told about their data, as a page to print. */
export function registerNotice(program: Command): void {
  program
    .command('notice')
    .description('what people at the gate are told about their data, as a page to print')
    .requiredOption('-c, --config <file>', 'config file of the gate')
    .option('-o, --out <file>', 'new file (HTML); standard output without it')
    .addOption(
      new Option('--language <language>', 'in this one only; all three without it').choices(LANGUAGES),
    )
    .action(({ config, out, language }: { config: string; out?: string; language?: string }) => {
      const notice = noticeSettings(loadGateConfig(config).config);
      const page = noticePage(notice, language === undefined ? LANGUAGES : [language]);
      if (out === undefined) {
        process.stdout.write(page);
        return;
      }
      const { file, finish } = outputFile(out);
      let isDone = false;
      try {
        writeSync(file, page);
        isDone = true;
      } finally {
        finish(isDone);
      }
    });
}

/** Complete in itself: no scripts, nothing loaded from elsewhere. What the site has written stands in it as text. */
function noticePage(notice: PrivacyNotice, languages: readonly string[]): string {
  const articles = languages.map((language) => article(wordsOf(language), notice, language));
  const [first = ''] = languages;
  return printedPage({
    language: first,
    title: wordsOf(first).title,
    style: STYLE,
    body: articles.join('\n'),
  });
}

function wordsOf(language: string): NoticeWords & { readonly title: string } {
  const path = join(packageRoot(), 'config', 'locales', `${language}.json`);
  return locale.parse(JSON.parse(readFileSync(path, 'utf8'))).privacy;
}

function article(said: ReturnType<typeof wordsOf>, notice: PrivacyNotice, language: string): string {
  let before = '';
  const parts = noticeText(said, notice, language).map(({ title, lines, rows }) => {
    const heading = title === before ? '' : `<h2>${escaped(title)}</h2>\n`;
    before = title;
    const cells = rows.map(
      ([what, howLong]) => `<tr><th scope="row">${escaped(what)}</th><td>${escaped(howLong)}</td></tr>`,
    );
    const table = cells.length === 0 ? '' : `<table>\n${cells.join('\n')}\n</table>\n`;
    return `${heading}${table}${lines.map((line) => `<p>${escaped(line)}</p>`).join('\n')}`;
  });
  return `<article lang="${language}">\n<h1>${escaped(said.title)}</h1>\n${parts.join('\n')}\n</article>`;
}
