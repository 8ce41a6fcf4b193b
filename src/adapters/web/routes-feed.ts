import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AccessPointQuery } from '../../core/contract/requests.ts';
import { networkOf } from '../../core/network.ts';
import { notFound, refuse } from './answers.ts';
import { requireSession, type WebContext } from './context.ts';
import type { FeedClient, TopicFeed } from './feed.ts';

/** Upgrades a minute from one address; screens that reconnect after a restart need far fewer. */
const UPGRADE_LIMIT = { rateLimit: { max: 600, timeWindow: 60_000 } };

/**
 * The WebSockets of the screens. Free places are checked in the preHandler, which runs in the same turn as the upgrade,
 * so that the bound also holds for simultaneous requests.
 */
export function registerFeedRoutes(app: FastifyInstance, context: WebContext): void {
  app.get('/api/prompt', () => context.options.prompt);

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
      context.guardFeed.add(socket, guardOf(request));
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
      promptFeedOf(context, request)?.add(socket, residentOf(request));
    },
  );
}

function guardOf({ session, isFromHere }: FastifyRequest): FeedClient {
  return { holder: session?.key ?? '', isFromHere };
}

function residentOf({ ip, isFromHere }: FastifyRequest): FeedClient {
  return { holder: networkOf(ip), isFromHere };
}

function hasRoom(feed: TopicFeed, client: FeedClient, reply: FastifyReply): boolean {
  if (feed.hasRoom(client)) return true;
  refuse(reply, 503, 'too_many_screens', 'Too many screens are connected. Close one.');
  return false;
}

function promptFeedOf(context: WebContext, request: FastifyRequest): TopicFeed | undefined {
  const query = AccessPointQuery.safeParse(request.query);
  return query.success ? context.promptFeeds.get(query.data.accessPoint) : undefined;
}
