import { useCallback, useEffect, useState } from 'preact/hooks';
import type { DemoState } from '../../ports/demo-panel.ts';
import { type Answer, getJson, postBytes, postJson, problemIn } from '../shared/api.ts';
import type { Locale } from '../shared/locale.ts';

const POLL_MS = 500;
const SIGN_IN_ATTEMPTS = 20;
const SIGN_IN_PAUSE_MS = 500;

type DemoOrder = 'present' | 'scan' | 'person' | 'door' | 'input' | 'unplug' | 'paper' | 'clock' | 'story';

interface Demo {
  readonly state: DemoState | undefined;
  /** Whether the newest poll was answered. */
  readonly reachable: boolean;
  /** The message of the last order, if it was refused. */
  readonly problem: string | undefined;
  send(order: DemoOrder, body: object): Promise<void>;
  /** Resolves with the number of characters read from the picture. */
  sendPicture(accessPoint: string, picture: Blob): Promise<number | undefined>;
}

/** The simulated world, polled, and the orders to change it. */
export function useDemo(locale: Locale): Demo {
  const [state, setState] = useState<DemoState>();
  const [reachable, setReachable] = useState(true);
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let over = false;
    // The next poll waits for the last answer, so that a slow gate is not overloaded.
    const poll = async () => {
      const answer = await getJson('/api/demo');
      if (over) return;
      const good = answer !== 'unreachable' && answer.status === 200;
      setReachable(good);
      if (good) setState(answer.body as unknown as DemoState);
      timer = setTimeout(() => void poll(), POLL_MS);
    };
    void poll();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, []);
  const { operator, password } = state?.guard ?? {};
  useEffect(() => {
    if (operator === undefined || password === undefined) return;
    void signInGuard({ operator, password });
  }, [operator, password]);
  const judge = useCallback(
    (answer: Answer) => {
      const good = answer !== 'unreachable' && answer.status < 300;
      setProblem(good || answer === 'unreachable' ? undefined : problemIn(locale, answer));
      return good;
    },
    [locale],
  );
  const send = useCallback(
    async (order: DemoOrder, body: object) => {
      judge(await postJson(`/api/demo/${order}`, body));
    },
    [judge],
  );
  const sendPicture = useCallback(
    async (accessPoint: string, picture: Blob) => {
      const answer = await postBytes(`/api/demo/picture?${new URLSearchParams({ accessPoint })}`, picture);
      if (!judge(answer) || answer === 'unreachable') return undefined;
      return typeof answer.body.characters === 'number' ? answer.body.characters : undefined;
    },
    [judge],
  );
  return { state, reachable, problem, send, sendPicture };
}

/** Signs the guard's screen in for the demo, unless a guard is signed in already. */
async function signInGuard(guard: { operator: string; password: string }): Promise<void> {
  for (let attempt = 0; attempt < SIGN_IN_ATTEMPTS; attempt++) {
    const session = await getJson('/api/session');
    const status = session === 'unreachable' ? undefined : session.body.status;
    if (status === 'signed-in') return;
    if (status === 'login') {
      await postJson('/api/login', guard);
      return;
    }
    // A demo that has just started may not have created the account yet.
    await new Promise((resolve) => setTimeout(resolve, SIGN_IN_PAUSE_MS));
  }
}
