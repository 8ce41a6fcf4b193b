import type { FastifyInstance, FastifyReply } from 'fastify';
import { HOLDER_REF, LAST_MOMENT_MS, PASS_ID } from '../../core/access/bounds.ts';
import { FindHolderBody, PrintPassBody, RegistersQuery } from '../../core/contract/requests.ts';
import { refuse } from './answers.ts';
import { notAccepted, parse } from './bodies.ts';
import type { WebContext } from './context.ts';
import { STANDSTILL_MS } from './http-times.ts';
import { forOperators, operatorOf, registerOrderRoutes } from './order-routes.ts';

/** Photographs a minute: those of everybody on a printed list of who is inside. */
const PHOTO_LIMIT = { rateLimit: { max: 4000, timeWindow: 60_000 } };
/** Searches a minute: enough for a person who types, limited because each search reads the whole register. */
const FIND_LIMIT = { rateLimit: { max: 120, timeWindow: 60_000 } };
/** Largest order to print: the dots of the words in base64, and some names. */
const MAX_SLIP_BYTES = 48 * 1024;
/** Three slips at 9600 baud. */
const LONGEST_PRINT_MS = 240_000;
const NO_PASS = 'There is no such pass of this desk.';
/** Most holders in one answer; a longer text finds fewer. */
const MOST_FOUND = 12;

/** Looks a minute: a page looks at the list when it opens, and at the ticks at most once a second. */
const MUSTER_LIMIT = { rateLimit: { max: 240, timeWindow: 60_000 } };

/** The routes for what a signed-in guard can order and look up. */
export function registerGuardRoutes(app: FastifyInstance, context: WebContext): void {
  registerOrderRoutes(app, context);

  app.post(
    '/api/guard/find-holder',
    { config: FIND_LIMIT, onRequest: forOperators(context, 'find-holder') },
    (request, reply) => {
      const { text } = parse(FindHolderBody, request.body);
      const { registerLooks } = context.options;
      const found = registerLooks?.search(text, MOST_FOUND, operatorOf(request));
      return found === 'too-many' ? tooMany(reply) : reply.send(found ?? { holders: [], visitors: [] });
    },
  );

  app.get<{ Params: { passId: string } }>(
    '/api/guard/visitor-pass/:passId',
    { config: FIND_LIMIT, onRequest: forOperators(context, 'visitor-pass') },
    (request, reply) => {
      const { passId } = request.params;
      const pass = PASS_ID.test(passId) ? context.options.deskPasses?.passOf(passId) : undefined;
      if (pass === undefined) return refuse(reply, 404, 'not_found', NO_PASS);
      return reply.send(pass);
    },
  );

  app.post(
    '/api/guard/print-pass',
    { config: FIND_LIMIT, bodyLimit: MAX_SLIP_BYTES, onRequest: forOperators(context, 'print-pass') },
    async (request, reply) => {
      const { passId, words } = parse(PrintPassBody, request.body);
      const { width, height } = words;
      const dots = Buffer.from(words.dots, 'base64');
      const { passPrinter } = context.options;
      if (passPrinter === undefined)
        return refuse(reply, 404, 'not_found', 'This desk has no receipt printer.');
      if (width !== passPrinter.dots || dots.length !== (width / 8) * height) throw notAccepted(['words']);
      const { socket } = request.raw;
      // A slow line carries a slip for longer than a connection may stand still.
      socket.setTimeout(LONGEST_PRINT_MS);
      const answer = await passPrinter.print(passId, { width, height, dots });
      socket.setTimeout(STANDSTILL_MS);
      if (answer === undefined) return refuse(reply, 404, 'not_found', NO_PASS);
      return reply.code(answer.status === 'failed' ? 409 : 200).send(answer);
    },
  );

  app.get<{ Querystring: { before?: string } }>(
    '/api/guard/registers',
    { config: FIND_LIMIT, onRequest: forOperators(context, 'registers') },
    (request, reply) => {
      const { before } = parse(RegistersQuery, request.query);
      const { registers } = context.options;
      const page = registers?.before(before ?? LAST_MOMENT_MS, operatorOf(request)) ?? {
        lines: [],
        isLast: true,
      };
      return reply.send({ inside: registers?.inside() ?? [], ...page });
    },
  );

  app.get<{ Params: { holderRef: string } }>(
    '/api/guard/photo/:holderRef',
    { config: PHOTO_LIMIT, onRequest: forOperators(context, 'photo') },
    (request, reply) => {
      const { holderRef } = request.params;
      const { registerLooks } = context.options;
      const found = HOLDER_REF.test(holderRef)
        ? registerLooks?.photograph(holderRef, operatorOf(request))
        : undefined;
      if (found === 'too-many') return tooMany(reply);
      if (found === undefined) return refuse(reply, 404, 'not_found', 'There is no such photograph.');
      return reply.type(found.type).send(Buffer.from(found.bytes));
    },
  );

  const { muster } = context.options;
  if (muster === undefined) return;
  const looks = { config: MUSTER_LIMIT, onRequest: forOperators(context, 'muster') };
  // A look at the people is recorded; the ticks name nobody.
  app.get('/api/guard/muster', looks, (request) => muster.look(operatorOf(request)) ?? {});
  app.get('/api/guard/muster-ticks', looks, () => muster.ticks() ?? {});
}

function tooMany(reply: FastifyReply) {
  const detail = 'You have looked up very many people. Wait a quarter of an hour and search again.';
  return refuse(reply, 429, 'too_many_requests', detail);
}
