import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { ExportFormat } from '../../core/access/vocabulary.ts';
import { MustCarryPassword, UPKEEP_ORDERS } from '../../core/contract/requests.ts';
import type { ExportOrder, UpkeepAnswer, UpkeepDesk } from '../../ports/upkeep.ts';
import { notFound, refuse } from './answers.ts';
import { parse } from './bodies.ts';
import { SIGN_IN_LIMIT, type WebContext } from './context.ts';
import { unhurriedPieces } from './http-times.ts';
import { forOperators, mayOrder, operatorOf } from './order-routes.ts';

/** Looks a minute: the page looks every two seconds while something runs. */
const LOOK_LIMIT = { rateLimit: { max: 120, timeWindow: 60_000 } };
/** The doctor asks the broker, and reads much of the store. */
const EXAMINE_LIMIT = { rateLimit: { max: 6, timeWindow: 60_000 } };
/** A browser fetches a file at once. */
const TICKET_MS = 60_000;
const TICKET_BYTES = 24;
/** Tickets that nobody has used yet. */
const MOST_TICKETS = 16;

const TYPES: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv; charset=utf-8',
  jsonl: 'application/jsonl; charset=utf-8',
};

interface Ticket {
  readonly order: ExportOrder;
  /** Key of the session that has it. */
  readonly session: string;
  readonly untilMs: number;
}

/** What the kiosk keeps, looked after at the desk. What takes data away needs the password of whoever orders it. */
export function registerUpkeepRoutes(app: FastifyInstance, context: WebContext, desk: UpkeepDesk): void {
  const { clock, cookieScope = 'kiosk' } = context.options;
  const tickets = new Map<string, Ticket>();

  app.get('/api/upkeep', { config: LOOK_LIMIT, onRequest: forOperators(context, 'upkeep') }, () =>
    desk.view(),
  );

  app.post(
    '/api/upkeep/examine',
    { config: EXAMINE_LIMIT, onRequest: forOperators(context, 'upkeep') },
    async (request, reply) => {
      if (!(await mayOrder(context, request, reply, 'attended', undefined))) return reply;
      return answer(reply, desk.examine());
    },
  );

  app.get(
    '/api/upkeep/stand-down',
    { config: LOOK_LIMIT, onRequest: forOperators(context, 'stand-down') },
    () => desk.standDown(),
  );

  app.post(
    '/api/upkeep/backup',
    { config: SIGN_IN_LIMIT, onRequest: forOperators(context, 'backup') },
    async (request, reply) => {
      const { password, ...fields } = parse(MustCarryPassword, request.body);
      parse(UPKEEP_ORDERS.backup, fields);
      if (!(await mayOrder(context, request, reply, 'confirmed', password))) return reply;
      return answer(reply, desk.backup(operatorOf(request)));
    },
  );

  // The file comes by an address that is good once: so the browser writes it as it comes, and the page holds none of it.
  app.post(
    '/api/upkeep/export',
    { config: SIGN_IN_LIMIT, onRequest: forOperators(context, 'export') },
    async (request, reply) => {
      const { password, ...fields } = parse(MustCarryPassword, request.body);
      const order = parse(UPKEEP_ORDERS.export, fields);
      if (!(await mayOrder(context, request, reply, 'confirmed', password))) return reply;
      const { monotonicMs } = clock.read();
      for (const [name, { untilMs }] of tickets)
        if (untilMs <= monotonicMs || tickets.size >= MOST_TICKETS) tickets.delete(name);
      const ticket = randomBytes(TICKET_BYTES).toString('base64url');
      const session = request.session?.key ?? '';
      tickets.set(ticket, { order, session, untilMs: monotonicMs + TICKET_MS });
      return reply.send({ status: 'done', path: `/api/upkeep/export/${ticket}` });
    },
  );

  app.get<{ Params: { ticket: string } }>(
    '/api/upkeep/export/:ticket',
    { config: LOOK_LIMIT, onRequest: forOperators(context, 'export') },
    (request, reply) => {
      const ticket = tickets.get(request.params.ticket);
      const { monotonicMs, wallMs } = clock.read();
      if (ticket === undefined || ticket.session !== request.session?.key || ticket.untilMs <= monotonicMs)
        return notFound(reply);
      tickets.delete(request.params.ticket);
      const gone = new AbortController();
      reply.raw.once('close', () => gone.abort(new Error('nobody takes the file any more')));
      const rows = desk.export(ticket.order, operatorOf(request), gone.signal);
      if (rows === 'busy') return refuse(reply, 429, 'too_many_requests', BUSY);
      const { format } = ticket.order;
      const name = `gatepost-${cookieScope}-${new Date(wallMs).toISOString().slice(0, 10)}.${format}`;
      reply.header('content-disposition', `attachment; filename="${name}"`);
      const pieces = unhurriedPieces(rows, request.raw.socket);
      return reply.type(TYPES[format]).send(Readable.from(pieces, { objectMode: false }));
    },
  );
}

function answer(reply: FastifyReply, result: UpkeepAnswer): FastifyReply {
  if (result === 'busy') return refuse(reply, 429, 'too_many_requests', BUSY);
  if (result === 'lacking') return refuse(reply, 409, 'usage', LACKING);
  return reply.send({ status: 'done' });
}

const BUSY = 'This is being done already. Wait for its end.';
const LACKING =
  'The config names no key of the office, or no folder: backup.recipient and backup.folder. Nothing was done.';
