import { createRequire } from 'node:module';

/** What is used of the npm package epoll. */
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
 * The package epoll, which comes with onoff; undefined where its native part could not be compiled. It is asked for
 * in onoff's name because it is onoff's dependency, wherever npm has put it.
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
