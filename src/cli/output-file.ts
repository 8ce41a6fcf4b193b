import { once } from 'node:events';
import { writeSync } from 'node:fs';
import { beginNewFile } from '../adapters/files/new-files.ts';

/** Readable by its owner only: it says who came when. */
const PRIVATE = 0o600;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * A new file for what a command hands out, opened with the rights of the caller; see asOwner(). What was written goes
 * when the command fails or is interrupted.
 * @throws GatepostError `usage`
 */
export function outputFile(out: string): { readonly file: number; readonly finish: (done: boolean) => void } {
  const { descriptor, complete, abandon } = beginNewFile(out, PRIVATE);
  const interrupted = (): never => {
    abandon();
    process.exit(1);
  };
  for (const signal of SIGNALS) process.once(signal, interrupted);
  const finish = (done: boolean): void => {
    for (const signal of SIGNALS) process.off(signal, interrupted);
    if (done) complete();
    else abandon();
  };
  return { file: descriptor, finish };
}

/** Writes to such a file, or to standard output where there is none. */
export function writerTo(file: number | undefined): (text: string) => Promise<void> {
  return async (text) => {
    if (file === undefined) {
      if (!process.stdout.write(text)) await once(process.stdout, 'drain');
      return;
    }
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
    // A turn of the event loop, in which an interruption is noticed.
    await new Promise(setImmediate);
  };
}
