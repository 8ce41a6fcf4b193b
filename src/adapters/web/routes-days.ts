import type { FastifyInstance } from 'fastify';
import { DayQuery } from '../../core/contract/requests.ts';
import { dayTable } from '../../core/report/day-table.ts';
import type { DayDesk } from '../../ports/day-desk.ts';
import { notFound } from './answers.ts';
import { parse } from './bodies.ts';
import type { WebContext } from './context.ts';
import { forOperators } from './order-routes.ts';

/** Days a minute: somebody leafs through them. */
const DAY_LIMIT = { rateLimit: { max: 120, timeWindow: 60_000 } };

/** A day in numbers for the desk, and as a table that leaves the kiosk, where small numbers are hidden. */
export function registerDayRoutes(app: FastifyInstance, context: WebContext, desk: DayDesk): void {
  const options = { config: DAY_LIMIT, onRequest: forOperators(context, 'day') };
  app.get('/api/guard/day', options, (request, reply) => {
    const page = desk.page(parse(DayQuery, request.query).date);
    return page === undefined ? notFound(reply) : reply.send(page);
  });
  app.get('/api/guard/day.csv', options, (request, reply) => {
    const page = desk.page(parse(DayQuery, request.query).date);
    if (page === undefined) return notFound(reply);
    reply.header('content-disposition', `attachment; filename="day-${page.date}.csv"`);
    return reply.type('text/csv; charset=utf-8').send(dayTable(page, context.options.prompt.timeZone));
  });
}
