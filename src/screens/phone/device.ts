import { useEffect, useState } from 'preact/hooks';

/** Smallest error of the phone's clock that is shown, in milliseconds; below it codes are still accepted. */
const SKEW_MS = 5_000;

/** Keeps the screen on while the page is visible. In browsers without this function it goes dark earlier. */
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
        // Refused, e.g. on a low battery.
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
 * Milliseconds by which this phone's clock is ahead of its server's; undefined if that is too small to show, or not
 * known because there is no network.
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
        // The phone is offline, or the page was opened as a file.
        if (!(error instanceof TypeError || error instanceof DOMException)) throw error;
      }
    };
    if (location.protocol.startsWith('http')) void ask();
    return () => ended.abort();
  }, []);
  return errorMs;
}
