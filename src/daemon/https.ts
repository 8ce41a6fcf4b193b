import { CertificateCommand } from '../adapters/commands/certificate-command.ts';
import { GivenCertificate } from '../adapters/tls/given-certificate.ts';
import { OwnCertificate } from '../adapters/tls/own-certificate.ts';
import type { WebServerDeps } from '../adapters/web/server-deps.ts';
import { HttpsWatch } from '../app/site/https-watch.ts';
import type { LoadedConfig } from '../config/load-config.ts';
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

/** Whether the kiosk makes authority and certificate itself. */
export function makesOwn({ web }: Config): boolean {
  return web.https !== undefined && web.https.certFile === undefined;
}

/** What looks after their certificate: that of the site, or one that the kiosk makes. */
export function assembleHttps(
  { config, path }: LoadedConfig,
  deps: {
    readonly screens: SecureScreens;
    readonly clock: Clock;
    readonly state: GateState;
    readonly logger: Logger;
    /** Program and words before the command, as this process itself was started. */
    readonly command: readonly [string, ...string[]];
  },
): HttpsWatch | undefined {
  const { https } = config.web;
  if (https === undefined) return undefined;
  const { certFile, keyFile, hostNames, addresses } = https;
  const names = [...hostNames, ...addresses];
  if (certFile !== undefined && keyFile !== undefined)
    return new HttpsWatch({ ...deps, source: new GivenCertificate({ certFile, keyFile, names }) });
  const maker = new CertificateCommand({ command: deps.command, config: path });
  const source = new OwnCertificate({
    ...{ folder: config.store.folder, names },
    make: (nowMs) => maker.make(nowMs),
  });
  return new HttpsWatch({ ...deps, source });
}
