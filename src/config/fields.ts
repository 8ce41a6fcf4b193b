import { z } from 'zod';
import { PASS_KINDS } from '../core/access/vocabulary.ts';
import { toHex } from '../core/encoding/hex.ts';
import { messageOf } from '../core/errors.ts';
import { parsePublicKey } from '../core/pass/public-key.ts';
import { isVisible } from '../core/text/visible.ts';
import { timeZoneProblem } from '../core/time/time-zone.ts';

/** Building blocks of the config schema. Every message says what is allowed. */

/**
 * Text. YAML makes a number of digits without quotes, so that zeros get lost and ids become none.
 * @param form what it must be, in words, for whoever wrote it without quotes
 */
export function textOf(form: string): z.ZodString {
  return z.string({
    error: ({ input }) =>
      typeof input === 'number' || typeof input === 'boolean' ? `must be ${form} in quotes` : undefined,
  });
}

/** Ids appear in topics, file names and addresses. */
export const id = textOf('an id').regex(
  /^[a-z0-9-]{1,32}$/,
  'must be 1 to 32 of the characters a-z, 0-9 and -',
);

/** Text that people read on screens and in lists. */
export const label = visibleText(60);

function visibleText(longest: number) {
  return textOf('text')
    .trim()
    .min(1)
    .max(longest)
    .refine(isVisible, 'must be text that can be seen, with nothing hidden in it');
}

/** A text of the site in the languages of the screens; the program's words stand in for one that is left out. */
export function siteText(longest: number) {
  const text = visibleText(longest).exactOptional();
  return z.strictObject({ 'zh-CN': text, 'zh-TW': text, en: text });
}

/** A telephone number as people write it: it is shown, never dialled. */
export const telephone = textOf('a telephone number, e.g. "021 5550 1234",')
  .trim()
  .regex(/^[+(]?[0-9][0-9 ()./#-]{0,29}[0-9]$/, 'must be a telephone number in quotes, e.g. "021 5550 1234"');

export const passKinds = z.array(z.enum(PASS_KINDS)).min(1);

/** Relative paths start at the folder of the config file. */
export const filePath = textOf('a path').min(1).max(4096);

/** A serial line, or the word that selects the simulator. */
export const serialPath = textOf('a path').regex(
  /^(simulated|\.{0,2}\/.+)$/,
  'must be `simulated`, an absolute path such as /dev/serial/by-id/…, or begin with ./ or ../',
);

export const timeZone = textOf('the name of a time zone such as Asia/Shanghai').superRefine(
  (name, context) => {
    const problem = timeZoneProblem(name);
    if (problem !== undefined) context.addIssue({ code: 'custom', message: problem });
  },
);

const publicKeyText = textOf('an Ed25519 public key').regex(
  /^([0-9a-fA-F]{64}|[A-Za-z0-9_-]{43})$/,
  'must be an Ed25519 public key as 64 hex or 43 base64url characters; `gatepost keygen --out office.pem` makes a key and prints it',
);

/** Ed25519 public key of a trusted signer; the result is 64 hex characters, however it was written. */
export const publicKey = publicKeyText.transform((text, context) => {
  try {
    return toHex(parsePublicKey(text));
  } catch (error) {
    context.issues.push({ code: 'custom', input: text, message: `is refused. ${messageOf(error)}` });
    return z.NEVER;
  }
});

/** The same for fields that may also name an untrusted key; the user of the field checks it. */
export const namedKey = publicKeyText.transform((text) =>
  text.length === 64 ? text.toLowerCase() : toHex(Buffer.from(text, 'base64url')),
);
