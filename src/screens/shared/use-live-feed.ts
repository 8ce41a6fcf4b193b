import { useEffect, useState } from 'preact/hooks';
import { type FeedOptions, type FeedState, LiveFeed } from './live-feed.ts';

interface Options {
  readonly path: string;
  /** Must be the same function at every call; another one restarts the connection. */
  readonly heartbeat: FeedOptions['heartbeat'];
  readonly onLost?: () => void;
}

/** Follows a feed while the component is on the page. */
export function useLiveFeed({ path, heartbeat, onLost }: Options): FeedState {
  const [state, setState] = useState<FeedState>({ live: false, topics: {} });
  useEffect(() => {
    setState({ live: false, topics: {} });
    const feed = new LiveFeed({ path, heartbeat, onState: setState, ...(onLost ? { onLost } : {}) });
    feed.start();
    return () => feed.stop();
  }, [path, heartbeat, onLost]);
  return state;
}
