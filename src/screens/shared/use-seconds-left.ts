import { useEffect, useState } from 'preact/hooks';

/**
 * Seconds left of `seconds`, on the monotonic clock. A new `updateKey` restarts it, so that a second wait of the same
 * length has its full time.
 */
export function useSecondsLeft(seconds: number, updateKey: unknown): number {
  const [left, setLeft] = useState(seconds);
  useEffect(() => {
    const end = performance.now() + seconds * 1000;
    const tell = () => setLeft(Math.max(0, (end - performance.now()) / 1000));
    tell();
    const timer = setInterval(tell, 250);
    return () => clearInterval(timer);
  }, [seconds, updateKey]);
  return left;
}
