import { isIP } from 'node:net';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { PASSKEY_ORDERS } from '../../core/contract/requests.ts';
import type { PasskeyPlace } from '../../ports/operator-passkeys.ts';
import type { PasskeyDesk, PasskeyOwner } from '../../ports/passkey-desk.ts';
import { refuse, refuseSignIn } from './answers.ts';
import { parse } from './bodies.ts';
import { SIGN_IN_LIMIT, signInLimit, signInPlace, type WebContext } from './context.ts';
import { forOperators, mayOrder, operatorOf } from './order-routes.ts';
import { signIn } from './routes-session.ts';

const LOOK_LIMIT = { rateLimit: { max: 120, timeWindow: 60_000 } };

/** Passkeys of one's own account, and the sign-in with one. */
export function registerPasskeyRoutes(app: FastifyInstance, context: WebContext, desk: PasskeyDesk): void {
  const onRequest = forOperators(context);
  const orders = { config: SIGN_IN_LIMIT, onRequest };
  const ownerOf = (request: FastifyRequest, place: PasskeyPlace): PasskeyOwner => ({
    ...place,
    operator: operatorOf(request),
    session: request.session?.key ?? '',
  });

  app.get('/api/passkeys', { config: LOOK_LIMIT, onRequest }, (request) => ({
    passkeys: desk.list(operatorOf(request)),
  }));

  app.post('/api/passkey/sign-in-options', { config: signInLimit(context) }, async (request, reply) => {
    const place = placeOf(request, reply);
    return place === undefined ? reply : { status: 'done', options: await desk.beginSignIn(place) };
  });

  app.post('/api/passkey/sign-in', { config: signInLimit(context) }, async (request, reply) => {
    const { response } = parse(PASSKEY_ORDERS['sign-in'], request.body);
    const place = placeOf(request, reply);
    if (place === undefined) return reply;
    const answer = await desk.signIn({ ...place, ...signInPlace(context, request), response });
    if (answer.status === 'accepted') return signIn(context, request, reply, answer);
    return answer.status === 'code' ? reply : refuseSignIn(reply, answer);
  });

  app.post('/api/passkey/register-options', orders, async (request, reply) => {
    const { password, code } = parse(PASSKEY_ORDERS['register-options'], request.body);
    const place = placeOf(request, reply);
    if (place === undefined) return reply;
    if (!(await mayOrder(context, request, reply, 'confirmed', password, { both: code }))) return reply;
    return { status: 'done', options: await desk.beginRegistration(ownerOf(request, place)) };
  });

  app.post('/api/passkey/register', orders, async (request, reply) => {
    const { name, response } = parse(PASSKEY_ORDERS.register, request.body);
    const place = placeOf(request, reply);
    if (place === undefined) return reply;
    const answer = await desk.register({ ...ownerOf(request, place), name, response });
    return reply.code(answer.status === 'done' ? 200 : 409).send(answer);
  });

  app.post('/api/passkey/remove', orders, async (request, reply) => {
    const { id, password } = parse(PASSKEY_ORDERS.remove, request.body);
    if (!(await mayOrder(context, request, reply, 'confirmed', password))) return reply;
    desk.remove({ operator: operatorOf(request), id });
    return { status: 'done' };
  });

  app.post('/api/passkey/confirm-options', orders, async (request, reply) => {
    const place = placeOf(request, reply);
    if (place === undefined) return reply;
    return { status: 'done', options: await desk.beginConfirmation(ownerOf(request, place)) };
  });

  app.post('/api/passkey/confirm', orders, async (request, reply) => {
    const { response } = parse(PASSKEY_ORDERS.confirm, request.body);
    const place = placeOf(request, reply);
    if (place === undefined) return reply;
    const answer = await desk.confirm({ ...ownerOf(request, place), response, remote: request.ip });
    return answer.status === 'done' ? answer : refuseSignIn(reply, answer);
  });
}

/**
 * The host name of the page, which the Origin tells; the request guard has found that it is ours. Refused where there is none:
 * browsers have passkeys for host names over TLS alone.
 */
function placeOf({ headers }: FastifyRequest, reply: FastifyReply): PasskeyPlace | undefined {
  const { origin = '' } = headers;
  const url = URL.canParse(origin) ? new URL(origin) : undefined;
  const isName = url !== undefined && isIP(url.hostname.replace(/^\[|\]$/g, '')) === 0;
  if (url?.protocol === 'https:' && isName) return { host: url.hostname, origin: url.origin };
  refuse(
    reply,
    409,
    'passkey.place',
    'Passkeys need HTTPS and a host name. Open the page so, see web.https.',
  );
  return undefined;
}
