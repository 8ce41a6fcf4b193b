import { readFileSync, statSync } from 'node:fs';
import { z } from 'zod';
import { RowProblems, readCsvTable } from '../../adapters/files/csv-table.ts';
import { id, label, namedKey, passKinds, textOf } from '../../config/fields.ts';
import { readSection } from '../../config/load-config.ts';
import { policy } from '../../config/policy-section.ts';
import type { BundleHeader } from '../../core/bundle/bundle.ts';
import { policyContent } from '../../core/bundle/content.ts';
import { directoryContent } from '../../core/bundle/directory.ts';
import { type ListedOrder, ordersContent } from '../../core/bundle/orders.ts';
import { type RevokedHolder, revocationsContent } from '../../core/bundle/revocations.ts';
import { KEY_USES, type ListedKey, trustContent } from '../../core/bundle/trust-content.ts';
import { COMMAND_VERBS } from '../../core/contract/commands.ts';
import { fromHex } from '../../core/encoding/hex.ts';
import { GatepostError, messageOf } from '../../core/errors.ts';
import type { CborValue } from '../../core/pass/canonical-cbor.ts';
import { keyIdOf } from '../../core/pass/read-pass.ts';
import { type HolderSubject, ORDER_KINDS } from '../../core/policy/standing-order.ts';
import { plainForm } from '../../core/text/visible.ts';
import { readDirectoryTable } from '../directory/table.ts';
import { type MomentReading, readMoment } from '../moments.ts';
import { hexBytes } from '../option-values.ts';

const MAX_LIST_BYTES = 64 * 1024 * 1024;

/** A moment in a YAML file, which may parse as a number. */
const momentText = (reading: MomentReading) =>
  z.union([z.number(), z.string()]).transform((value, context) => {
    try {
      return readMoment(String(value), reading);
    } catch (error) {
      context.issues.push({ code: 'custom', input: value, message: `is no moment. ${messageOf(error)}` });
      return z.NEVER;
    }
  });

const trustFile = (timeZone: string) =>
  z.strictObject({
    keys: z
      .array(
        z.strictObject({
          publicKey: namedKey,
          kid: textOf('8 hex characters')
            .regex(/^[0-9a-fA-F]{8}$/, 'must be 8 hex characters in quotes')
            .exactOptional(),
          name: label,
          use: z.enum(KEY_USES),
          status: z.enum(['active', 'withdrawn']).default('active'),
          sites: z.array(id).min(1).exactOptional(),
          kinds: passKinds.exactOptional(),
          verbs: z.array(z.enum(COMMAND_VERBS)).min(1).exactOptional(),
          from: momentText({ timeZone, day: 'begin' }).exactOptional(),
          until: momentText({ timeZone, day: 'end' }).exactOptional(),
        }),
      )
      .min(1)
      .max(64),
  });

const policyFile = z.strictObject({ policy });

/**
 * The content of a bundle from a file that a person wrote.
 * @throws GatepostError `usage`, `config.invalid` or `bundle.refused` with line and column of every mistake
 */
export function contentFromFile(
  { type, number }: Pick<BundleHeader, 'type' | 'number'>,
  path: string,
  timeZone: string,
): CborValue {
  switch (type) {
    case 'trust':
      return trustContent(trustKeys(path, timeZone));
    case 'revocations':
      return revocations(path, timeZone);
    case 'policy':
      return policyContent(policyJson(path, number));
    case 'orders':
      return ordersContent(orders(path, timeZone));
    case 'directory':
      return directoryContent(
        new Map(readDirectoryTable(path, undefined).map((entry) => [entry.holderRef, entry])),
      );
  }
}

function trustKeys(path: string, timeZone: string): ListedKey[] {
  const form = trustFile(timeZone);
  const { keys } = form.parse(readSection(path, form));
  return keys.map(({ kid, publicKey, ...key }) => {
    const raw = fromHex(publicKey);
    if (kid !== undefined && kid.toLowerCase() !== keyIdOf(raw)) {
      throw new GatepostError(
        'usage',
        `${path}: the kid of the key "${key.name}" is ${keyIdOf(raw)}, not ${kid}. Look whether it is the key you mean.`,
      );
    }
    if (key.verbs !== undefined && key.use !== 'command') {
      throw new GatepostError(
        'usage',
        `${path}: the key "${key.name}" has verbs, which only a key with the use command may have.`,
      );
    }
    if (key.until !== undefined && key.until <= (key.from ?? 0))
      throw new GatepostError('usage', `${path}: the key "${key.name}" ends before it begins.`);
    return { ...key, publicKey: raw };
  });
}

/** If the file names no version, the bundle's number is used, because both only grow. */
function policyJson(path: string, number: number): string {
  const { policy: written } = readSection(path, policyFile) as { policy: object };
  return JSON.stringify({ version: number, ...written });
}

/**
 * One entry a line: a pass (16 hex characters), or a holder (12) and the day or moment before which its passes were
 * issued.
 */
function revocations(path: string, timeZone: string): CborValue {
  const problems = new RowProblems();
  const passes: string[] = [];
  const holders: RevokedHolder[] = [];
  for (const [index, text] of readLines(path).entries()) {
    const entry = plainForm(text.replace(/#.*$/, ''));
    if (/^[,;\s]*$/.test(entry)) continue;
    problems.cell(index + 1, undefined, () => {
      const [whom = '', before, ...more] = entry.split(/[,;\s]+/).filter((part) => part !== '');
      if (before === undefined) passes.push(orUsage(() => hexBytes(8)(whom)));
      else if (more.length === 0)
        holders.push({
          holderRef: orUsage(() => hexBytes(6)(whom)),
          issuedBefore: readMoment(before, { timeZone, day: 'begin' }),
        });
      else throw new GatepostError('usage', 'It must be a pass, or a holder and a moment.');
    });
  }
  problems.throwIfAny(path);
  return revocationsContent(passes, holders);
}

function orders(path: string, timeZone: string): ListedOrder[] {
  const problems = new RowProblems();
  const listed: ListedOrder[] = [];
  const columns = ['kind', 'pass', 'holder', 'from', 'until'] as const;
  for (const { line, cells } of readCsvTable(path, columns, ['kind', 'from'])) {
    const kind = problems.cell(line, 'kind', () => orderKind(cells.kind));
    const subject = problems.cell(line, undefined, () => subjectOf(cells.pass, cells.holder));
    const from = problems.cell(line, 'from', () => readMoment(cells.from ?? '', { timeZone, day: 'begin' }));
    const until = problems.cell(line, 'until', () =>
      cells.until === undefined ? 0 : readMoment(cells.until, { timeZone, day: 'end' }),
    );
    if (kind === undefined || subject === undefined || from === undefined || until === undefined) continue;
    if (until !== 0 && until <= from) problems.add(line, 'until', 'it must be after from');
    listed.push({ kind, subject, from, ...(until === 0 ? {} : { until }) });
  }
  problems.throwIfAny(path);
  return listed;
}

function orderKind(text: string | undefined): ListedOrder['kind'] {
  const kind = ORDER_KINDS.find((one) => one === plainForm(text ?? '').toLowerCase());
  if (kind !== undefined) return kind;
  throw new GatepostError('usage', `It must be one of ${ORDER_KINDS.join(', ')}.`);
}

function subjectOf(pass: string | undefined, holder: string | undefined): HolderSubject {
  if (pass !== undefined && holder === undefined)
    return { passId: orUsage(() => hexBytes(8)(plainForm(pass))) };
  if (holder !== undefined && pass === undefined)
    return { holderRef: orUsage(() => hexBytes(6)(plainForm(holder))) };
  throw new GatepostError('usage', 'Name a pass or a holder, and not both.');
}

function readLines(path: string): readonly string[] {
  try {
    const stats = statSync(path);
    if (!stats.isFile()) throw new Error('it is not a regular file');
    if (stats.size > MAX_LIST_BYTES) throw new Error('it is larger than 64 MiB');
    return decode(readFileSync(path)).split(/\r?\n/);
  } catch (error) {
    throw new GatepostError('usage', `Cannot read ${path}: ${messageOf(error)}`, { cause: error });
  }
}

/** Without a byte order mark. */
function decode(bytes: Uint8Array): string {
  const isUtf16 = bytes.includes(0) || (bytes[0] === 0xff && bytes[1] === 0xfe);
  if (isUtf16) throw new Error('it is UTF-16 ("Unicode" in Windows). Save it as plain text in UTF-8');
  // Comments after # may be in any encoding; the rest is ASCII.
  return new TextDecoder().decode(bytes);
}

/** Turns the errors of option readers, which are commander's, into `usage`. */
function orUsage<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new GatepostError('usage', messageOf(error), { cause: error });
  }
}
