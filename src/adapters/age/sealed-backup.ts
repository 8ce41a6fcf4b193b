import { fstatSync, read } from 'node:fs';
import { promisify } from 'node:util';
import { Decrypter, Encrypter, generateX25519Identity, identityToRecipient, Stanza } from 'age-encryption';
import { GatepostError, messageOf } from '../../core/errors.ts';

/** What a backup says of itself in its header, readable without a key. Nothing about a person. */
export interface BackupLabel {
  readonly site: string;
  readonly gate: string;
  /** When the store was as it is in the backup, Unix milliseconds. */
  readonly takenMs: number;
  /** Size of what is encrypted. */
  readonly bytes: number;
}

/** Our line among the recipients of an age header. Other programs pass over a line of a kind they do not know. */
const LABEL_TYPE = 'gatepost.io/backup';
const LABEL = /^-> gatepost\.io\/backup ([a-z0-9-]{1,32}) ([a-z0-9-]{1,32}) ([0-9TZ:.-]{20,24}) (\d{1,15})$/m;
/** An age header ends within this many bytes: the largest recipient there is needs 2 KiB. */
const HEADER_BYTES = 16 * 1024;
const NONCE_BYTES = 16;
const CHUNK_BYTES = 64 * 1024;
const TAG_BYTES = 16;
/** Bytes that are read at once. */
const READ_BYTES = 64 * 1024;

const readAt = promisify(read);

/** A new pair of keys: whoever has `identity` reads every backup made for `recipient`. */
export async function makeBackupKey(): Promise<{ readonly identity: string; readonly recipient: string }> {
  const identity = await generateX25519Identity();
  return { identity, recipient: await identityToRecipient(identity) };
}

/** The public half of a secret key. */
export function recipientOf(identity: string): Promise<string> {
  return identityToRecipient(identity);
}

/** What is wrong with the public key of an office; undefined if backups can be encrypted to it. */
export function recipientProblem(recipient: string): string | undefined {
  if (recipient.startsWith('AGE-SECRET-KEY-'))
    return 'is the secret half of the key, which must not be on a kiosk; the public one begins with age1';
  if (!/^age1(pq1)?[a-z0-9]+$/.test(recipient)) return 'is no age public key, which begins with age1';
  try {
    new Encrypter().addRecipient(recipient);
    return undefined;
  } catch (error) {
    return `is no age public key: ${messageOf(error)}`;
  }
}

/** Encrypts `content` for `recipient`, piece by piece. @throws GatepostError `usage` for a wrong recipient */
export async function seal(
  content: ReadableStream<Uint8Array>,
  recipient: string,
  { site, gate, takenMs, bytes }: BackupLabel,
): Promise<ReadableStream<Uint8Array>> {
  const problem = recipientProblem(recipient);
  if (problem !== undefined) throw new GatepostError('usage', `The recipient ${problem}.`);
  const label = [LABEL_TYPE, site, gate, new Date(takenMs).toISOString(), String(bytes)];
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  encrypter.addRecipient({ wrapFileKey: () => [new Stanza(label, new Uint8Array())] });
  return encrypter.encrypt(content);
}

/**
 * Reads what a backup says of itself, and whether it has the length that it says. Nothing of it is proved before it is
 * decrypted.
 * @param name of the file, for messages
 * @throws GatepostError `backup.refused`
 */
export async function readLabel(file: number, name: string): Promise<BackupLabel> {
  const { bytesRead, buffer } = await readAt(file, Buffer.alloc(HEADER_BYTES), 0, HEADER_BYTES, 0).catch(
    (error: unknown) => {
      throw asRefused(name, error);
    },
  );
  const start = buffer.subarray(0, bytesRead).toString('latin1');
  const { size } = fstatSync(file);
  if (size === 0) throw refused(`${name} is empty: the copy of it was cut off. Take another one.`);
  if (!start.startsWith('age-encryption.org/v1\n'))
    throw refused(`${name} is no backup of Gatepost: it does not begin as one.`);
  const mac = start.indexOf('\n--- ');
  const end = mac < 0 ? -1 : start.indexOf('\n', mac + 1);
  if (end < 0) throw refused(`${name} ends, or is damaged, within its header. Take another copy of it.`);
  const [, site, gate, taken = '', length] = LABEL.exec(start.slice(0, mac)) ?? [];
  const takenMs = Date.parse(taken);
  if (site === undefined || gate === undefined || Number.isNaN(takenMs))
    throw refused(`${name} is an age file, but no backup of Gatepost.`);
  const bytes = Number(length);
  const whole = end + 1 + NONCE_BYTES + sealedBytes(bytes);
  if (size < whole)
    throw refused(`${name} is cut off: it has ${size} of ${whole} bytes. Take another copy of it.`);
  if (size > whole)
    throw refused(
      `${name} has ${size} bytes, more than the ${whole} of the backup. Take another copy of it.`,
    );
  return { site, gate, takenMs, bytes };
}

/**
 * Decrypts a backup piece by piece. A piece is given out only after it was proved to be as it was written; that all of
 * them are there is known at the end.
 * @param identities secret keys, one of which has to fit
 * @throws GatepostError `backup.refused`, also while the result is read
 */
export async function* unseal(
  file: number,
  name: string,
  identities: readonly string[],
): AsyncGenerator<Uint8Array> {
  const decrypter = new Decrypter();
  for (const identity of identities) decrypter.addIdentity(identity);
  try {
    yield* await decrypter.decrypt(contentOf(file));
  } catch (error) {
    throw asRefused(name, error);
  }
}

/** The content of an open file, from its begin. */
export function contentOf(file: number): ReadableStream<Uint8Array> {
  let position = 0;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { bytesRead, buffer } = await readAt(file, Buffer.alloc(READ_BYTES), 0, READ_BYTES, position);
        position += bytesRead;
        if (bytesRead === 0) controller.close();
        else controller.enqueue(new Uint8Array(buffer.buffer, buffer.byteOffset, bytesRead));
      },
    },
    { highWaterMark: 0 },
  );
}

/**
 * The secret keys in the text of an identity file, as age and `gatepost backup keygen` write it.
 * @throws GatepostError `key.invalid`
 */
export function readIdentities(text: string, name: string): readonly string[] {
  if (/^(age-encryption\.org\/v1|-----BEGIN AGE ENCRYPTED FILE-----)/.test(text))
    throw wrongKey(`${name} is encrypted itself. Decrypt it first: age -d ${name} > office.key`);
  const identities = text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'));
  if (identities.length === 0) throw wrongKey(`${name} holds no secret key.`);
  for (const identity of identities) {
    if (identity.startsWith('age1'))
      throw wrongKey(`${name} holds the public half of a key; a backup is read with the secret half.`);
    try {
      new Decrypter().addIdentity(identity);
    } catch (cause) {
      throw wrongKey(`${name} holds no secret key of age, whose lines begin with AGE-SECRET-KEY-.`, cause);
    }
  }
  return identities;
}

/** Bytes that a content of this size takes when it is encrypted, without the header. */
export function sealedBytes(bytes: number): number {
  return bytes + TAG_BYTES * Math.max(1, Math.ceil(bytes / CHUNK_BYTES));
}

function asRefused(name: string, error: unknown): unknown {
  if (error instanceof GatepostError) return error;
  const text = messageOf(error);
  if (/no identity matched/.test(text))
    return refused(`${name} was encrypted to another key: the identity does not fit.`, error);
  if (error instanceof Error && 'code' in error)
    return refused(`${name} cannot be read: ${text}. Take another copy of it.`, error);
  return refused(
    `${name} is not as it was written: changed since, or damaged. Take another copy of it.`,
    error,
  );
}

function refused(message: string, cause?: unknown): GatepostError {
  return new GatepostError('backup.refused', `Nothing was changed: ${message}`, { cause });
}

function wrongKey(message: string, cause?: unknown): GatepostError {
  return new GatepostError('key.invalid', message, { cause });
}
