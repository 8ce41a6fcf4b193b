import { InvalidArgumentError } from 'commander';
import { GatepostError, messageOf } from '../core/errors.ts';
import { type HolderKey, PASS_FLAGS } from '../core/pass/pass.ts';
import { parseHolderKey, parsePublicKey } from '../core/pass/public-key.ts';
import { plainForm } from '../core/text/visible.ts';
import { timeZoneProblem } from '../core/time/time-zone.ts';

/** Readers of option values. Their errors become commander's usage messages with the name of the option. */

/** A whole number in a range. */
export function wholeNumber(min: number, max: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (/^\d{1,10}$/.test(text) && value >= min && value <= max) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${min} to ${max}.`);
  };
}

/** Bytes in hex, `length` of them, in lower case. */
export function hexBytes(length: number): (text: string) => string {
  return (written) => {
    const text = plainForm(written);
    if (/^[0-9a-fA-F]+$/.test(text) && text.length === 2 * length) return text.toLowerCase();
    throw new InvalidArgumentError(`It must be ${2 * length} hex characters.`);
  };
}

/** `count/days`, e.g. 1/2: once in two days. */
export function quota(text: string): { readonly count: number; readonly days: number } {
  const [, count, days] = /^(\d{1,5})\/(\d{1,3})$/.exec(text) ?? [];
  if (count !== undefined && days !== undefined) return { count: Number(count), days: Number(days) };
  throw new InvalidArgumentError('It must be a count and a number of days, e.g. 1/2.');
}

/** Flags of a pass that say what its holder needs. */
const NEEDS: ReadonlyMap<string, number> = new Map([
  ['slow', PASS_FLAGS.slow],
  ['large-type', PASS_FLAGS.largeType],
  ['speech-at-once', PASS_FLAGS.speechAtOnce],
  ['step-free', PASS_FLAGS.stepFree],
]);

/** Words for what a holder needs, separated by commas, semicolons or spaces; as bits of the claim `flags`. */
export function needFlags(text: string): number {
  const words = text.toLowerCase().split(/[\s,;]+/);
  const flags = words.filter((word) => word !== '').map((word) => NEEDS.get(word));
  if (flags.length === 0 || flags.includes(undefined))
    throw new InvalidArgumentError(`It must be some of ${[...NEEDS.keys()].join(', ')}.`);
  return flags.reduce<number>((all, flag = 0) => all | flag, 0);
}

/** Public keys of an option that may be given several times. */
export function publicKeys(text: string, previous: readonly Uint8Array[] = []): readonly Uint8Array[] {
  return [...previous, orUsage(() => parsePublicKey(plainForm(text)))];
}

/** The public key of a holder's phone, which is a request that moves no pass. */
export function holderKey(text: string): HolderKey {
  if (/^[\w-]+\.[0-9a-f]{16}$/.test(plainForm(text)))
    throw new InvalidArgumentError('This request moves a pass from another phone: use gatepost pass move.');
  return orUsage(() => parseHolderKey(plainForm(text)));
}

/**
 * Reads the value of an option when all options are known. Errors have commander's wording.
 * @throws GatepostError `usage` naming the option
 */
export function ofOption<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new GatepostError('usage', `${name}: ${messageOf(error)}`, { cause: error });
  }
}

function orUsage<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new InvalidArgumentError(messageOf(error));
  }
}

/** Degrees Celsius that a person or a room can have; the kiosk decides what is plausible. */
export function degrees(text: string): number {
  const value = Number(text);
  if (/^-?\d{1,2}(\.\d{1,2})?$/.test(text)) return value;
  throw new InvalidArgumentError('It must be degrees Celsius, e.g. 36.5.');
}

/** Ids of passes (cti) as 16 hex characters, separated by commas, spaces or semicolons. */
export function passIds(text: string): readonly string[] {
  const ids = plainForm(text)
    .split(/[\s,;]+/)
    .filter((id) => id !== '');
  return ids.map(hexBytes(8));
}

/** Name of a time zone that every part of Gatepost knows. */
export function timeZoneName(text: string): string {
  const problem = timeZoneProblem(text);
  if (problem === undefined) return text;
  throw new InvalidArgumentError(`It ${problem}.`);
}
