import { useEffect, useState } from 'preact/hooks';
import type { GuardTopics } from '../../../ports/guard-feed.ts';
import { useNow } from '../../shared/use-now.ts';

export interface SiteTime {
  /** The gate's own time now, Unix milliseconds. */
  readonly nowMs: number;
  /** The gate's clock minus the browser's, in milliseconds. */
  readonly offsetMs: number;
}

/** The time of the gate, not of the browser, because all records have the gate's time. */
export function useSiteTime(clock: GuardTopics['clock'] | undefined): SiteTime {
  const now = useNow(1000);
  const [offsetMs, setOffsetMs] = useState(0);
  useEffect(() => {
    if (clock) setOffsetMs(clock.wallMs - Date.now());
  }, [clock]);
  return { nowMs: now + offsetMs, offsetMs };
}
