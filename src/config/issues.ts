import { z } from 'zod';
import type { ConfigPath } from './yaml-source.ts';

interface Finding {
  readonly path: ConfigPath;
  /** Whether the key itself is wrong rather than its value. */
  readonly atKey: boolean;
  readonly message: string;
}

/** The mistakes of `data` by `schema`, as sentences for the person who wrote the file. */
export function findIssues(schema: z.ZodType, data: unknown): Finding[] {
  const result = schema.safeParse(data, { error: sentenceFor });
  return result.success ? [] : result.error.issues.flatMap((issue) => toFindings(issue, data));
}

function toFindings(issue: z.core.$ZodIssue, data: unknown): Finding[] {
  const { path, message } = issue;
  if (issue.code === 'unrecognized_keys') {
    const sentences = message.split('\n');
    return issue.keys.map((key, index) => ({
      path: [...path, key],
      atKey: true,
      message: sentences[index] ?? message,
    }));
  }
  const name = path.length === 0 ? 'the config' : `\`${printable(path.join('.'))}\``;
  if (issue.code === 'invalid_key') {
    return [{ path, atKey: true, message: `${name}: the key ${issue.issues[0]?.message ?? message}` }];
  }
  const value = valueAt(data, path);
  if (value === undefined && path.length > 0) {
    return [{ path, atKey: false, message: `${name} is missing; it ${message}` }];
  }
  // A message that ends with a full stop needs no more.
  const isWhole = (typeof value === 'object' && value !== null) || value === '' || message.endsWith('.');
  const shown = isWhole ? '' : `, not ${show(value)}`;
  return [{ path, atKey: false, message: `${name} ${message}${shown}` }];
}

/** zod calls this for every issue without a message of the schema's own. One line for each unknown key. */
function sentenceFor(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.expected === 'string' && typeof issue.input === 'number') return 'must be text in quotes';
      return `must be ${KIND_NAMES[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return mustBe(issue.values.map(String), issue.input);
    case 'too_small':
      if (issue.minimum === 1 && issue.origin !== 'number') return 'must not be empty';
      return `must be ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}${unitOf(issue.origin)}`;
    case 'too_big':
      return `must be ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}${unitOf(issue.origin)}`;
    case 'unrecognized_keys':
      return issue.keys.map((key) => unknownKey(key, issue.inst)).join('\n');
    case 'invalid_union':
      return mustBeDriver(issue.inst, issue.input);
    default:
      return issue.message ?? 'is not allowed';
  }
}

const KIND_NAMES: Readonly<Record<string, string>> = {
  object: 'a section with keys of its own',
  record: 'a section with keys of its own',
  array: 'a list',
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
};

function unknownKey(key: string, owner: unknown): string {
  const allowed = keysOf(owner);
  const meant = nearest(key, allowed);
  const hint = meant === undefined ? `allowed here: ${allowed.join(', ')}` : `did you mean \`${meant}\`?`;
  return `unknown key \`${printable(key)}\`; ${hint}`;
}

function keysOf(owner: unknown): string[] {
  if (owner instanceof z.ZodObject) return Object.keys(owner.shape);
  if (owner instanceof z.ZodRecord && owner.keyType instanceof z.ZodEnum)
    return owner.keyType.options.map(String);
  return [];
}

function mustBeDriver(union: unknown, input: unknown): string {
  if (!(union instanceof z.ZodDiscriminatedUnion)) return 'is not allowed';
  const { discriminator, options } = union.def;
  const drivers = options.flatMap((option) => {
    const literal = option instanceof z.ZodObject ? option.shape[discriminator] : undefined;
    return literal instanceof z.ZodLiteral ? [...literal.values].map(String) : [];
  });
  return mustBe(drivers, valueAt(input, [discriminator]));
}

/** `must be a, b or c`, and which of them was probably meant. */
function mustBe(allowed: readonly string[], written: unknown): string {
  const meant = typeof written === 'string' ? nearest(written, allowed) : undefined;
  const hint = meant === undefined ? '' : ` (did you mean ${meant}?)`;
  return `must be ${oneOf(allowed)}${hint}`;
}

function oneOf(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

function unitOf(origin: string): string {
  if (origin === 'string') return ' characters long';
  return origin === 'array' ? ' entries long' : '';
}

function valueAt(data: unknown, path: ConfigPath): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, key)
        ? Reflect.get(value, key)
        : undefined,
    data,
  );
}

/** A key as shown in a message: without line ends and other control characters. */
function printable(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ').slice(0, 120);
}

/** A value as shown in a message: one line, at most 60 characters. */
function show(value: unknown): string {
  if (value === null) return 'empty';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

/** The entry of `allowed` that `written` was most likely meant to be, or undefined if none is similar. */
function nearest(written: string, allowed: readonly string[]): string | undefined {
  const lower = written.toLowerCase();
  const ranked = allowed
    .map((word) => ({ word, distance: distanceBetween(lower, word.toLowerCase()) }))
    .filter(({ word, distance }) => distance <= Math.max(1, word.length / 3) || startsAlike(lower, word))
    .sort((a, b) => a.distance - b.distance);
  return ranked[0]?.word;
}

/** Such as `password` for `passwordFile`, or `release` for `releaseSeconds`. */
function startsAlike(lower: string, word: string): boolean {
  return lower.length >= 4 && word.toLowerCase().startsWith(lower);
}

/** Levenshtein's edit distance, one row at a time; both words are cut at 64 characters. */
function distanceBetween(from: string, to: string): number {
  const target = [...to.slice(0, 64)];
  let row = Array.from({ length: target.length + 1 }, (_, index) => index);
  for (const [rowIndex, letter] of [...from.slice(0, 64)].entries()) {
    const next = [rowIndex + 1];
    for (const [index, other] of target.entries()) {
      const substituted = (row[index] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(substituted, (row[index + 1] ?? 0) + 1, (next[index] ?? 0) + 1));
    }
    row = next;
  }
  return row[target.length] ?? 0;
}
