import { GivenCertificate } from '../adapters/tls/given-certificate.ts';
import type { WebServerDeps } from '../adapters/web/server-deps.ts';
import { HttpsWatch } from '../app/site/https-watch.ts';
import type { Config } from '../config/schema.ts';
import type { Clock } from '../ports/clock.ts';
import type { GateState } from '../ports/gate-state.ts';
import type { Logger } from '../ports/logger.ts';
import type { SecureScreens } from '../ports/screen-certificate.ts';

/** Where the screens are served over HTTPS; undefined where the config does not ask for it. */
export function secureSettings({ web }: Config): WebServerDeps['secure'] {
  const { https } = web;
  if (https === undefined) return undefined;
  const { host, port, hostNames, addresses, strict } = https;
  return { host, port, names: [...hostNames, ...addresses], strict };
}

/** What looks after their certificate. */
export function assembleHttps(
  { web }: Config,
  deps: {
    readonly screens: SecureScreens;
    readonly clock: Clock;
    readonly state: GateState;
    readonly logger: Logger;
  },
): HttpsWatch | undefined {
  const { certFile, keyFile, hostNames = [], addresses = [] } = web.https ?? {};
  if (certFile === undefined || keyFile === undefined) return undefined;
  const source = new GivenCertificate({ certFile, keyFile, names: [...hostNames, ...addresses] });
  return new HttpsWatch({ ...deps, source });
}
