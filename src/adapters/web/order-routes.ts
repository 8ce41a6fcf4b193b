import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { type OrderName, type OrderWeight, orderWeight } from '../../core/policy/order-weight.ts';
import { isStale } from '../../core/time/clock-reading.ts';
import type { DeskAnswer } from '../../ports/guard-desk.ts';
import { refuse, refuseSignIn } from './answers.ts';
import { Credential, parse } from './bodies.ts';
import { requireSession, SIGN_IN_LIMIT, type WebContext } from './context.ts';

const ORDER_LIMIT = { rateLimit: { max: 240, timeWindow: 60_000 } };
/** Any order may carry the password beside its own fields. */
const WithPassword = z.looseObject({ password: Credential.exactOptional() });
const MustCarryPassword = z.looseObject({ password: Credential });

/** Hook of the routes that are for signed-in guards only. */
export function forGuards(context: WebContext) {
  return (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    if (requireSession(context, request, reply)) done();
  };
}

/** Whoever gave the order has waited, and may have gone, or sees another person now. */
const TOO_OLD: DeskAnswer = {
  status: 'refused',
  detail:
    'The gate stood still when this order came, so nothing was done. Look who is there now, then give it again.',
  cause: 'stood_still',
};

type OrderRoute<N extends string> = <T extends object>(
  name: N,
  body: z.ZodType<T>,
  act: (order: T & { operator: string }) => DeskAnswer,
  weigh?: (order: T) => OrderWeight,
  shuts?: (order: T) => boolean,
) => void;

/**
 * Makes `POST /api/guard/<name>` of orders: the body is the order, the operator is the session's and nobody else's.
 * An order whose name has no weight of its own says how to weigh it, and whether it only shuts: that is done late too.
 */
export function orderRoutes(app: FastifyInstance, context: WebContext) {
  const route = (limit: object) => ({ config: limit, onRequest: forGuards(context) });
  const add: OrderRoute<string> = (name, body, act, weigh = () => 'confirmed', shuts = () => false) => {
    const limit = name === 'level' ? SIGN_IN_LIMIT : ORDER_LIMIT;
    app.post(`/api/guard/${name}`, route(limit), async (request, reply) => {
      const { monotonicMs: receivedMs } = context.options.clock.read();
      const carried = parse(name === 'level' ? MustCarryPassword : WithPassword, request.body);
      const { password, ...fields } = carried;
      const order = parse(body, fields);
      const weight = weigh(order);
      if (!(await mayOrder(context, request, reply, weight, password))) return reply;
      // Looked at last: the program can stand still while a password is checked.
      if (
        weight !== 'always' &&
        !shuts(order) &&
        isStale(receivedMs, context.options.standstills?.lastEndMs())
      )
        return answerOrder(reply, TOO_OLD);
      return answerOrder(reply, act({ ...order, operator: operatorOf(request) }));
    });
  };
  const order: OrderRoute<OrderName> = (name, body, act) => add(name, body, act, () => orderWeight(name));
  return { order, weighed: add };
}

/**
 * Whether whoever sits at the desk may give an order of this weight now; answers it when not. A right password brings
 * an unattended desk back.
 */
export async function mayOrder(
  { options, sessions }: WebContext,
  request: FastifyRequest,
  reply: FastifyReply,
  weight: OrderWeight,
  password: string | undefined,
): Promise<boolean> {
  const { key = '', operator = '' } = request.session ?? {};
  if (weight === 'always') return true;
  if (password !== undefined) {
    const confirm = { operator, password, session: key, remote: request.ip };
    const confirmed = await options.operators.confirm(confirm);
    if (confirmed.status !== 'accepted') {
      refuseSignIn(reply, confirmed);
      return false;
    }
    // The check takes a while, and a session can end meanwhile.
    if (!sessions.lives(key)) {
      refuse(reply, 401, 'no_session', 'Sign in first.');
      return false;
    }
    sessions.renew(key);
    return true;
  }
  if (weight === 'confirmed') {
    refuse(reply, 403, 'desk.password', 'This order is for everybody. Send your password with it.');
    return false;
  }
  if (sessions.isAttended(key)) return true;
  const alone = 'Nobody was at this desk for 15 minutes. Give your password to go on; nothing was done.';
  refuse(reply, 403, 'desk.unattended', alone);
  return false;
}

function answerOrder(reply: FastifyReply, result: DeskAnswer): FastifyReply {
  return reply.code(result.status === 'done' ? 200 : 409).send(result);
}

function operatorOf(request: FastifyRequest): string {
  return request.session?.operator ?? '';
}
