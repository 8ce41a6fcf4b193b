import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Role } from '../../core/access/vocabulary.ts';
import { MustCarryPassword, WithPassword } from '../../core/contract/requests.ts';
import { ORDER_TYPES, type OrderType, readOrder } from '../../core/desk/guard-order.ts';
import { type OrderWeight, orderShuts, orderWeight } from '../../core/desk/order-weight.ts';
import { mayDo, mayGive, RIGHTS, type Right } from '../../core/desk/rights.ts';
import { isStale } from '../../core/time/clock-reading.ts';
import type { DeskAnswer } from '../../ports/guard-desk.ts';
import type { ConfirmOrder } from '../../ports/operator-desk.ts';
import { refuse, refuseSignIn } from './answers.ts';
import { notAccepted, parse } from './bodies.ts';
import { requireSession, SIGN_IN_LIMIT, type WebContext } from './context.ts';

const ORDER_LIMIT = { rateLimit: { max: 240, timeWindow: 60_000 } };

/** Hook of the routes that are for signed-in operators only. @param right those who have it, if not all of them */
export function forOperators(context: WebContext, right?: Right) {
  return (request: FastifyRequest, reply: FastifyReply, done: () => void): void => {
    if (!requireSession(context, request, reply)) return;
    if (right === undefined || mayDo(roleOf(context, request), right)) done();
    else refuseRight(context, request, reply, right);
  };
}

function roleOf({ options }: WebContext, { session }: FastifyRequest): Role | undefined {
  return session === null ? undefined : options.operators.roleOf(session.operator);
}

/** The pages offer nobody what the role has no right to, so whoever tries it is recorded. */
function refuseRight({ options }: WebContext, request: FastifyRequest, reply: FastifyReply, right: Right) {
  options.operators.refused(operatorOf(request), right, request.ip);
  const who = RIGHTS[right].join(' or ');
  return refuse(
    reply,
    403,
    'desk.right',
    `Your account has no right to this, and nothing was done. It needs: ${who}.`,
  );
}

/** The answer to an order from before a standstill: the situation at the gate may have changed meanwhile. */
const TOO_OLD: DeskAnswer = {
  status: 'refused',
  detail:
    'The gate stood still when this order came, so nothing was done. Look who is there now, then give it again.',
  cause: 'stood_still',
};

/**
 * Registers `POST /api/guard/<type>` for each order. The body is the order; the operator is always that of the session.
 */
export function registerOrderRoutes(app: FastifyInstance, context: WebContext): void {
  for (const type of ORDER_TYPES) {
    const config = type === 'level' ? SIGN_IN_LIMIT : ORDER_LIMIT;
    // Of a door it depends on what is ordered.
    const onRequest = forOperators(context, type === 'door' ? undefined : type);
    app.post(`/api/guard/${type}`, { config, onRequest }, (request, reply) =>
      take(type, context, request, reply),
    );
  }
}

async function take(
  type: OrderType,
  context: WebContext,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { clock, isFire, standstills, deskForGuard } = context.options;
  const { monotonicMs: receivedMs } = clock.read();
  const carried = parse(type === 'level' ? MustCarryPassword : WithPassword, request.body);
  const { password, ...fields } = carried;
  const read = readOrder(type, fields);
  if ('wrong' in read) throw notAccepted(read.wrong);
  const { order } = read;
  if (!mayGive(roleOf(context, request), order)) return refuseRight(context, request, reply, type);
  const weight = orderWeight(order, isFire?.() === true);
  if (!(await mayOrder(context, request, reply, weight, password))) return reply;
  // Checked last, because the program can stand still while a password is checked.
  const isLate = isStale(receivedMs, standstills?.lastEndMs());
  if (isLate && weight !== 'always' && !orderShuts(order)) return answerOrder(reply, TOO_OLD);
  return answerOrder(reply, deskForGuard.give({ ...order, operator: operatorOf(request) }));
}

/**
 * Whether the desk may give an order of this weight now; answers the request if not. A right password, or one-time code in
 * its place, ends the unattended state of a desk.
 */
export async function mayOrder(
  { options, sessions }: WebContext,
  request: FastifyRequest,
  reply: FastifyReply,
  weight: OrderWeight,
  password: string | undefined,
  strict?: ConfirmOrder['strict'],
): Promise<boolean> {
  const { key = '', operator = '' } = request.session ?? {};
  if (weight === 'always') return true;
  if (password !== undefined) {
    const confirm = { operator, password, session: key, remote: request.ip, ...(strict && { strict }) };
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

export function operatorOf(request: FastifyRequest): string {
  return request.session?.operator ?? '';
}
