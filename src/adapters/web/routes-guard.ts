import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { DeskAnswer } from '../../ports/guard-desk.ts';
import { refuse } from './answers.ts';
import { DoorBody, PassageBody, parse } from './bodies.ts';
import { requireSession, type WebContext } from './context.ts';

const ORDER_LIMIT = { rateLimit: { max: 240, timeWindow: 60_000 } };
const PHOTO_LIMIT = { rateLimit: { max: 1200, timeWindow: 60_000 } };
const HOLDER_REF = /^[0-9a-f]{12}$/;

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

  app.get<{ Params: { holderRef: string } }>(
    '/api/guard/photo/:holderRef',
    { config: PHOTO_LIMIT, onRequest: route.onRequest },
    (request, reply) => {
      const { holderRef } = request.params;
      const found = HOLDER_REF.test(holderRef) ? context.options.photos?.photograph(holderRef) : undefined;
      if (found === undefined) return refuse(reply, 404, 'not_found', 'There is no such photograph.');
      return reply.type(found.type).send(Buffer.from(found.bytes));
    },
  );
}

function answer(reply: FastifyReply, result: DeskAnswer): FastifyReply {
  return reply.code(result.status === 'done' ? 200 : 409).send(result);
}

function operatorOf(request: FastifyRequest): string {
  return request.session?.operator ?? '';
}
