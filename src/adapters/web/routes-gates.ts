import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { WatchBody } from '../../core/contract/requests.ts';
import { refuse } from './answers.ts';
import { parse } from './bodies.ts';
import { SIGN_IN_LIMIT, sessionOf, type WebContext } from './context.ts';
import { CLOSE_SESSION_ENDED } from './feed.ts';
import { forOperators, mayOrder, operatorOf } from './order-routes.ts';
import { hasRoom, UPGRADE_LIMIT } from './routes-feed.ts';
import type { Session } from './session.ts';

/** The first of the subprotocols that a page of another kiosk names; the second is its token. */
const PROTOCOL = 'gatepost.watch';

/**
 * Several gates on one page. Each kiosk decides whose page may watch it (`watchedBy`), and a guard who is signed in there
 * lets it. Nothing is framed, no password and no cookie goes to another kiosk, and whoever watches can order nothing.
 */
export function registerGateRoutes(app: FastifyInstance, context: WebContext): void {
  const { gates, gateName, logger } = context.options;
  const { watchedBy = [], others = [] } = gates ?? {};

  app.get('/api/gates', () => ({ name: gateName, others }));

  app.post(
    '/api/gates/watch',
    { config: SIGN_IN_LIMIT, onRequest: forOperators(context) },
    async (request, reply) => {
      const { origin } = parse(WatchBody, request.body);
      if (!watchedBy.includes(origin))
        return refuse(
          reply,
          403,
          'foreign_origin',
          'That page may not watch this gate. Add it to web.gates.watchedBy of this kiosk if it shall.',
        );
      if (request.session === null || !(await mayOrder(context, request, reply, 'attended', undefined)))
        return reply;
      logger.info({ origin, operator: operatorOf(request) }, 'A guard lets another page watch this gate.');
      return reply.send({ status: 'done', token: context.watchPasses.grant(request.session, origin) });
    },
  );

  app.get(
    '/ws/gates',
    {
      websocket: true,
      config: UPGRADE_LIMIT,
      preHandler: (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
        if (hasRoom(context.summaryFeed.feed, watcherOf(context, request), reply)) done();
      },
    },
    (socket, request) => {
      context.places.handOver(request.raw.socket);
      const watcher = watcherOf(context, request);
      // A page cannot tell a refused socket from a gate that is away, so it is told over an open one.
      if (watcher.holder === '') socket.close(CLOSE_SESSION_ENDED);
      else context.summaryFeed.feed.add(socket, watcher);
    },
  );
}

function watcherOf(context: WebContext, request: FastifyRequest) {
  return { holder: watchingSession(context, request)?.key ?? '', isFromHere: request.isFromHere };
}

/** Of the page of another kiosk its token counts alone, although a browser may send a cookie with it. */
function watchingSession(context: WebContext, request: FastifyRequest): Session | undefined {
  const { origin = '' } = request.headers;
  const { watchedBy = [] } = context.options.gates ?? {};
  if (!watchedBy.includes(origin)) return sessionOf(context, request);
  const [protocol, token = ''] = String(request.headers['sec-websocket-protocol'] ?? '').split(/\s*,\s*/);
  const session = protocol === PROTOCOL ? context.watchPasses.find(token, origin) : undefined;
  return session !== undefined && context.sessions.lives(session.key) ? session : undefined;
}

/**
 * Beside the headers of all pages: the page of several gates opens sockets to those it names and windows that answer it,
 * and the guard's page of a gate that may be watched answers whoever opened it. No page may ever be framed.
 * @param policy the content security policy of all pages
 */
export function gatesHeaders(
  { options }: WebContext,
  { url }: FastifyRequest,
  policy: string,
): Record<string, string> {
  const { others = [], watchedBy = [] } = options.gates ?? {};
  if (/^\/gates\/(\?|$)/.test(url)) {
    const sockets = others.map((gate) => gate.url.replace(/^http/, 'ws')).join(' ');
    return {
      'content-security-policy': policy.replace("connect-src 'self'", `connect-src 'self' ${sockets}`),
      'cross-origin-opener-policy': 'same-origin-allow-popups',
    };
  }
  const isAsked = watchedBy.length > 0 && /^\/guard\/(\?|$)/.test(url);
  return isAsked ? { 'cross-origin-opener-policy': 'unsafe-none' } : {};
}
