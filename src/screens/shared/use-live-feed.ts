import { useEffect, useState } from 'preact/hooks';
import { type FeedOptions, type FeedState, LiveFeed } from './live-feed.ts';

interface Options {
  readonly path: string;
  /** The same function at every call: another one begins the connection anew. */
  readonly heartbeat: FeedOptions['heartbeat'];
  readonly onLost?: () => void;
}

/** A feed for as long as the component is on the page. */
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
