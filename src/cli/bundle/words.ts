import { type BundleHeader, MAX_UINT32 } from '../../core/bundle/bundle.ts';
import type { BundleContent } from '../../core/bundle/content.ts';
import type { ListedOrder } from '../../core/bundle/orders.ts';
import { toHex } from '../../core/encoding/hex.ts';
import { keyIdOf } from '../../core/pass/read-pass.ts';
import { showMoment } from '../moments.ts';
import { LONGEST_LIFE_DAYS } from '../pass/order.ts';

const DAY_S = 86_400;
/** Only the beginning of a longer list is shown; `--json` prints all of it. */
const LINES_SHOWN = 200;
const DOUBTS_SHOWN = 20;

/** Number and kind of a list's entries, as a sentence part. */
export function entriesOf(content: BundleContent): string {
  switch (content.type) {
    case 'trust':
      return `${content.keys.length} keys`;
    case 'revocations':
      return `${content.revoked.passCount} passes, ${content.revoked.holderCount} holders`;
    case 'policy':
      return `${content.json.length} characters`;
    case 'orders':
      return `${content.orders.count} orders`;
    case 'directory':
      return `${content.directory.count} holders`;
  }
}

/** The content as JSON for programs, without names and plain ids. Moments are Unix seconds. */
export function details(content: BundleContent): object {
  switch (content.type) {
    case 'trust':
      return { keys: content.keys.map((key) => ({ ...key, publicKey: toHex(key.publicKey) })) };
    case 'policy':
      return { policy: JSON.parse(content.json) };
    case 'orders':
      return { orders: [...content.orders.listed()] };
    case 'revocations':
      return { holders: [...content.revoked.listedHolders()] };
    case 'directory':
      return {};
  }
}

/** The content in lines, with every moment in the time of the site. */
export function momentLines(content: BundleContent, timeZone: string): readonly string[] {
  if (content.type === 'policy') return ['', JSON.stringify(JSON.parse(content.json), null, 2)];
  const lines: string[] = [];
  let count = 0;
  for (const line of linesOf(content, (seconds) => showMoment(seconds, timeZone))) {
    count += 1;
    if (count <= LINES_SHOWN) lines.push(`  ${line}`);
  }
  if (count > LINES_SHOWN)
    lines.push(`  … and ${count - LINES_SHOWN} more (bundle inspect --json names all)`);
  return lines;
}

function* linesOf(content: BundleContent, show: (seconds: number) => string): Generator<string> {
  const span = (from: number | undefined, until: number | undefined): string =>
    [
      ...(from === undefined ? [] : [`from ${show(from)}`]),
      ...(until === undefined ? [] : [`until ${show(until)}`]),
    ].join(' ');
  switch (content.type) {
    case 'trust':
      for (const { publicKey, use, status, name, verbs = [], from, until } of content.keys) {
        const may = verbs.length === 0 ? '' : ` may ${verbs.join(', ')}`;
        yield `${keyIdOf(publicKey)} ${use.padEnd(8)} ${status.padEnd(10)} ${name}${may} ${span(from, until)}`.trimEnd();
      }
      return;
    case 'orders':
      for (const order of content.orders.listed())
        yield `${order.kind.padEnd(11)} ${subjectOf(order)} ${span(order.from, order.until)}`;
      return;
    case 'revocations':
      for (const { holderRef, issuedBefore } of content.revoked.listedHolders())
        yield `holder ${holderRef}: what was issued before ${show(issuedBefore)}`;
      return;
    default:
      return;
  }
}

/** Well-formed content that is probably a mistake. */
export function doubtsAbout(
  content: BundleContent,
  header: BundleHeader,
  timeZone: string,
): readonly string[] {
  const doubts = [...doubtsOf(content, header, (seconds) => showMoment(seconds, timeZone))];
  const more = doubts.length - DOUBTS_SHOWN;
  return more > 0 ? [...doubts.slice(0, DOUBTS_SHOWN), `and ${more} more like these.`] : doubts;
}

function* doubtsOf(
  content: BundleContent,
  { number, issuedAt }: BundleHeader,
  show: (seconds: number) => string,
): Generator<string> {
  if (number === MAX_UINT32) yield 'no list can follow one with this number.';
  switch (content.type) {
    case 'trust':
      for (const { name, use, verbs, until } of content.keys) {
        if (until !== undefined && until <= issuedAt) yield `the key "${name}" is over since ${show(until)}.`;
        if (use === 'command' && verbs === undefined)
          yield `the key "${name}" has no verbs, so it may order nothing.`;
      }
      return;
    case 'orders':
      for (const order of content.orders.listed())
        if (order.until !== undefined && order.until <= issuedAt)
          yield `${order.kind} ${subjectOf(order)} is over since ${show(order.until)}.`;
      return;
    case 'revocations':
      for (const { holderRef, issuedBefore } of content.revoked.listedHolders()) {
        if (issuedBefore <= issuedAt - LONGEST_LIFE_DAYS * DAY_S)
          yield `${holderRef}: no pass issued before ${show(issuedBefore)} is good any more, so this revokes nothing.`;
        else if (issuedBefore > issuedAt)
          yield `${holderRef}: passes that are issued from now to ${show(issuedBefore)} are revoked too.`;
      }
      return;
    default:
      return;
  }
}

function subjectOf({ subject }: ListedOrder): string {
  return 'passId' in subject ? `pass ${subject.passId}` : `holder ${subject.holderRef}`;
}
