import type { FastifyInstance } from 'fastify';
import {
  EndOrderBody,
  ForgiveBody,
  HostBody,
  LevelBody,
  LockOutBody,
  OccupancyBody,
  ReportBody,
  StandingOrderBody,
  VisitorBody,
} from './bodies.ts';
import type { WebContext } from './context.ts';
import { orderRoutes } from './order-routes.ts';

/** The orders of a signed-in guard about the rules, and the visitors' book. */
export function registerDeskRoutes(app: FastifyInstance, context: WebContext): void {
  const { deskForGuard: desk } = context.options;
  const { order } = orderRoutes(app, context);
  order('order', StandingOrderBody, (body) => desk.addOrder(body));
  order('end-order', EndOrderBody, (body) => desk.endOrder(body));
  order('report', ReportBody, (body) => desk.noteReport(body));
  order('forgive', ForgiveBody, (body) => desk.forgive(body));
  order('give-back-quota', ForgiveBody, (body) => desk.giveBackQuota(body));
  order('occupancy', OccupancyBody, (body) => desk.setOccupancy(body));
  order('end-lock-out', LockOutBody, (body) => desk.endLockOut(body));
  order('visitor', VisitorBody, (body) => desk.registerVisitor(body));
  order('confirm-host', HostBody, (body) => desk.confirmHost(body));
  order('level', LevelBody, (body) => desk.setLevel(body));
}
