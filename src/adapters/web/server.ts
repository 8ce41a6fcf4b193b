import type { FastifyInstance } from 'fastify';
import { GatepostError, messageOf } from '../../core/errors.ts';
import type { GuardAttendance } from '../../ports/guard-desk.ts';
import type { GuardFeed } from '../../ports/guard-feed.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { PromptView, ResidentPrompt } from '../../ports/resident-prompt.ts';
import { ConnectionPlaces } from './connection-places.ts';
import type { WebContext } from './context.ts';
import { Cookies } from './cookies.ts';
import { TopicFeed } from './feed.ts';
import { buildHttpApp } from './http-app.ts';
import { RequestGuard } from './request-guard.ts';
import type { OutOfOrderNotice, WebAddress, WebServerDeps } from './server-deps.ts';
import { Sessions } from './session.ts';

const DEFAULT_HOST = '127.0.0.1';
/** Number of guard's screens at one time: in all, of one session, and reserved for the kiosk itself. */
const GUARD_PLACES = { most: 32, perHolder: 8, forHere: 4 };
/**
 * Number of resident's screens of one access point at one time: in all, of one network, and reserved for the kiosk
 * itself. One is usual.
 */
const PROMPT_PLACES = { most: 8, perHolder: 4, forHere: 2 };

/**
 * Serves the pages and their sockets, and takes their orders. `guardFeed` and `residentPrompt` may be used before
 * start() and after stop(): values are kept for the first client.
 */
export class WebServer implements Lifecycle {
  readonly guardFeed: GuardFeed;
  readonly residentPrompt: ResidentPrompt;
  readonly guardPresence: GuardAttendance;
  readonly #context: WebContext;
  readonly #host: string;
  #app: FastifyInstance | undefined;
  #outOfOrder: OutOfOrderNotice | undefined;
  #address: WebAddress | undefined;
  #closing: Promise<void> | undefined;

  constructor(deps: WebServerDeps) {
    const { clock, logger, operators } = deps;
    const presenceListeners: (() => void)[] = [];
    const guardFeed = new TopicFeed({
      name: 'guard',
      places: GUARD_PLACES,
      clock,
      logger,
      onHeard: () => {
        for (const listener of presenceListeners) listener();
      },
    });
    const promptFeeds = new Map(
      deps.prompt.accessPoints.map(({ id }) => [
        id,
        new TopicFeed({ name: `prompt/${id}`, places: PROMPT_PLACES, clock, logger }),
      ]),
    );
    const sessions = new Sessions({
      clock,
      logger,
      operators,
      store: deps.sessions,
      onEnded: ({ key, operator }) => {
        guardFeed.closeHeldBy(key);
        operators.logout(operator);
      },
    });
    operators.onChanged((operator) => sessions.review(operator));
    const places = new ConnectionPlaces(() => clock.read().monotonicMs);
    const cookies = new Cookies({
      scope: deps.cookieScope ?? 'kiosk',
      port: () => this.#address?.port ?? deps.port,
    });
    const outOfOrder = () => this.#outOfOrder;
    this.#context = { options: deps, sessions, cookies, guardFeed, promptFeeds, places, outOfOrder };
    this.#host = deps.host ?? DEFAULT_HOST;
    this.guardFeed = guardFeed;
    this.guardPresence = {
      isThere: () => guardFeed.isHeard,
      onChange: (listener) => presenceListeners.push(listener),
    };
    this.residentPrompt = { show: (view) => showPrompt(promptFeeds.get(view.accessPoint), view) };
  }

  /** Where the server listens, or undefined while it does not. */
  address(): WebAddress | undefined {
    return this.#address;
  }

  /** Sets the notice that every guard's page shows instead of the sign-in while the gate is out of order. */
  outOfOrderIs(notice: OutOfOrderNotice | undefined): void {
    this.#outOfOrder = notice;
  }

  /** @throws GatepostError `web.unavailable` with the fix. An aborted start ends in the stopped state. */
  async start(signal: AbortSignal): Promise<void> {
    if (this.#app !== undefined) return;
    await this.#closing;
    const { port, allowedOrigins } = this.#context.options;
    const guard = new RequestGuard({
      host: this.#host,
      port: () => this.#address?.port ?? port,
      allowedOrigins,
    });
    const app = await buildHttpApp(this.#context, guard);
    this.#app = app;
    this.#context.sessions.restore();
    try {
      await app.listen({ host: this.#host, port });
    } catch (error) {
      await this.stop();
      throw listenError(error, this.#host, port);
    }
    if (signal.aborted) return this.stop();
    const bound = app.server.address();
    const boundPort = typeof bound === 'object' && bound !== null ? bound.port : port;
    const shown = this.#host.includes(':') ? `[${this.#host}]` : this.#host;
    this.#address = { host: this.#host, port: boundPort, url: `http://${shown}:${boundPort}` };
  }

  stop(): Promise<void> {
    const app = this.#app;
    if (app === undefined) return this.#closing ?? Promise.resolve();
    this.#app = undefined;
    this.#address = undefined;
    this.#closing = this.#close(app);
    return this.#closing;
  }

  async #close(app: FastifyInstance): Promise<void> {
    const { sessions, guardFeed, promptFeeds } = this.#context;
    sessions.suspend();
    for (const feed of [guardFeed, ...promptFeeds.values()]) feed.closeAll();
    await app.close();
  }
}

/** How much is kept about whoever stands there is for the screen they stand at. */
function showPrompt(feed: TopicFeed | undefined, view: PromptView): void {
  const { selfService } = view;
  if (selfService?.step !== 'account') {
    feed?.publish('prompt', view);
    return;
  }
  const { account, ...told } = selfService;
  feed?.publishHere('account', account);
  feed?.publish('prompt', { ...view, selfService: told });
}

function listenError(error: unknown, host: string, port: number): GatepostError {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  const fix: Record<string, string> = {
    EADDRINUSE: `Port ${port} of ${host} is taken by another program. Stop that program, or set web.port to a free port.`,
    EACCES: `Port ${port} of ${host} may not be opened by this user. Set web.port to a number above 1023.`,
    EADDRNOTAVAIL: `${host} is no address of this machine. Set web.host to 127.0.0.1 or to an address of its own.`,
  };
  const sentence = typeof code === 'string' ? fix[code] : undefined;
  return new GatepostError(
    'web.unavailable',
    sentence ?? `The web server cannot listen at ${host}, port ${port}: ${messageOf(error)}`,
    { cause: error },
  );
}
