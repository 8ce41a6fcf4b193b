import type { FastifyInstance } from 'fastify';
import { refuse, refuseSignIn } from './answers.ts';
import {
  EndOrderBody,
  ForgiveBody,
  HostBody,
  LevelBody,
  LockOutBody,
  OccupancyBody,
  parse,
  ReportBody,
  StandingOrderBody,
  VisitorBody,
} from './bodies.ts';
import { SIGN_IN_LIMIT, type WebContext } from './context.ts';
import { answerOrder, forGuards, operatorOf, orderRoutes } from './order-routes.ts';

/** The orders of a signed-in guard about the rules, and the visitors' book. */
export function registerDeskRoutes(app: FastifyInstance, context: WebContext): void {
  const { deskForGuard: desk, operators } = context.options;
  const order = orderRoutes(app, context);
  order('order', StandingOrderBody, (body) => desk.addOrder(body));
  order('end-order', EndOrderBody, (body) => desk.endOrder(body));
  order('report', ReportBody, (body) => desk.noteReport(body));
  order('forgive', ForgiveBody, (body) => desk.forgive(body));
  order('occupancy', OccupancyBody, (body) => desk.setOccupancy(body));
  order('end-lock-out', LockOutBody, (body) => desk.endLockOut(body));
  order('visitor', VisitorBody, (body) => desk.registerVisitor(body));
  order('confirm-host', HostBody, (body) => desk.confirmHost(body));

  // A level may hold the gate open for everybody: whoever sits at a forgotten screen must not change it.
  const route = { config: SIGN_IN_LIMIT, onRequest: forGuards(context) };
  app.post('/api/guard/level', route, async (request, reply) => {
    const { password, ...level } = parse(LevelBody, request.body);
    const operator = operatorOf(request);
    const key = request.session?.key ?? '';
    const confirmed = await operators.confirm({ operator, password, session: key, remote: request.ip });
    if (confirmed.status !== 'accepted') return refuseSignIn(reply, confirmed);
    // The check takes a while, and a session can end meanwhile.
    if (!context.sessions.lives(key)) {
      return refuse(reply, 401, 'no_session', 'Sign in first.');
    }
    return answerOrder(reply, desk.setLevel({ ...level, operator }));
  });
}
