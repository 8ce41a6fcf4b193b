import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { lstat, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { GatepostError, messageOf } from '../../core/errors.ts';
import type { BundleAnswer } from '../../ports/bundles.ts';

/** Pause between two checks for the answer. */
const LOOK_MS = 50;
const MOST_ANSWER_BYTES = 4096;
const ANSWER = '.answer';

/** Folder in which `gatepost apply` leaves bundles for a running daemon. */
export function inboxFolder(store: string): string {
  return join(store, 'inbox');
}

/**
 * Gives a bundle to the running daemon through its inbox and waits for the answer.
 * @throws GatepostError `usage` if this user may not write to the folder, `bundle.refused` if no answer comes in time
 */
export async function handOver(folder: string, bytes: Uint8Array, limitMs: number): Promise<BundleAnswer> {
  // Only the daemon of this store and this user can write to the folder, so the content is trusted.
  return (await leaveInInbox(folder, bytes, { ending: '.gpb', limitMs })) as BundleAnswer;
}

/**
 * Leaves a file for the running daemon and waits for what it writes beside it.
 * @param how `ending` says for whom in the daemon it is
 * @throws GatepostError like handOver()
 */
export async function leaveInInbox(
  folder: string,
  bytes: Uint8Array,
  { ending, limitMs }: { readonly ending: string; readonly limitMs: number },
): Promise<unknown> {
  const path = join(folder, `${process.pid}-${randomBytes(6).toString('hex')}${ending}`);
  try {
    makeInbox(folder);
    await writeWhole(path, bytes);
  } catch (cause) {
    throw new GatepostError(
      'usage',
      `The running gate cannot be given the file: ${messageOf(cause)}. Run this as the user of the service, or as root.`,
      { cause },
    );
  }
  try {
    return await awaitAnswer(path, limitMs);
  } finally {
    await rm(path, { force: true });
    await rm(path + ANSWER, { force: true });
  }
}

/** The daemon's side: writes the answer beside the file and removes the file. */
export async function answerBeside(path: string, answer: object): Promise<void> {
  await writeWhole(path + ANSWER, new TextEncoder().encode(JSON.stringify(answer)));
  await rm(path, { force: true });
}

/** Creates the folder (0700) if it is missing. */
export function makeInbox(folder: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
}

async function awaitAnswer(path: string, limitMs: number): Promise<unknown> {
  for (let waitedMs = 0; waitedMs < limitMs; waitedMs += LOOK_MS) {
    const answer = await readAnswer(path + ANSWER);
    if (answer !== undefined) return answer;
    await pause(LOOK_MS);
  }
  throw new GatepostError(
    'bundle.refused',
    `The running gate did not answer within ${limitMs / 1000} s. Look at its log; the file was taken back.`,
  );
}

async function readAnswer(path: string): Promise<unknown> {
  const stats = await lstat(path).catch(() => undefined);
  if (stats === undefined || !stats.isFile() || stats.size > MOST_ANSWER_BYTES) return undefined;
  return JSON.parse(await readFile(path, 'utf8'));
}

/** Written under a temporary name and renamed, so that a reader sees all of it or nothing. */
async function writeWhole(path: string, bytes: Uint8Array): Promise<void> {
  const temporary = `${path}.tmp`;
  const file = await open(temporary, 'wx', 0o600);
  try {
    await file.writeFile(bytes);
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}
