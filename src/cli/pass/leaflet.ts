import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Command, Option } from 'commander';
import { z } from 'zod';
import { writeNewFile } from '../../adapters/files/new-files.ts';
import { LANGUAGES } from '../../core/text/language.ts';
import { packageRoot } from '../../version.ts';
import { qrSvg } from '../cards/drawings.ts';
import { escaped, printedPage } from '../cards/printed-page.ts';
import { commandGroup } from '../command-group.ts';
import { loadGateConfig } from '../config-file.ts';
import { phonePage } from './hand-out.ts';

/** Buttons of the page for phones that the leaflet names, in the words of the page itself. */
const BUTTONS = ['scan', 'keepIt', 'makeRequest', 'all', 'another', 'move'] as const;
const LINES = ['several', 'noPass', 'newPhone', 'lost', 'offline'] as const;

const text = z.string();
const locale = z.object({
  phone: z.object(Object.fromEntries(BUTTONS.map((name) => [name, text])) as Record<string, z.ZodString>),
  leaflet: z.object({
    title: text,
    open: text,
    take: text,
    show: text,
    office: text,
    ...(Object.fromEntries(LINES.map((name) => [name, text])) as Record<(typeof LINES)[number], z.ZodString>),
  }),
});

interface Options {
  readonly phonePage: string;
  readonly out: string;
  readonly config?: string;
  readonly language?: string;
}

interface Place {
  /** Of the page for phones. */
  readonly address: string;
  /** Of the site. */
  readonly name: string;
  readonly telephone?: string;
  readonly officeHours?: string;
}

/** Large print, a page of paper for each language. */
const STYLE = `@page{size:A4;margin:16mm}body{font:14pt/1.4 system-ui,sans-serif;margin:0 auto;max-width:178mm;color:#000}
article{break-after:page}article:last-child{break-after:auto}h1{font-size:22pt;line-height:1.2;margin:0 0 5mm}
ol{list-style:none;margin:0;padding:0}li{display:grid;grid-template-columns:14mm 1fr;align-items:start;margin-bottom:4mm;font-size:17pt;line-height:1.3}
li>b{font-size:26pt;line-height:1}li svg{display:block;margin:0 0 0 -4mm}.address{font-size:12pt;overflow-wrap:anywhere}
.more{border-top:.4mm solid #000;padding-top:3mm}p{margin:0 0 2mm}`;

/** `gatepost pass leaflet`: how residents get the pass onto their phone, a page to print for each language. */
export function registerPassLeaflet(program: Command): void {
  commandGroup(program, 'pass', 'make and explain passes')
    .command('leaflet')
    .description('how residents get their pass onto a phone, as a page to print')
    .requiredOption(
      '--phone-page <address>',
      'https address at which the office serves the page for phones',
      phonePage,
    )
    .requiredOption('-o, --out <file>', 'new file (HTML)')
    .option('-c, --config <file>', 'config of a gate: name of the site, telephone and hours of the office')
    .addOption(
      new Option('--language <language>', 'in this one only; all three without it').choices(LANGUAGES),
    )
    .action(({ phonePage: address, out, config, language }: Options) => {
      const site = config === undefined ? undefined : loadGateConfig(config).config.site;
      const { telephone, hours: officeHours } = site?.office ?? {};
      const office = {
        ...(telephone === undefined ? {} : { telephone }),
        ...(officeHours === undefined ? {} : { officeHours }),
      };
      const page = leaflet({ address, name: site?.name ?? '', ...office }, language);
      writeNewFile(out, page, 0o644);
    });
}

/**
 * Complete in itself: no scripts, nothing loaded from elsewhere. What the site has written stands in it as text.
 * @param language the only one; without it all
 */
export function leaflet({ address, name, telephone, officeHours }: Place, language?: string): string {
  const office =
    telephone === undefined ? '' : `${telephone}${officeHours === undefined ? '' : ` (${officeHours})`}`;
  const languages = language === undefined ? LANGUAGES : [language];
  const articles = languages.map((one) => article(one, { address, name, office }));
  const [first = ''] = languages;
  return printedPage({ language: first, title: address, style: STYLE, body: articles.join('\n') });
}

function article(
  language: string,
  { address, name, office }: { readonly address: string; readonly name: string; readonly office: string },
): string {
  const path = join(packageRoot(), 'config', 'locales', `${language}.json`);
  const { phone, leaflet: words } = locale.parse(JSON.parse(readFileSync(path, 'utf8')));
  const filled = (line: string): string =>
    escaped(
      line.replace(/\{(\w+)\}/g, (_, place: string) => (place === 'office' ? office : (phone[place] ?? ''))),
    );
  const lines = LINES.map((line) => (line === 'lost' && office !== '' ? words.office : words[line]));
  const steps = [
    `${filled(words.open)}${qrSvg(address, 36).svg}<span class="address">${escaped(address)}</span>`,
    filled(words.take),
    filled(words.show),
  ];
  return `<article lang="${language}">
<h1>${escaped(words.title)}${name === '' ? '' : `<br>${escaped(name)}`}</h1>
<ol>${steps.map((step, at) => `<li><b>${at + 1}</b><div>${step}</div></li>`).join('\n')}</ol>
<div class="more">${lines.map((line) => `<p>${filled(line)}</p>`).join('\n')}</div>
</article>`;
}
