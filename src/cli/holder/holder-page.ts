import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { StoredEvent } from '../../core/events/event.ts';
import { viewOf } from '../../core/events/row-view.ts';
import { inert } from '../../core/text/visible.ts';
import { dateOf } from '../../core/time/site-time.ts';
import { packageRoot } from '../../version.ts';
import { escaped, printedPage } from '../cards/printed-page.ts';
import { timeWriter } from '../site/log-line.ts';
import type { HolderExport } from './holder-export.ts';

const STEP_MS = 15_000;
const WORDS = [
  'title',
  'lead',
  'register',
  'label',
  'unit',
  'photograph',
  'passes',
  'rows',
  'time',
  'event',
  'place',
  'decision',
  'reason',
  'screening',
  'other',
  'ledger',
  'state',
  'orders',
  'kind',
  'subject',
  'from',
  'until',
  'ended',
  'by',
  'note',
  'visits',
  'visitor',
  'host',
  'telephone',
  'purpose',
  'inside',
  'left',
  'reports',
  'day',
  'count',
  'steps',
  'musters',
  'requests',
  'lists',
  'none',
  'end',
] as const;

const locale = z.object({
  holder: z.object(
    Object.fromEntries(WORDS.map((word) => [word, z.string()])) as Record<
      (typeof WORDS)[number],
      z.ZodString
    >,
  ),
  vocabulary: z.record(z.string(), z.record(z.string(), z.string())),
  reason: z.record(z.string(), z.object({ say: z.string() })),
});

const STYLE = `body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#111}
table{border-collapse:collapse;width:100%}th,td{border:1px solid #999;padding:.25rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}
th{background:#eee}img{max-width:12rem}h2{margin-top:2rem}`;

/**
 * What is kept about one holder as a page to read: complete in itself, without scripts, nothing loaded from elsewhere.
 * Whatever others have written stands in it as text.
 */
export function holderPage(what: HolderExport, events: readonly StoredEvent[], language: string): string {
  const path = join(packageRoot(), 'config', 'locales', `${language}.json`);
  const { holder: words, vocabulary, reason } = locale.parse(JSON.parse(readFileSync(path, 'utf8')));
  const time = timeWriter(what.timeZone);
  const at = (ms: number | null) => (ms === null ? '' : time(ms));
  const said = (group: string, value: unknown) =>
    typeof value === 'string' ? (vocabulary[group]?.[value] ?? value) : '';
  const reasons = (data: Readonly<Record<string, unknown>>) =>
    typeof data.reason === 'string' ? (reason[data.reason]?.say ?? data.reason) : '';
  const section = (title: string, head: readonly string[], rows: readonly (readonly string[])[]) =>
    `<h2>${text(title)}</h2>\n${table(head, rows, words.none)}`;
  const { register, ledger, orders, visits, reports, phoneCodes, musters, requests } = what;
  const lead = words.lead.replace(/\{(\w+)\}/g, (whole, name: string) =>
    text(
      {
        gate: what.gate,
        site: what.site,
        holder: what.holderRef ?? what.passIds.join(', '),
        time: at(Date.parse(what.madeAt)),
        zone: what.timeZone,
      }[name] ?? whole,
    ),
  );
  const photograph = what.photograph && [
    `<p>${text(words.photograph)}<br><img alt="${text(words.photograph)}" src="data:${what.photograph.type};base64,${what.photograph.base64}"></p>`,
  ];
  const body = `<h1>${text(words.title)}</h1>
<p>${lead}</p>
${section(words.register, [words.label, words.unit], register === undefined ? [] : [[register.label, register.unit]])}
${(photograph ?? []).join('')}
${section(
  words.passes,
  ['id'],
  what.passIds.map((id) => [id]),
)}
${section(
  words.rows,
  ['', words.time, words.event, words.place, words.decision, words.reason, words.screening, words.other],
  events.map((event) => rowOf(event, { at, said, reasons })),
)}
${section(
  words.ledger,
  [words.time, words.place, words.decision, words.state],
  ledger.map((row) => [
    at(row.atMs),
    row.accessPoint,
    said('direction', row.direction),
    said('passageState', row.state),
  ]),
)}
${section(
  words.orders,
  [words.kind, words.subject, words.from, words.until, words.ended, words.by, words.note],
  orders.map((one) => [
    said('orderKind', one.kind),
    one.subject,
    at(one.fromMs),
    at(one.untilMs),
    at(one.endedMs),
    one.by,
    one.note,
  ]),
)}
${section(
  words.visits,
  [
    ...[words.visitor, words.telephone, words.unit, words.purpose, words.host],
    ...[words.from, words.until, words.inside, words.left, words.by],
  ],
  visits.map((one) => [
    ...[one.label, one.phone ?? '', one.unit ?? '', one.purpose ?? '', one.hostRef ?? ''],
    ...[at(one.fromMs), at(one.untilMs), at(one.insideSinceMs), at(one.leftMs), one.registeredBy],
  ]),
)}
${section(
  words.reports,
  [words.day, words.count],
  reports.map((one) => [dateOf(one.siteDay), String(one.count)]),
)}
${section(
  words.steps,
  ['id', words.time],
  phoneCodes.map((one) => [one.passId, at(one.step * STEP_MS)]),
)}
${section(
  words.musters,
  ['', words.place, words.from, words.until, words.by],
  musters.map((one) => [
    String(one.muster),
    one.accessPoint,
    at(one.sinceMs),
    at(one.tickedMs),
    one.tickedBy ?? '',
  ]),
)}
${section(
  words.requests,
  ['', words.kind, words.time, words.state, words.ended, words.by, words.note],
  requests.map((one) => [
    String(one.number),
    said('requestKind', one.kind),
    at(one.askedMs),
    said('requestState', one.state),
    at(one.answeredMs ?? null),
    one.by ?? '',
    one.note ?? '',
  ]),
)}
${section(
  words.lists,
  [''],
  what.lists.map((one) => [said('listType', one.list), JSON.stringify(one.says)]),
)}
<p>${text(words.end)}</p>`;
  return printedPage({ language, title: inert(words.title), style: STYLE, body, pictures: true });
}

interface Speech {
  readonly at: (ms: number | null) => string;
  readonly said: (group: string, value: unknown) => string;
  readonly reasons: (data: Readonly<Record<string, unknown>>) => string;
}

function rowOf(event: StoredEvent, { at, said, reasons }: Speech): readonly string[] {
  const { accessPoint, decision, reason: _reason, screening, ...rest } = viewOf(event.body)?.data ?? {};
  const outcome =
    typeof screening === 'object' && screening !== null && 'outcome' in screening ? screening.outcome : '';
  return [
    String(event.sequence),
    at(event.timeMs),
    event.name,
    typeof accessPoint === 'string' ? accessPoint : '',
    said('decision', decision),
    reasons(viewOf(event.body)?.data ?? {}),
    said('outcome', outcome),
    JSON.stringify(rest),
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[], none: string): string {
  if (rows.length === 0) return `<p>${text(none)}</p>`;
  const cells = (tag: string, values: readonly string[]) =>
    `<tr>${values.map((value) => `<${tag}>${text(value)}</${tag}>`).join('')}</tr>`;
  return `<table>${cells('th', head)}\n${rows.map((row) => cells('td', row)).join('\n')}</table>`;
}

/** Text that is markup nowhere, and in which nothing is hidden. */
function text(value: string): string {
  return escaped(inert(value));
}
