import type { FastifyReply, FastifyRequest } from 'fastify';
import { networkOf } from '../../core/network.ts';
import type { SignInPlace } from '../../ports/operator-desk.ts';
import { refuse } from './answers.ts';
import type { ConnectionPlaces } from './connection-places.ts';
import type { Cookies } from './cookies.ts';
import type { TopicFeed } from './feed.ts';
import type { OutOfOrderNotice, WebServerDeps } from './server-deps.ts';
import type { Session, Sessions } from './session.ts';
import type { SummaryFeed } from './summary-feed.ts';
import type { WatchPasses } from './watch-passes.ts';

/** What the routes work with. */
export interface WebContext {
  readonly options: WebServerDeps;
  readonly sessions: Sessions;
  readonly cookies: Cookies;
  readonly guardFeed: TopicFeed;
  /** By access point. */
  readonly promptFeeds: ReadonlyMap<string, TopicFeed>;
  /** For pages that watch several gates, and with what those of other kiosks do. */
  readonly summaryFeed: SummaryFeed;
  readonly watchPasses: WatchPasses;
  readonly places: ConnectionPlaces;
  readonly outOfOrder: () => OutOfOrderNotice | undefined;
  /** Where the pages are for other machines; none while they are not served so. */
  readonly secureUrls: () => readonly string[];
  /** For how many seconds the browser shall come over TLS alone; 0 where that is not asked for. */
  readonly strictSeconds: (request: FastifyRequest) => number;
}

/** Attempts a minute, for all names together; wrong passwords are locked by the operator desk long before. */
export const SIGN_IN_LIMIT = { rateLimit: { max: 20, timeWindow: 60_000 } };

/** The same for whoever is not signed in; what is turned away is recorded. */
export function signInLimit({ options }: WebContext) {
  return {
    rateLimit: {
      ...SIGN_IN_LIMIT.rateLimit,
      onExceeded: ({ ip }: FastifyRequest) => options.operators.turnedAway(ip),
    },
  };
}
/** The key for all requests from screens of the kiosk itself. */
const HERE = 'here';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by requireSession; null on every route without it. */
    session: Session | null;
    /** Whether it comes from the kiosk's own screens; false until the request guard has checked it. */
    isFromHere: boolean;
  }
}

/** Whether the request is signed in; answers it if not. Every order restarts the idle time. */
export function requireSession(context: WebContext, request: FastifyRequest, reply: FastifyReply): boolean {
  const { sessions, cookies } = context;
  for (const id of cookies.values(request, 'session')) {
    // A WebSocket does not restart the idle time: a page also reconnects without a person.
    const session = request.ws ? sessions.find(id) : sessions.use(id);
    if (session === undefined) continue;
    request.session = session;
    return true;
  }
  refuse(reply, 401, 'no_session', 'Sign in first.');
  return false;
}

/** The session of a request. Does not restart its idle time. */
export function sessionOf({ sessions, cookies }: WebContext, request: FastifyRequest): Session | undefined {
  for (const id of cookies.values(request, 'session')) {
    const session = sessions.find(id);
    if (session !== undefined) return session;
  }
  return undefined;
}

export function signInPlace(context: WebContext, request: FastifyRequest): SignInPlace {
  const browser = knownBrowser(context, request);
  const network = request.isFromHere ? HERE : networkOf(request.ip);
  return { remote: request.ip, network, ...(browser === undefined ? {} : { browser }) };
}

/**
 * The key of the rate limits: the session, a browser that signed in before, else the network. The address alone is not
 * enough: many clients can be behind one proxy, and a stranger must not use up the limit of a guard.
 */
export function limitedBy(context: WebContext, request: FastifyRequest): string {
  if (request.session !== null) return `session ${request.session.key}`;
  const browser = knownBrowser(context, request);
  if (browser !== undefined) return `browser ${browser}`;
  return request.isFromHere ? HERE : networkOf(request.ip);
}

function knownBrowser({ options, cookies }: WebContext, request: FastifyRequest): string | undefined {
  return cookies.values(request, 'browser').find((browser) => options.operators.knowsBrowser(browser));
}
