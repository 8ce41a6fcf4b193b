import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { DeviceLink } from '../../src/ports/device-link.ts';
import { explainOpenError, lost } from './open-error.ts';
import { ReaderLink } from './reader-link.ts';

/** Number of characters kept of the child's last error output. */
const COMPLAINT_CHARACTERS = 200;

/**
 * Reads with a child process `cat`: it may block in a read without blocking this process, and it can always be
 * killed.
 */
export async function readByCat(
  path: string,
  onBytes: (bytes: Uint8Array) => void,
  signal: AbortSignal,
): Promise<DeviceLink> {
  const child = spawn('cat', ['--', path], { stdio: ['ignore', 'pipe', 'pipe'] });
  const over = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
  });
  try {
    await once(child, 'spawn');
  } catch (error) {
    throw explainOpenError(path, error);
  }
  const link = new ReaderLink(() => {
    child.kill('SIGKILL');
    return over;
  });
  let complaint = '';
  child.on('error', (error) => {
    complaint = error.message;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(0, COMPLAINT_CHARACTERS);
  });
  child.stdout.on('data', (bytes: Buffer) => {
    if (!link.ended) onBytes(new Uint8Array(bytes));
  });
  void over.then(() => link.end(lost(path, complaint.trim() || 'it was unplugged')));
  link.endWith(signal);
  return link;
}
