import { useCallback, useEffect, useState } from 'preact/hooks';
import type { UpkeepView } from '../../../ports/upkeep.ts';
import { getJson } from '../../shared/api.ts';

/** How often it looks while something runs, in milliseconds. */
const LOOK_MS = 2_000;

/** How the kiosk's own keep is; looked at once, and again and again while something runs. */
export function useUpkeep(onSessionDoubt: () => Promise<void>) {
  const [view, setView] = useState<UpkeepView>();
  const [failed, setFailed] = useState(false);
  const look = useCallback(async () => {
    const answer = await getJson('/api/upkeep');
    if (answer !== 'unreachable' && answer.status === 401) return onSessionDoubt();
    const isThere = answer !== 'unreachable' && answer.status === 200;
    setFailed(!isThere);
    if (isThere) setView(answer.body as unknown as UpkeepView);
  }, [onSessionDoubt]);
  useEffect(() => {
    void look();
  }, [look]);
  useEffect(() => {
    const runs = [view?.backup.run, view?.doctor].some((run) => run?.state === 'running');
    if (!runs) return;
    const timer = setTimeout(() => void look(), LOOK_MS);
    return () => clearTimeout(timer);
  }, [view, look]);
  return { view, failed, look };
}
