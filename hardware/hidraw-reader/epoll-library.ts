import { createRequire } from 'node:module';

/** The part of the npm package epoll that is used. */
export interface EpollConstructor {
  new (callback: (error: Error | null, fd: number, events: number) => void): EpollInstance;
  readonly EPOLLIN: number;
}

interface EpollInstance {
  add(fd: number, events: number): EpollInstance;
  remove(fd: number): EpollInstance;
  close(): void;
}

/**
 * The package epoll; undefined where its native part could not be compiled. It is resolved from onoff, because it is a
 * dependency of onoff and npm decides where it is installed.
 */
export function loadEpoll(): EpollConstructor | undefined {
  try {
    const ours = createRequire(import.meta.url);
    const library: unknown = createRequire(ours.resolve('onoff'))('epoll');
    if (typeof library !== 'object' || library === null || !('Epoll' in library)) return undefined;
    return typeof library.Epoll === 'function' ? (library.Epoll as EpollConstructor) : undefined;
  } catch {
    // Both are optional: without them a child process reads.
    return undefined;
  }
}
