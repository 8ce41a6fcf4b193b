import fastifyCookie from '@fastify/cookie';
import fastifyHelmet from '@fastify/helmet';
import fastifyRateLimit from '@fastify/rate-limit';
import fastifyWebsocket from '@fastify/websocket';
import { type FastifyInstance, type FastifyServerOptions, fastify } from 'fastify';
import { answerError, notFound, refuse } from './answers.ts';
import { MAX_JSON_BYTES } from './bodies.ts';
import { limitedBy, type WebContext } from './context.ts';
import { answerUnreadable, HTTP_TIMES, STANDSTILL_MS } from './http-times.ts';
import { rateStoreOn } from './rate-store.ts';
import type { RequestGuard } from './request-guard.ts';
import { registerAccountRoutes } from './routes-accounts.ts';
import { registerCodeRoutes } from './routes-codes.ts';
import { registerDayRoutes } from './routes-days.ts';
import { registerDemoRoutes } from './routes-demo.ts';
import { registerFeedRoutes } from './routes-feed.ts';
import { gatesHeaders, registerGateRoutes } from './routes-gates.ts';
import { registerGuardRoutes } from './routes-guard.ts';
import { registerHistoryRoutes } from './routes-history.ts';
import { registerPageRoutes } from './routes-pages.ts';
import { registerPasskeyRoutes } from './routes-passkeys.ts';
import { registerSessionRoutes } from './routes-session.ts';
import { registerTrustRoutes } from './routes-trust.ts';
import { registerUpkeepRoutes } from './routes-upkeep.ts';
import { registerVoiceRoutes } from './routes-voices.ts';

/** A larger message ends the socket, in bytes: pages send nothing but how a talk is to be reached. */
const MAX_INCOMING_MESSAGE_BYTES = 8192;

/** Of what a browser asks people for, the pages may use nothing. */
const NO_DEVICES = 'camera=(), display-capture=(), geolocation=(), usb=(), serial=(), bluetooth=(), midi=()';
/** The two pages on which people talk. */
const TALKING_PAGES = /^\/(guard|prompt)\/(\?|$)/;

/** Scripts, styles, pictures and sockets of this kiosk only, nothing inline. */
const CONTENT_SECURITY_POLICY = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'self'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'"],
    // The resident's screen holds its sentences in memory, to speak also while it is not connected.
    mediaSrc: ["'self'", 'blob:'],
    connectSrc: ["'self'"],
    objectSrc: ["'none'"],
    baseUri: ["'none'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
  },
};

/**
 * No route has a JSON schema: what comes is judged by zod. So the compilers of such schemas are not loaded, which took a
 * tenth of the processor time of a start. The type knows those compilers alone.
 */
const SCHEMALESS = {
  compilersFactory: { buildValidator: () => () => () => true, buildSerializer: () => () => JSON.stringify },
} as object as NonNullable<FastifyServerOptions['schemaController']>;

/** Builds everything between the socket and the routes. */
export async function buildHttpApp(context: WebContext, guard: RequestGuard): Promise<FastifyInstance> {
  const {
    logger,
    demo,
    clock,
    prompt,
    voicesFolder,
    authority,
    accounts,
    codes,
    passkeys,
    history,
    upkeep,
    talk,
    days,
  } = context.options;
  const app = fastify({
    schemaController: SCHEMALESS,
    logger: false,
    bodyLimit: MAX_JSON_BYTES,
    requestTimeout: HTTP_TIMES.requestTimeout,
    keepAliveTimeout: HTTP_TIMES.keepAliveTimeout,
    connectionTimeout: STANDSTILL_MS,
    http: HTTP_TIMES,
    forceCloseConnections: true,
    clientErrorHandler: answerUnreadable,
    frameworkErrors: (_error, _request, reply) => {
      refuse(reply, 400, 'bad_request', 'The request cannot be read.');
    },
  });
  context.places.attach(app.server);
  app.removeContentTypeParser('text/plain');
  app.decorateRequest('session', null);
  app.decorateRequest('isFromHere', false);
  app.setErrorHandler((error, request, reply) => answerError(error, request, reply, logger));
  app.setNotFoundHandler((_request, reply) => notFound(reply));

  await app.register(fastifyHelmet, {
    contentSecurityPolicy: CONTENT_SECURITY_POLICY,
    // Off, because a browser that has stored "only TLS" could not reach what else this host name serves, nor fetch the
    // authority of a kiosk that makes its own; `web.https.strict` is told below.
    strictTransportSecurity: false,
    // With no-referrer, browsers would send `Origin: null` with forms of our own pages.
    referrerPolicy: { policy: 'same-origin' },
  });
  await app.register(fastifyCookie);
  await app.register(fastifyRateLimit, {
    global: false,
    store: rateStoreOn(clock),
    keyGenerator: (request) => limitedBy(context, request),
  });
  await app.register(fastifyWebsocket, {
    options: { maxPayload: MAX_INCOMING_MESSAGE_BYTES, perMessageDeflate: false },
    errorHandler: (error, socket) => {
      logger.debug({ error: error.message }, 'A screen sent something that is no WebSocket frame.');
      socket.terminate();
    },
  });
  app.addHook('onRequest', (request, reply, done) => {
    if (!guard.admits(request, reply)) return;
    request.isFromHere = guard.isFromHere(request);
    const strictSeconds = context.strictSeconds(request);
    if (strictSeconds > 0) reply.header('strict-transport-security', `max-age=${strictSeconds}`);
    const microphone = talk !== undefined && TALKING_PAGES.test(request.url) ? '(self)' : '()';
    reply.header('permissions-policy', `microphone=${microphone}, ${NO_DEVICES}`);
    reply.headers(gatesHeaders(context, request, String(reply.getHeader('content-security-policy') ?? '')));
    if (request.ws && !request.url.startsWith('/ws/')) {
      notFound(reply);
      return;
    }
    if (request.url.startsWith('/api/')) reply.header('cache-control', 'no-store');
    done();
  });

  registerSessionRoutes(app, context);
  registerGuardRoutes(app, context);
  if (accounts !== undefined) registerAccountRoutes(app, context, accounts);
  if (codes !== undefined) registerCodeRoutes(app, context, codes);
  if (passkeys !== undefined) registerPasskeyRoutes(app, context, passkeys);
  if (history !== undefined) registerHistoryRoutes(app, context, history);
  if (upkeep !== undefined) registerUpkeepRoutes(app, context, upkeep);
  if (days !== undefined) registerDayRoutes(app, context, days);
  registerFeedRoutes(app, context);
  registerGateRoutes(app, context);
  if (voicesFolder !== undefined)
    registerVoiceRoutes(app, { folder: voicesFolder, languages: prompt.languages, logger });
  if (authority !== undefined) registerTrustRoutes(app, { authority, urls: context.secureUrls, logger });
  if (demo !== undefined) registerDemoRoutes(app, demo);
  await registerPageRoutes(app, context);
  return app;
}
