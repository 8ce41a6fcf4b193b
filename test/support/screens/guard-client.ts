import type { DeviceView } from '../../../src/ports/gate-state.ts';
import type { DaemonProcess } from '../gate/daemon.ts';
import { WebScreen } from './web-screen.ts';

export const GUARD = { operator: 'Li Mei', password: 'plum tree in rain' } as const;

/** A guard's client of the running daemon: signed in over HTTP, connected to the guard's feed. */
export class GuardClient {
  readonly screen: WebScreen;
  readonly #url: string;
  readonly #cookie: string;

  private constructor(url: string, cookie: string, screen: WebScreen) {
    this.#url = url;
    this.#cookie = cookie;
    this.screen = screen;
  }

  /**
   * Sets the first password with the set-up code, or signs in if there is one.
   * @param feedUrl where the feed is reached, if not at the daemon itself
   */
  static async signIn(
    { url, setUpCode }: Pick<DaemonProcess, 'url' | 'setUpCode'>,
    feedUrl = url,
  ): Promise<GuardClient> {
    const headers = { origin: url };
    const session = (await (
      await fetch(`${url}/api/session`, { headers: { connection: 'close' } })
    ).json()) as { status: string };
    const [path, body] =
      session.status === 'setup' ? ['/api/setup', { code: setUpCode, ...GUARD }] : ['/api/login', GUARD];
    const answer = await send(`${url}${path}`, headers, body);
    if (!answer.ok) throw new Error(`signing in failed: ${await answer.text()}`);
    const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';
    const feed = { origin: url, cookie, headers: { host: new URL(url).host } };
    return new GuardClient(url, cookie, await WebScreen.open(`${feedUrl}/ws/guard`, feed));
  }

  /** Sends an order, e.g. `open`; returns the status of the answer. */
  async order(
    name: 'open' | 'refuse' | 'door' | 'seen' | 'confirm-records' | 'answer-request' | 'answer-assist',
    body: object,
  ): Promise<number> {
    const headers = { origin: this.#url, cookie: this.#cookie };
    return (await send(`${this.#url}/api/guard/${name}`, headers, body)).status;
  }

  device(id: string): DeviceView | undefined {
    return this.screen.latest(`device/${id}`) as DeviceView | undefined;
  }

  /** Waits until the device strip shows this; `cause` is undefined without a fault. */
  async sees(id: string, status: DeviceView['status'], cause?: string): Promise<void> {
    await this.screen.until(() => {
      const device = this.device(id);
      return device?.status === status && device.cause === cause;
    });
  }

  /** Waits until the person's card of the way in shows this. */
  async seesPerson(feedback: string): Promise<void> {
    await this.screen.until(() => {
      const passage = this.screen.latest('passage/main-in') as { feedback: string } | undefined;
      return passage?.feedback === feedback;
    });
  }

  close(): void {
    this.screen.socket.terminate();
  }
}

function send(url: string, headers: Record<string, string>, body: object): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    // A connection that was kept may have been closed while this process waited for another one.
    headers: { 'content-type': 'application/json', connection: 'close', ...headers },
    body: JSON.stringify(body),
  });
}
