import type { FastifyInstance } from 'fastify';
import { doorOrderShuts, doorOrderWeight } from '../../core/policy/order-weight.ts';
import { refuse } from './answers.ts';
import { DoorBody, FindHolderBody, OpenBody, PassageBody, parse, SeenBody } from './bodies.ts';
import type { WebContext } from './context.ts';
import { forGuards, orderRoutes } from './order-routes.ts';

const PHOTO_LIMIT = { rateLimit: { max: 1200, timeWindow: 60_000 } };
/** A search reads the whole register: as often as somebody types, not more. */
const FIND_LIMIT = { rateLimit: { max: 120, timeWindow: 60_000 } };
/** Found at one time; a longer text finds fewer. */
const MOST_FOUND = 12;
const HOLDER_REF = /^[0-9a-f]{12}$/;

/** The orders of a signed-in guard about persons and doors, and the photographs. */
export function registerGuardRoutes(app: FastifyInstance, context: WebContext): void {
  const desk = context.options.deskForGuard;
  const { order, weighed } = orderRoutes(app, context);
  order('open', OpenBody, (body) => desk.open(body));
  order('refuse', PassageBody, (body) => desk.refuse(body));
  order('measure', PassageBody, (body) => desk.measure(body));
  order('seen', SeenBody, (body) => desk.markSeen(body));
  weighed(
    'door',
    DoorBody,
    (body) => desk.setDoorMode(body),
    ({ verb }) => doorOrderWeight(verb, context.options.isFire?.() === true),
    ({ verb }) => doorOrderShuts(verb),
  );

  app.post(
    '/api/guard/find-holder',
    { config: FIND_LIMIT, onRequest: forGuards(context) },
    (request, reply) => {
      const { text } = parse(FindHolderBody, request.body);
      return reply.send({ holders: context.options.holderSearch?.search(text, MOST_FOUND) ?? [] });
    },
  );

  app.get<{ Params: { holderRef: string } }>(
    '/api/guard/photo/:holderRef',
    { config: PHOTO_LIMIT, onRequest: forGuards(context) },
    (request, reply) => {
      const { holderRef } = request.params;
      const found = HOLDER_REF.test(holderRef) ? context.options.photos?.photograph(holderRef) : undefined;
      if (found === undefined) return refuse(reply, 404, 'not_found', 'There is no such photograph.');
      return reply.type(found.type).send(Buffer.from(found.bytes));
    },
  );
}
