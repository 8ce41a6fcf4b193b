import { useEffect, useState } from 'preact/hooks';

/** A code stays right while the clocks differ by less; smaller errors need no word, in milliseconds. */
const SKEW_MS = 5_000;

/** Keeps the screen lit while the page is in front. Browsers without it only go dark sooner. */
export function useWakeLock(): void {
  useEffect(() => {
    let lock: WakeLockSentinel | undefined;
    let ended = false;
    const ask = async (): Promise<void> => {
      if (document.visibilityState !== 'visible' || navigator.wakeLock === undefined) return;
      try {
        lock = await navigator.wakeLock.request('screen');
        if (ended) await lock.release();
      } catch (error) {
        // Refused on a low battery, say.
        if (!(error instanceof DOMException)) throw error;
      }
    };
    const again = (): void => void ask();
    again();
    document.addEventListener('visibilitychange', again);
    return () => {
      ended = true;
      document.removeEventListener('visibilitychange', again);
      void lock?.release();
    };
  }, []);
}

/**
 * Milliseconds by which this phone's clock is ahead of its server's, once that is known and worth a word. Without a
 * network nobody can tell.
 */
export function useClockError(): number | undefined {
  const [errorMs, setErrorMs] = useState<number>();
  useEffect(() => {
    const ended = new AbortController();
    const ask = async (): Promise<void> => {
      try {
        const answer = await fetch(location.pathname, {
          method: 'HEAD',
          cache: 'no-store',
          signal: ended.signal,
        });
        const serverMs = Date.parse(answer.headers.get('date') ?? '');
        const found = Date.now() - serverMs;
        if (Math.abs(found) > SKEW_MS) setErrorMs(found);
      } catch (error) {
        // Offline, or opened as a file.
        if (!(error instanceof TypeError || error instanceof DOMException)) throw error;
      }
    };
    if (location.protocol.startsWith('http')) void ask();
    return () => ended.abort();
  }, []);
  return errorMs;
}
