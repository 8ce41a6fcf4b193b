import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AccessPointQuery, AssistBody, SelfServiceBody } from '../../core/contract/requests.ts';
import { networkOf } from '../../core/network.ts';
import { isStale } from '../../core/time/clock-reading.ts';
import type { AssistDesk, SelfServiceDesk } from '../../ports/resident-prompt.ts';
import { notFound, refuse } from './answers.ts';
import { parse } from './bodies.ts';
import { requireSession, type WebContext } from './context.ts';
import type { FeedClient, TopicFeed } from './feed.ts';
import { guardTalk, residentTalk } from './talk-socket.ts';

/** Upgrades a minute from one address; screens that reconnect after a restart need far fewer. */
export const UPGRADE_LIMIT = { rateLimit: { max: 600, timeWindow: 60_000 } };

/** Calls of the guard a minute from one address. One call at an access point rings until it is answered. */
const CALL_LIMIT = { rateLimit: { max: 20, timeWindow: 60_000 } };

/** Presses a minute at the screens of the kiosk. */
const PRESS_LIMIT = { rateLimit: { max: 120, timeWindow: 60_000 } };

/**
 * The WebSockets of the screens. Free places are checked in the preHandler, which runs in the same turn as the upgrade,
 * so that the bound also holds for simultaneous requests.
 */
export function registerFeedRoutes(app: FastifyInstance, context: WebContext): void {
  const { prompt, selfService, assist, talk, clock } = context.options;
  app.get('/api/prompt', ({ isFromHere }) => ({
    ...prompt,
    ...(prompt.assist === undefined ? {} : { assist: { ...prompt.assist, mayEnd: isFromHere } }),
    selfService: selfService !== undefined && isFromHere,
    talk: talk !== undefined && isFromHere,
  }));
  if (assist !== undefined && prompt.assist?.button === true) registerAssist(app, assist);
  if (selfService !== undefined) registerSelfService(app, context, selfService);

  app.get(
    '/ws/guard',
    {
      websocket: true,
      config: UPGRADE_LIMIT,
      preHandler: (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
        if (!requireSession(context, request, reply)) return;
        if (hasRoom(context.guardFeed, guardOf(request), reply)) done();
      },
    },
    (socket, request) => {
      context.places.handOver(request.raw.socket);
      const operator = request.session?.operator ?? '';
      context.guardFeed.add(
        socket,
        guardOf(request),
        talk && ((screen) => guardTalk(talk, operator, screen, clock)),
      );
    },
  );

  app.get(
    '/ws/prompt',
    {
      websocket: true,
      config: UPGRADE_LIMIT,
      preHandler: (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
        const feed = promptFeedOf(context, request);
        if (feed === undefined) notFound(reply);
        else if (hasRoom(feed, residentOf(request), reply)) done();
      },
    },
    (socket, request) => {
      context.places.handOver(request.raw.socket);
      const { accessPoint } = AccessPointQuery.parse(request.query);
      // A screen elsewhere is not where somebody stands: it takes no part in a talk.
      const listens = talk !== undefined && request.isFromHere;
      context.promptFeeds
        .get(accessPoint)
        ?.add(
          socket,
          residentOf(request),
          listens ? (screen) => residentTalk(talk, accessPoint, screen, clock) : undefined,
        );
    },
  );
}

/**
 * What somebody presses at the resident's screen about their own data. Only a screen of the kiosk itself may: whoever
 * presses there stands at the gate.
 */
function registerSelfService(app: FastifyInstance, context: WebContext, desk: SelfServiceDesk): void {
  app.post('/api/self-service', { config: PRESS_LIMIT }, (request, reply) => {
    if (!request.isFromHere) return notFound(reply);
    const { clock, standstills } = context.options;
    const receivedMs = clock.read().monotonicMs;
    const { accessPoint, order } = parse(SelfServiceBody, request.body);
    const isLate = order !== 'end' && isStale(receivedMs, standstills?.lastEndMs());
    const isDone = !isLate && desk.take(accessPoint, order);
    return reply.code(isDone ? 200 : 409).send({ status: isDone ? 'done' : 'refused' });
  });
}

/**
 * Calls the guard; it opens nothing. Any screen may, because it must not depend on who put up the display. A call is taken back
 * only at a screen of the kiosk itself, so that nobody elsewhere can silence one.
 */
function registerAssist(app: FastifyInstance, desk: AssistDesk): void {
  app.post('/api/assist', { config: CALL_LIMIT }, (request, reply) => {
    const { accessPoint, order } = parse(AssistBody, request.body);
    if (order === 'end' && !request.isFromHere) return notFound(reply);
    const isDone = desk.take(accessPoint, order, request.isFromHere);
    return reply.code(isDone ? 200 : 409).send({ status: isDone ? 'done' : 'refused' });
  });
}

function guardOf({ session, isFromHere }: FastifyRequest): FeedClient {
  return { holder: session?.key ?? '', isFromHere };
}

function residentOf({ ip, isFromHere }: FastifyRequest): FeedClient {
  return { holder: networkOf(ip), isFromHere };
}

export function hasRoom(feed: TopicFeed, client: FeedClient, reply: FastifyReply): boolean {
  if (feed.hasRoom(client)) return true;
  refuse(reply, 503, 'too_many_screens', 'Too many screens are connected. Close one.');
  return false;
}

function promptFeedOf(context: WebContext, request: FastifyRequest): TopicFeed | undefined {
  const query = AccessPointQuery.safeParse(request.query);
  return query.success ? context.promptFeeds.get(query.data.accessPoint) : undefined;
}
