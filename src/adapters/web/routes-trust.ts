import { X509Certificate } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { inGroups } from '../../core/certificate/own-certificate.ts';
import type { Logger } from '../../ports/logger.ts';
import { notFound } from './answers.ts';
import type { WebServerDeps } from './server-deps.ts';

/** Questions a minute from one address; each reads a file. */
const LIMIT = { rateLimit: { max: 60, timeWindow: 60_000 } };

/**
 * The authority of a kiosk that makes its own, for the devices that are to believe it. A fingerprint that came over the
 * way which it is to prove would prove nothing, so only screens of the kiosk itself are told it.
 */
export function registerTrustRoutes(
  app: FastifyInstance,
  deps: {
    readonly authority: NonNullable<WebServerDeps['authority']>;
    readonly urls: () => readonly string[];
    readonly logger: Logger;
  },
): void {
  const { authority, urls, logger } = deps;
  const known = () => {
    try {
      return authority();
    } catch (error) {
      logger.debug({ err: error }, 'The authority of this kiosk cannot be read.');
      return undefined;
    }
  };
  app.get('/api/https', { config: LIMIT }, ({ isFromHere }) => {
    const own = isFromHere ? known() : undefined;
    return { urls: urls(), ...(own && { fingerprint: inGroups(own.fingerprint) }) };
  });
  app.get('/gatepost-ca.crt', { config: LIMIT }, (_request, reply) => {
    const own = known();
    if (own === undefined) return notFound(reply);
    return reply
      .header('content-disposition', 'attachment; filename="gatepost-ca.crt"')
      .type('application/x-x509-ca-cert')
      .send(new X509Certificate(own.cert).raw);
  });
}
