import type { FastifyInstance } from 'fastify';
import { HISTORY_QUESTIONS } from '../../core/contract/requests.ts';
import type { HistoryDesk } from '../../ports/passage-history.ts';
import { notFound, refuse } from './answers.ts';
import { parse } from './bodies.ts';
import type { WebContext } from './context.ts';
import { forOperators, mayOrder, operatorOf } from './order-routes.ts';

/** Look-ups a minute: enough for a person who leafs through, limited because each is on record. */
const HISTORY_LIMIT = { rateLimit: { max: 60, timeWindow: 60_000 } };

/** Who came by. Nothing of it is told at a desk that somebody has left: whoever is there then may be anybody. */
export function registerHistoryRoutes(app: FastifyInstance, context: WebContext, desk: HistoryDesk): void {
  const options = { config: HISTORY_LIMIT, onRequest: forOperators(context, 'history') };

  app.post('/api/history/search', options, async (request, reply) => {
    const question = parse(HISTORY_QUESTIONS.search, request.body);
    if (!(await mayOrder(context, request, reply, 'attended', undefined))) return reply;
    const found = await desk.search(question, operatorOf(request));
    return found === 'busy' ? refuse(reply, 429, 'too_many_requests', BUSY) : reply.send(found);
  });

  app.post('/api/history/open', options, async (request, reply) => {
    const { sequence } = parse(HISTORY_QUESTIONS.open, request.body);
    if (!(await mayOrder(context, request, reply, 'attended', undefined))) return reply;
    const opened = await desk.open(sequence, operatorOf(request));
    if (opened === 'busy') return refuse(reply, 429, 'too_many_requests', BUSY);
    return opened === undefined ? notFound(reply) : reply.send(opened);
  });
}

const BUSY = 'Others are searching. Wait a moment and search again.';
