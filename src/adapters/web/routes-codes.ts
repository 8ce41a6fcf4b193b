import type { FastifyInstance } from 'fastify';
import { CODE_ORDERS } from '../../core/contract/requests.ts';
import type { CodeDesk } from '../../ports/operator-desk.ts';
import { parse } from './bodies.ts';
import { SIGN_IN_LIMIT, type WebContext } from './context.ts';
import { forOperators, mayOrder, operatorOf } from './order-routes.ts';

const LOOK_LIMIT = { rateLimit: { max: 120, timeWindow: 60_000 } };

/**
 * The one-time code of one's own account. What puts another one in its place, or takes it off, needs the password and a code
 * of the one there is: whoever finds an open desk and knows the password does neither.
 */
export function registerCodeRoutes(app: FastifyInstance, context: WebContext, codes: CodeDesk): void {
  const onRequest = forOperators(context);
  const orders = { config: SIGN_IN_LIMIT, onRequest };

  app.get('/api/code', { config: LOOK_LIMIT, onRequest }, (request) => codes.view(operatorOf(request)));

  app.post('/api/code/begin', orders, async (request, reply) => {
    const { password, code } = parse(CODE_ORDERS.begin, request.body);
    if (!(await mayOrder(context, request, reply, 'confirmed', password, { both: code }))) return reply;
    return { status: 'done', ...codes.begin(operatorOf(request)) };
  });

  app.post('/api/code/confirm', orders, (request, reply) => {
    const { code } = parse(CODE_ORDERS.confirm, request.body);
    const answer = codes.confirm({ operator: operatorOf(request), code });
    return reply.code(answer.status === 'done' ? 200 : 409).send(answer);
  });

  app.post('/api/code/remove', orders, async (request, reply) => {
    const { password, code } = parse(CODE_ORDERS.remove, request.body);
    if (!(await mayOrder(context, request, reply, 'confirmed', password, { both: code }))) return reply;
    codes.remove(operatorOf(request));
    return { status: 'done' };
  });
}
