import { useEffect, useState } from 'preact/hooks';
import { type FeedState, LiveFeed } from './live-feed.ts';

interface Options {
  readonly path: string;
  readonly heartbeatPath: string;
  readonly onLost?: () => void;
}

/** A feed for as long as the component is on the page. */
export function useLiveFeed({ path, heartbeatPath, onLost }: Options): FeedState {
  const [state, setState] = useState<FeedState>({ live: false, topics: {} });
  useEffect(() => {
    setState({ live: false, topics: {} });
    const feed = new LiveFeed({ path, heartbeatPath, onState: setState, ...(onLost ? { onLost } : {}) });
    feed.start();
    return () => feed.stop();
  }, [path, heartbeatPath, onLost]);
  return state;
}
