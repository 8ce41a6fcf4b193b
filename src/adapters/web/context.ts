import type { FastifyReply, FastifyRequest } from 'fastify';
import { refuse } from './answers.ts';
import type { ConnectionPlaces } from './connection-places.ts';
import type { TopicFeed } from './feed.ts';
import type { WebServerOptions } from './options.ts';
import type { Session, Sessions } from './session.ts';

/** What the routes work with. */
export interface WebContext {
  readonly options: WebServerOptions;
  readonly sessions: Sessions;
  readonly guardFeed: TopicFeed;
  /** By access point. */
  readonly promptFeeds: ReadonlyMap<string, TopicFeed>;
  readonly places: ConnectionPlaces;
}

export const SESSION_COOKIE = 'gatepost_session';
/** Tries a minute from one address, over all names; the operator desk locks long before for wrong passwords. */
export const SIGN_IN_LIMIT = { rateLimit: { max: 20, timeWindow: 60_000 } };

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by requireSession; null on every route without it. */
    session: Session | null;
    /** Whether it comes from the kiosk's own screens; false before the request guard has looked. */
    isFromHere: boolean;
  }
}

/** Whether the request is signed in; answers it when not. Every order begins the idle time anew. */
export function requireSession(context: WebContext, request: FastifyRequest, reply: FastifyReply): boolean {
  const id = request.cookies[SESSION_COOKIE];
  // A page that only watches, or reconnects by itself, is no sign of a person.
  const session = request.ws ? context.sessions.find(id) : context.sessions.use(id);
  if (session === undefined) {
    refuse(reply, 401, 'no_session', 'Sign in first.');
    return false;
  }
  request.session = session;
  return true;
}
