import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { MAX_BUNDLE_BYTES } from '../../core/bundle/bundle.ts';
import { GatepostError, messageOf } from '../../core/errors.ts';

/** Refuses links, and never blocks on a pipe or device. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/**
 * The bytes of a bundle file from a folder that anybody may have written to.
 * @throws GatepostError `bundle.refused` for anything but a regular file, and for one that is too large or unreadable
 */
export async function readBundleFile(path: string): Promise<Uint8Array> {
  try {
    const file = await open(path, FLAGS);
    try {
      const stats = await file.stat();
      if (!stats.isFile()) throw new Error('it is not a regular file');
      if (stats.size > MAX_BUNDLE_BYTES) throw new Error(`it has more than ${MAX_BUNDLE_BYTES} bytes`);
      const bytes = new Uint8Array(stats.size);
      const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
      return bytes.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (cause) {
    const isLink = cause instanceof Error && 'code' in cause && cause.code === 'ELOOP';
    throw new GatepostError(
      'bundle.refused',
      `The file ${JSON.stringify(path)} cannot be taken: ${isLink ? 'it is a link' : messageOf(cause)}.`,
      { cause },
    );
  }
}
