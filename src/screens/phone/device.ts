import { useEffect, useState } from 'preact/hooks';

/** Smallest error of the phone's clock that is shown, in milliseconds; below it codes are still accepted. */
const SKEW_MS = 5_000;

/**
 * Keeps the screen on while what uses it is on the page and the page is visible.
 * @returns whether the browser does so; undefined until it has answered
 */
export function useWakeLock(): boolean | undefined {
  const [isOn, setOn] = useState<boolean>();
  useEffect(() => {
    let lock: WakeLockSentinel | undefined;
    let ended = false;
    const ask = async (): Promise<void> => {
      if (document.visibilityState !== 'visible') return;
      try {
        // Not every browser has it, and none on an address without https.
        lock = await navigator.wakeLock?.request('screen');
        if (ended) await lock?.release();
        else setOn(lock !== undefined);
      } catch (error) {
        // Refused, e.g. on a low battery.
        if (!(error instanceof DOMException)) throw error;
        if (!ended) setOn(false);
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
  return isOn;
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
