import { useEffect, useState } from 'preact/hooks';

/** Where the page runs: that decides what it can promise. */
export interface Place {
  /** A file that was opened, an address without https, a page of a browser, an app on the home screen. */
  readonly kind: 'file' | 'unsafe' | 'messenger' | 'browser' | 'app';
  /** Whether it opens without a network. */
  readonly isOffline: boolean;
  /** Whether the browser has promised not to delete what is kept; undefined until it has answered. */
  readonly isLasting: boolean | undefined;
  /** Puts it on the home screen, where the browser offers that. */
  readonly install: (() => void) | undefined;
  /** Takes a newer version that is there as a whole, and starts again with it; undefined if there is none. */
  readonly update: (() => void) | undefined;
}

/** Apps that open links in a browser of their own, which forgets: WeChat, QQ, LINE, Weibo, Facebook, Instagram. */
const MESSENGER = /MicroMessenger|QQ\/|Line\/|Weibo|FBA[NV]|Instagram/;

/** The question of a browser that can install; it is not in the types of the DOM. */
interface InstallQuestion extends Event {
  prompt(): Promise<unknown>;
}

/** @param hasPasses whether there is anything that the browser should not delete */
export function usePlace(hasPasses: boolean): Place {
  const [isOffline, waiting] = useServiceWorker();
  const [question, setQuestion] = useState<InstallQuestion>();
  const [isApp, setApp] = useState(() => matchMedia('(display-mode: standalone)').matches);
  const [isLasting, setLasting] = useState<boolean>();
  useEffect(() => {
    const keep = (event: Event): void => {
      event.preventDefault();
      setQuestion(event as InstallQuestion);
    };
    const installed = (): void => {
      setQuestion(undefined);
      setApp(matchMedia('(display-mode: standalone)').matches);
    };
    window.addEventListener('beforeinstallprompt', keep);
    window.addEventListener('appinstalled', installed);
    return () => {
      window.removeEventListener('beforeinstallprompt', keep);
      window.removeEventListener('appinstalled', installed);
    };
  }, []);
  useEffect(() => {
    if (!hasPasses) return;
    // Asks the browser not to delete the data when space is short. It may refuse; one that knows no such promise gives none.
    const asked = navigator.storage?.persist?.() ?? Promise.resolve(false);
    asked.then(setLasting, () => setLasting(false));
  }, [hasPasses]);
  return {
    kind: isApp ? 'app' : whereOpened(),
    isOffline: isOffline || location.protocol === 'file:',
    isLasting,
    install: question && (() => void question.prompt().finally(() => setQuestion(undefined))),
    update: waiting && (() => waiting.postMessage('take')),
  };
}

function whereOpened(): Place['kind'] {
  if (location.protocol === 'file:') return 'file';
  if (!isSecureContext) return 'unsafe';
  return MESSENGER.test(navigator.userAgent) ? 'messenger' : 'browser';
}

/** Whether all files are kept for use without a network, and a newer version that waits for this one to end. */
function useServiceWorker(): [isOffline: boolean, waiting: ServiceWorker | undefined] {
  const [isOffline, setOffline] = useState(false);
  const [waiting, setWaiting] = useState<ServiceWorker>();
  useEffect(() => {
    const workers = navigator.serviceWorker;
    if (workers === undefined || location.protocol === 'file:') return undefined;
    const ended = new AbortController();
    const { signal } = ended;
    void workers.ready.then((registration) => {
      if (signal.aborted) return;
      setOffline(true);
      setWaiting(registration.waiting ?? undefined);
      const found = (): void => {
        const coming = registration.installing;
        coming?.addEventListener('statechange', () => coming.state === 'installed' && setWaiting(coming), {
          signal,
        });
      };
      found();
      registration.addEventListener('updatefound', found, { signal });
    });
    // The first worker of a phone takes no page over, so this is the answer to update().
    workers.addEventListener('controllerchange', () => location.reload(), { signal });
    return () => ended.abort();
  }, []);
  return [isOffline, waiting];
}
