import { closeSync, fstatSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { GatepostError, messageOf } from '../../core/errors.ts';

/** Largest photograph of a holder, in bytes. */
const PHOTO_BYTES_MAX = 64 * 1024;

const JPEG = Buffer.from([0xff, 0xd8, 0xff]);
const PNG = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

type PhotoType = 'image/jpeg' | 'image/png';

/**
 * Checks size and first bytes of a photograph without reading the rest.
 * @throws GatepostError `usage` for anything but a JPEG or PNG file of at most 64 KiB
 */
export function checkPhoto(path: string): PhotoType {
  return reading(path, () => {
    if (!statSync(path).isFile()) throw new Error('it is not a regular file');
    const file = openSync(path, 'r');
    try {
      if (fstatSync(file).size > PHOTO_BYTES_MAX) throw new Error('it is larger than 64 KiB');
      const start = Buffer.alloc(PNG.length);
      readSync(file, start, 0, start.length, 0);
      return typeOf(start);
    } finally {
      closeSync(file);
    }
  });
}

/** The photograph itself. Throws like checkPhoto. */
export function readPhoto(path: string): { readonly type: PhotoType; readonly bytes: Uint8Array } {
  checkPhoto(path);
  return reading(path, () => {
    const bytes = readFileSync(path);
    if (bytes.length > PHOTO_BYTES_MAX) throw new Error('it is larger than 64 KiB');
    return { type: typeOf(bytes), bytes };
  });
}

function typeOf(bytes: Buffer): PhotoType {
  if (bytes.subarray(0, JPEG.length).equals(JPEG)) return 'image/jpeg';
  if (bytes.subarray(0, PNG.length).equals(PNG)) return 'image/png';
  throw new Error('it is neither JPEG nor PNG');
}

function reading<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    throw new GatepostError('usage', `Cannot take the photograph ${path}: ${messageOf(cause)}.`, { cause });
  }
}
