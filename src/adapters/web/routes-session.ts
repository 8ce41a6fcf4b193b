import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AttendanceBody, LoginBody, SetUpBody } from '../../core/contract/requests.ts';
import type { SignedIn } from '../../ports/operator-desk.ts';
import { refuseCode, refuseLocked, refuseSignIn } from './answers.ts';
import { parse } from './bodies.ts';
import { callsOf } from './calls.ts';
import { sessionOf, signInLimit, signInPlace, type WebContext } from './context.ts';
import { forOperators, mayOrder } from './order-routes.ts';

/** Reports a minute: a page sends one every few seconds, and a desk may have several pages. */
const PRESENCE_LIMIT = { rateLimit: { max: 600, timeWindow: 60_000 } };

/** Signing in and out, and the first account. */
export function registerSessionRoutes(app: FastifyInstance, context: WebContext): void {
  const { options, sessions, cookies } = context;
  const here = {
    demo: options.demo !== undefined,
    ...(options.authority && { trust: true }),
    ...((options.gates?.others.length ?? 0) > 0 && { gates: true }),
  };

  app.get('/api/session', (request) => {
    const outOfOrder = context.outOfOrder();
    if (outOfOrder !== undefined) {
      const { trouble, detail, file } = outOfOrder;
      return { status: 'out-of-order', trouble, detail, file, ...here };
    }
    const session = sessionOf(context, request);
    if (session !== undefined) return { ...signedIn(context, session.operator), ...here };
    const status = options.operators.needsSetUp() ? 'setup' : 'login';
    const calls = callsOf(context.guardFeed.values);
    return calls.waiting === 0 ? { status, ...here } : { status, ...here, calls };
  });

  // An open guard's page sends this every few seconds to keep its session, because a desk that is signed out at night
  // raises no alarms. An open page does not prove that a person is there, so the page also reports input.
  const presence = { config: PRESENCE_LIMIT, onRequest: forOperators(context) };
  app.post('/api/session', presence, async (request, reply) => {
    const { attended = false, password } = parse(AttendanceBody, request.body ?? {});
    const key = request.session?.key ?? '';
    if (password !== undefined && !(await mayOrder(context, request, reply, 'confirmed', password)))
      return reply;
    if (attended) sessions.attend(key);
    return { status: 'done', attended: sessions.isAttended(key) };
  });

  app.post('/api/setup', { config: signInLimit(context) }, async (request, reply) => {
    const order = parse(SetUpBody, request.body);
    const answer = await options.operators.setUp({ ...order, ...signInPlace(context, request) });
    if (answer.status === 'locked') return refuseLocked(reply, answer.retryAfterMs);
    if (answer.status === 'refused') {
      const { detail: message, cause } = answer;
      return reply.code(409).send({ error: 'operator.refused', message, ...(cause && { cause }) });
    }
    return signIn(context, request, reply, answer);
  });

  app.post('/api/login', { config: signInLimit(context) }, async (request, reply) => {
    const order = parse(LoginBody, request.body);
    const answer = await options.operators.login({ ...order, ...signInPlace(context, request) });
    if (answer.status === 'accepted') return signIn(context, request, reply, answer);
    if (answer.status === 'code') return refuseCode(reply, answer.cause);
    return refuseSignIn(reply, answer);
  });

  app.post('/api/logout', (request, reply) => {
    const session = sessionOf(context, request);
    if (session !== undefined) sessions.end(session.key);
    cookies.clearSession(request, reply);
    return { status: 'done' };
  });
}

/** Opens a session, always with a new id, so that an id planted before the sign-in is useless. */
export function signIn(
  context: WebContext,
  request: FastifyRequest,
  reply: FastifyReply,
  { operator, credential, browser }: SignedIn,
): object {
  const { sessions, cookies } = context;
  const before = sessionOf(context, request);
  if (before !== undefined) sessions.end(before.key);
  cookies.set(request, reply, 'session', sessions.open(operator, credential).id);
  if (browser !== undefined) cookies.set(request, reply, 'browser', browser);
  return signedIn(context, operator);
}

/** `role` is absent where it cannot be read. `code`: a one-time code counts where the password is asked for again. */
function signedIn({ options }: WebContext, operator: string): object {
  const role = options.operators.roleOf(operator);
  const code = options.codes?.isOn(operator) && { code: true };
  const passkeys = options.passkeys?.isOn(operator) && { passkeys: true };
  return {
    status: 'signed-in',
    operator,
    ...(role && { role }),
    ...code,
    ...passkeys,
    demo: options.demo !== undefined,
  };
}
