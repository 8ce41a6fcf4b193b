import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { DeskAnswer } from '../../ports/guard-desk.ts';
import { parse } from './bodies.ts';
import { requireSession, type WebContext } from './context.ts';

const ORDER_LIMIT = { rateLimit: { max: 240, timeWindow: 60_000 } };

/** Hook of the routes that are for signed-in guards only. */
export function forGuards(context: WebContext) {
  return (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    if (requireSession(context, request, reply)) done();
  };
}

/** Makes `POST /api/guard/<name>` of orders: the body is the order, the operator is the session's and nobody else's. */
export function orderRoutes(app: FastifyInstance, context: WebContext) {
  const route = { config: ORDER_LIMIT, onRequest: forGuards(context) };
  return <T extends object>(
    name: string,
    body: z.ZodType<T>,
    act: (order: T & { operator: string }) => DeskAnswer,
  ): void => {
    app.post(`/api/guard/${name}`, route, (request, reply) =>
      answerOrder(reply, act({ ...parse(body, request.body), operator: operatorOf(request) })),
    );
  };
}

export function answerOrder(reply: FastifyReply, result: DeskAnswer): FastifyReply {
  return reply.code(result.status === 'done' ? 200 : 409).send(result);
}

export function operatorOf(request: FastifyRequest): string {
  return request.session?.operator ?? '';
}
