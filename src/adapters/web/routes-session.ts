import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { refuse, refuseSignIn } from './answers.ts';
import { LoginBody, parse, SetUpBody } from './bodies.ts';
import { requireSession, SESSION_COOKIE, SIGN_IN_LIMIT, type WebContext } from './context.ts';

/** Signing in and out, and the first account. */
export function registerSessionRoutes(app: FastifyInstance, context: WebContext): void {
  const { options, sessions } = context;
  const demo = options.demo !== undefined;

  app.get('/api/session', (request) => {
    const session = sessions.find(request.cookies[SESSION_COOKIE]);
    if (session !== undefined) return { status: 'signed-in', operator: session.operator, demo };
    return { status: options.operators.needsSetUp() ? 'setup' : 'login', demo };
  });

  // An open guard's page sends this every few seconds: a desk that signs itself out at night raises no alarms.
  app.post('/api/session', (request, reply) =>
    requireSession(context, request, reply) ? { status: 'done' } : reply,
  );

  app.post('/api/setup', { config: SIGN_IN_LIMIT }, async (request, reply) => {
    const answer = await options.operators.setUp(parse(SetUpBody, request.body));
    if (answer.status === 'refused') return refuse(reply, 409, 'operator.refused', answer.detail);
    return signIn(context, request, reply, answer.operator);
  });

  app.post('/api/login', { config: SIGN_IN_LIMIT }, async (request, reply) => {
    const order = parse(LoginBody, request.body);
    const answer = await options.operators.login({ ...order, remote: request.ip });
    if (answer.status === 'accepted') return signIn(context, request, reply, answer.operator);
    return refuseSignIn(reply, answer);
  });

  app.post('/api/logout', (request, reply) => {
    const session = sessions.find(request.cookies[SESSION_COOKIE]);
    if (session !== undefined) sessions.end(session.id);
    reply.clearCookie(SESSION_COOKIE, { path: '/' });
    return { status: 'done' };
  });
}

/** Always a new session id, so that one planted before the sign-in is worth nothing. */
function signIn(context: WebContext, request: FastifyRequest, reply: FastifyReply, operator: string): object {
  const before = context.sessions.find(request.cookies[SESSION_COOKIE]);
  if (before !== undefined) context.sessions.end(before.id);
  const session = context.sessions.open(operator);
  reply.setCookie(SESSION_COOKIE, session.id, {
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    // The kiosk itself speaks plain HTTP on its own address; an https Origin means a TLS proxy stands before it.
    secure: request.headers.origin?.startsWith('https://') ?? false,
  });
  return { status: 'signed-in', operator, demo: context.options.demo !== undefined };
}
