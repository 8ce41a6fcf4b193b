import { useCallback, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { type FeedOptions, type FeedState, LiveFeed } from './live-feed.ts';

interface Options {
  readonly path: string;
  /** Must be the same function at every call; another one restarts the connection. */
  readonly heartbeat: FeedOptions['heartbeat'];
  readonly onLost?: () => void;
}

/** Follows a feed while the component is on the page; `send` says something to the gate, and is always the same function. */
export function useLiveFeed({
  path,
  heartbeat,
  onLost,
}: Options): FeedState & { readonly send: (message: unknown) => void } {
  const [state, setState] = useState<FeedState>({ live: false, topics: {} });
  const feed = useRef<LiveFeed>();
  // At once: the first news is often there before there is anything to draw.
  useLayoutEffect(() => {
    setState({ live: false, topics: {} });
    const one = new LiveFeed({ path, heartbeat, onState: setState, ...(onLost ? { onLost } : {}) });
    feed.current = one;
    one.start();
    return () => one.stop();
  }, [path, heartbeat, onLost]);
  const send = useCallback((message: unknown) => feed.current?.send(message), []);
  return { ...state, send };
}
