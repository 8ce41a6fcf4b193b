import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { DeskAnswer } from '../../ports/guard-desk.ts';
import { DoorBody, PassageBody, parse } from './bodies.ts';
import { requireSession, type WebContext } from './context.ts';

const ORDER_LIMIT = { rateLimit: { max: 240, timeWindow: 60_000 } };

/** The orders of a signed-in guard. */
export function registerGuardRoutes(app: FastifyInstance, context: WebContext): void {
  const desk = context.options.deskForGuard;
  const route = {
    config: ORDER_LIMIT,
    onRequest: (request: FastifyRequest, reply: FastifyReply, done: () => void) => {
      if (requireSession(context, request, reply)) done();
    },
  };

  app.post('/api/guard/open', route, (request, reply) =>
    answer(reply, desk.open({ ...parse(PassageBody, request.body), operator: operatorOf(request) })),
  );
  app.post('/api/guard/refuse', route, (request, reply) =>
    answer(reply, desk.refuse({ ...parse(PassageBody, request.body), operator: operatorOf(request) })),
  );
  app.post('/api/guard/door', route, (request, reply) =>
    answer(reply, desk.setDoorMode({ ...parse(DoorBody, request.body), operator: operatorOf(request) })),
  );
}

function answer(reply: FastifyReply, result: DeskAnswer): FastifyReply {
  return reply.code(result.status === 'done' ? 200 : 409).send(result);
}

function operatorOf(request: FastifyRequest): string {
  return request.session?.operator ?? '';
}
