import { isIP } from 'node:net';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { GatepostError, messageOf } from '../../core/errors.ts';
import type { GuardAttendance } from '../../ports/guard-desk.ts';
import type { GuardFeed } from '../../ports/guard-feed.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { PromptView, ResidentPrompt } from '../../ports/resident-prompt.ts';
import type { ScreenCertificate, SecureScreens } from '../../ports/screen-certificate.ts';
import type { TalkScreens } from '../../ports/talk.ts';
import { ConnectionPlaces } from './connection-places.ts';
import type { WebContext } from './context.ts';
import { Cookies } from './cookies.ts';
import { TopicFeed } from './feed.ts';
import { buildHttpApp } from './http-app.ts';
import { RequestGuard } from './request-guard.ts';
import { SecureListener } from './secure-listener.ts';
import type { OutOfOrderNotice, WebAddress, WebServerDeps } from './server-deps.ts';
import { Sessions } from './session.ts';
import { SummaryFeed } from './summary-feed.ts';
import { WatchPasses } from './watch-passes.ts';

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
export class WebServer implements Lifecycle, SecureScreens {
  readonly guardFeed: GuardFeed;
  readonly residentPrompt: ResidentPrompt;
  readonly guardPresence: GuardAttendance;
  readonly talkScreens: TalkScreens;
  readonly #context: WebContext;
  readonly #host: string;
  #app: FastifyInstance | undefined;
  #secure: SecureListener | undefined;
  #pair: ScreenCertificate | undefined;
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
    const watchPasses = new WatchPasses();
    const summaryFeed = new SummaryFeed({
      ...{ values: guardFeed.values, clock, logger },
      onWatched: (holder) => sessions.touch(holder),
    });
    const sessions: Sessions = new Sessions({
      clock,
      logger,
      operators,
      store: deps.sessions,
      onEnded: ({ key, operator }) => {
        guardFeed.closeHeldBy(key);
        summaryFeed.feed.closeHeldBy(key);
        watchPasses.end(key);
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
    const strictSeconds = (request: FastifyRequest) => this.#strictSeconds(request);
    this.#context = {
      ...{ options: deps, sessions, cookies, guardFeed, promptFeeds, places, outOfOrder, strictSeconds },
      ...{ summaryFeed, watchPasses },
      secureUrls: () => this.address()?.secureUrls ?? [],
    };
    this.#host = deps.host ?? DEFAULT_HOST;
    this.guardFeed = {
      publish: (topic, value) => {
        guardFeed.publish(topic, value);
        summaryFeed.changed(topic);
      },
    };
    this.guardPresence = {
      isThere: () => guardFeed.isHeard,
      onChange: (listener) => presenceListeners.push(listener),
    };
    this.talkScreens = {
      tell: ({ screen, told }) => {
        for (const feed of [guardFeed, ...promptFeeds.values()]) feed.tell(screen, 'talk', told);
      },
    };
    this.residentPrompt = { show: (view) => showPrompt(promptFeeds.get(view.accessPoint), view) };
  }

  /** Where the server listens, or undefined while it does not. */
  address(): WebAddress | undefined {
    const port = this.#secure?.port;
    const { secure } = this.#context.options;
    if (this.#address === undefined || secure === undefined || port === undefined) return this.#address;
    return { ...this.#address, secureUrls: secure.names.map((name) => `https://${inUrl(name)}:${port}`) };
  }

  async secureWith(pair: ScreenCertificate): Promise<void> {
    const { secure } = this.#context.options;
    this.#pair = pair;
    if (secure === undefined || this.#secure === undefined) return;
    try {
      await this.#secure.serve(pair);
    } catch (error) {
      throw listenError(error, { ...secure, section: 'web.https' });
    }
  }

  /** Sets the notice that every guard's page shows instead of the sign-in while the gate is out of order. */
  outOfOrderIs(notice: OutOfOrderNotice | undefined): void {
    this.#outOfOrder = notice;
  }

  /** @throws GatepostError `web.unavailable` with the fix. An aborted start ends in the stopped state. */
  async start(signal: AbortSignal): Promise<void> {
    if (this.#app !== undefined) return;
    await this.#closing;
    const { port, allowedOrigins, secure, gates } = this.#context.options;
    const guard = new RequestGuard({
      host: this.#host,
      port: () => this.#address?.port ?? port,
      secure: secure && { names: secure.names, port: () => this.#secure?.port ?? secure.port },
      allowedOrigins,
      watchers: gates?.watchedBy ?? [],
    });
    const app = await buildHttpApp(this.#context, guard);
    this.#app = app;
    this.#context.sessions.restore();
    try {
      await app.listen({ host: this.#host, port });
    } catch (error) {
      await this.stop();
      throw listenError(error, { host: this.#host, port, section: 'web' });
    }
    if (signal.aborted) return this.stop();
    const bound = app.server.address();
    const boundPort = typeof bound === 'object' && bound !== null ? bound.port : port;
    this.#address = { host: this.#host, port: boundPort, url: `http://${inUrl(this.#host)}:${boundPort}` };
    this.#secure = this.#makeSecure(app);
    // Where it fails, whoever brings the certificates brings it again, and says so.
    if (this.#pair !== undefined) await this.#secure?.serve(this.#pair).catch(() => undefined);
  }

  #makeSecure(app: FastifyInstance): SecureListener | undefined {
    const { secure, clock } = this.#context.options;
    if (secure === undefined) return undefined;
    return new SecureListener({
      ...{ host: secure.host, port: secure.port, places: this.#context.places },
      nowMs: () => clock.read().monotonicMs,
      onRequest: (request, response) => app.routing(request, response),
      onUpgrade: (request, socket, head) => app.server.emit('upgrade', request, socket, head),
    });
  }

  stop(): Promise<void> {
    const app = this.#app;
    if (app === undefined) return this.#closing ?? Promise.resolve();
    this.#app = undefined;
    const secure = this.#secure;
    this.#secure = undefined;
    this.#address = undefined;
    this.#closing = this.#close(app, secure);
    return this.#closing;
  }

  /** Never longer than the certificate is good: a kiosk whose renewal fails must stay within reach. */
  #strictSeconds({ protocol, hostname }: FastifyRequest): number {
    const { secure, clock } = this.#context.options;
    const { wallMs, quality } = clock.read();
    if (protocol !== 'https' || secure?.strict !== true || quality === 'unsynced') return 0;
    if (!secure.names.includes(hostname.toLowerCase()) || isIP(hostname) !== 0) return 0;
    return Math.max(0, Math.floor(((this.#pair?.facts.notAfterMs ?? 0) - wallMs) / 1000));
  }

  async #close(app: FastifyInstance, secure: SecureListener | undefined): Promise<void> {
    const { sessions, guardFeed, promptFeeds, summaryFeed } = this.#context;
    sessions.suspend();
    for (const feed of [guardFeed, ...promptFeeds.values()]) feed.closeAll();
    summaryFeed.close();
    await Promise.all([app.close(), secure?.stop()]);
  }
}

/** An address or a host name as it stands in a URL. */
function inUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
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

function listenError(
  error: unknown,
  { host, port, section }: { readonly host: string; readonly port: number; readonly section: string },
): GatepostError {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  const fix: Record<string, string> = {
    EADDRINUSE: `Port ${port} of ${host} is taken by another program. Stop that program, or set ${section}.port to a free port.`,
    EACCES: `Port ${port} of ${host} may not be opened by this user. Set ${section}.port to a number above 1023.`,
    EADDRNOTAVAIL: `${host} is no address of this machine. Set ${section}.host to ${section === 'web' ? '127.0.0.1' : '0.0.0.0'} or to an address of its own.`,
  };
  const sentence = typeof code === 'string' ? fix[code] : undefined;
  return new GatepostError(
    'web.unavailable',
    sentence ?? `The web server cannot listen at ${host}, port ${port}: ${messageOf(error)}`,
    { cause: error },
  );
}
