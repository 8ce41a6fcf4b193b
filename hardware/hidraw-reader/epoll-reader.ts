import { closeSync, constants, openSync, readSync } from 'node:fs';
import { messageOf } from '../../src/core/errors.ts';
import type { DeviceLink } from '../../src/ports/device-link.ts';
import type { EpollConstructor } from './epoll-library.ts';
import { explainOpenError, lost } from './open-error.ts';
import { ReaderLink } from './reader-link.ts';

/** A HID report has at most this many bytes in practice; longer chunks of other devices come in several reads. */
const CHUNK_BYTES = 4096;
/** Largest number of reads before the event loop gets its turn; epoll then calls again. */
const READS_AT_A_TIME = 64;

/** Reads without blocking when the kernel reports that there is data. */
export function readByEpoll(
  Epoll: EpollConstructor,
  path: string,
  onBytes: (bytes: Uint8Array) => void,
  signal: AbortSignal,
): DeviceLink {
  const fd = openNonBlocking(path);
  const link = new ReaderLink(() => {
    epoll.remove(fd).close();
    closeSync(fd);
  });
  const buffer = new Uint8Array(CHUNK_BYTES);
  const epoll = new Epoll((error) => {
    if (link.ended) return;
    if (error !== null) link.end(lost(path, messageOf(error), error));
    else readAll();
  });

  function readAll(): void {
    for (let reads = 0; reads < READS_AT_A_TIME && !link.ended; reads++) {
      const length = readOnce();
      if (length === undefined) return;
      onBytes(buffer.slice(0, length));
    }
  }

  /** Number of bytes read; undefined if there is no more data now, or the device has ended. */
  function readOnce(): number | undefined {
    try {
      const length = readSync(fd, buffer);
      if (length > 0) return length;
      link.end(lost(path, 'it was unplugged'));
    } catch (error) {
      if (!isTryAgain(error)) link.end(lost(path, messageOf(error), error));
    }
    return undefined;
  }

  epoll.add(fd, Epoll.EPOLLIN);
  link.endWith(signal);
  return link;
}

function openNonBlocking(path: string): number {
  try {
    return openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    throw explainOpenError(path, error);
  }
}

function isTryAgain(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'EAGAIN' || error.code === 'EINTR');
}
