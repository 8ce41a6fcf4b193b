import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { getJson } from '../shared/api.ts';
import { GateWatch, type WatchedGate } from './gate-watch.ts';

export interface ShownGate {
  readonly name: string;
  /** Its origin. */
  readonly url: string;
  readonly isOwn: boolean;
  readonly state: WatchedGate;
  /** Brings the guard's page of the gate to the front. */
  open(): void;
  /** Asks there whether this page may watch it. */
  ask(): void;
}

interface Place {
  readonly name: string;
  readonly url: string;
}

const RETRY_MS = 3_000;

/** All gates of this page, its own first; none before the kiosk has named them. */
export function useGates(): readonly ShownGate[] {
  const [places, setPlaces] = useState<readonly Place[]>();
  const [states, setStates] = useState<Readonly<Record<string, WatchedGate>>>({});
  /** The windows that this page has opened, by origin. */
  const windows = useRef(new Map<string, Window>());
  useEffect(() => {
    if (places !== undefined) return undefined;
    const load = async () => {
      const answer = await getJson('/api/gates');
      if (answer !== 'unreachable' && answer.status === 200) setPlaces(placesIn(answer.body));
    };
    void load();
    const timer = setInterval(() => void load(), RETRY_MS);
    return () => clearInterval(timer);
  }, [places]);
  const watches = useMemo(
    () =>
      new Map(
        (places ?? []).map(({ url }) => [
          url,
          new GateWatch(url, (state) => setStates((before) => ({ ...before, [url]: state }))),
        ]),
      ),
    [places],
  );
  useEffect(() => {
    for (const watch of watches.values()) watch.start();
    const take = ({ origin, source, data }: MessageEvent) => {
      const token = tokenIn(data);
      if (token !== undefined && source === windows.current.get(origin)) watches.get(origin)?.use(token);
    };
    addEventListener('message', take);
    return () => {
      removeEventListener('message', take);
      for (const watch of watches.values()) watch.stop();
    };
  }, [watches]);

  const show = (url: string, fragment: string) => {
    const known = windows.current.get(url);
    if (fragment === '' && known !== undefined && !known.closed) {
      known.focus();
      return;
    }
    const opened = open(`${url}/guard/${fragment}`, `gatepost ${url}`);
    if (opened !== null) windows.current.set(url, opened);
  };
  return (places ?? []).map(({ name, url }) => ({
    name,
    url,
    isOwn: url === location.origin,
    state: states[url] ?? { status: 'asking' },
    open: () => show(url, ''),
    ask: () =>
      url === location.origin ? show(url, '') : show(url, `#watch=${encodeURIComponent(location.origin)}`),
  }));
}

/** What the kiosk names; it is this page's own server. */
function placesIn(body: Readonly<Record<string, unknown>>): readonly Place[] {
  const { name = '', others = [] } = body as { name?: string; others?: readonly Place[] };
  return [
    { name, url: location.origin },
    ...others.map((other) => ({ name: other.name, url: new URL(other.url).origin })),
  ];
}

function tokenIn(data: unknown): string | undefined {
  const { type, token } = (typeof data === 'object' && data !== null ? data : {}) as Record<string, unknown>;
  if (type !== 'gatepost.watch' || typeof token !== 'string') return undefined;
  return /^[\w-]{43}$/.test(token) ? token : undefined;
}
