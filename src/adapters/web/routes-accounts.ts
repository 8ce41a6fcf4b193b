import type { FastifyInstance, FastifyReply } from 'fastify';
import { ACCOUNT_ORDERS, MustCarryPassword, OwnPasswordBody } from '../../core/contract/requests.ts';
import type { AccountAnswer, AccountDesk } from '../../ports/operator-desk.ts';
import { parse } from './bodies.ts';
import { SIGN_IN_LIMIT, type WebContext } from './context.ts';
import { forOperators, mayOrder, operatorOf } from './order-routes.ts';
import { signIn } from './routes-session.ts';

/** Looks a minute: the page looks again after each change. */
const LOOK_LIMIT = { rateLimit: { max: 120, timeWindow: 60_000 } };

/** Accounts of the guard's screen. Whatever changes one needs the password of whoever orders it. */
export function registerAccountRoutes(app: FastifyInstance, context: WebContext, desk: AccountDesk): void {
  const { sessions } = context;

  app.get('/api/accounts', { config: LOOK_LIMIT, onRequest: forOperators(context, 'lost-phone') }, () => {
    const counts = sessions.counts();
    return {
      accounts: desk.list().map((account) => ({ ...account, sessions: counts.get(account.name) ?? 0 })),
    };
  });

  /** Registers one order: its body without the password, and what is done once the password was right. */
  const take = <T extends keyof typeof ACCOUNT_ORDERS>(
    type: T,
    carryOut: (
      order: ReturnType<(typeof ACCOUNT_ORDERS)[T]['parse']> & { by: string },
    ) => AccountAnswer | Promise<AccountAnswer>,
  ) => {
    const right = type === 'remove-code' || type === 'remove-passkeys' ? 'lost-phone' : 'accounts';
    const options = { config: SIGN_IN_LIMIT, onRequest: forOperators(context, right) };
    app.post(`/api/accounts/${type}`, options, async (request, reply) => {
      const { password, ...fields } = parse(MustCarryPassword, request.body);
      const order = parse(ACCOUNT_ORDERS[type], fields) as ReturnType<(typeof ACCOUNT_ORDERS)[T]['parse']>;
      if (!(await mayOrder(context, request, reply, 'confirmed', password))) return reply;
      return answer(reply, await carryOut({ ...order, by: operatorOf(request) }));
    });
  };
  take('create', (order) => desk.create(order));
  take('set-password', (order) => desk.setPassword(order));
  take('set-role', (order) => desk.setRole(order));
  take('remove', (order) => desk.remove(order));
  take('remove-code', (order) => desk.removeCode(order));
  take('remove-passkeys', (order) => desk.removePasskeys(order));
  take('end-sessions', (order) => {
    const result = desk.endSessions(order);
    if (result.status === 'done') sessions.endAllOf(order.operator);
    return result;
  });

  app.post(
    '/api/password',
    { config: SIGN_IN_LIMIT, onRequest: forOperators(context) },
    async (request, reply) => {
      const { newPassword, password } = parse(OwnPasswordBody, request.body);
      if (!(await mayOrder(context, request, reply, 'confirmed', password, 'password'))) return reply;
      const operator = operatorOf(request);
      const result = await desk.setPassword({ operator, newPassword, by: operator });
      const credential = context.options.operators.credentialOf(operator);
      if (result.status === 'refused' || credential === undefined) return answer(reply, result);
      // Every session that was opened with the password before is over; this page goes on with a new one.
      return signIn(context, request, reply, { operator, credential });
    },
  );
}

function answer(reply: FastifyReply, result: AccountAnswer): FastifyReply {
  return reply.code(result.status === 'done' ? 200 : 409).send(result);
}
