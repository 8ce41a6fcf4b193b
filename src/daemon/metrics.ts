import { MetricsServer } from '../adapters/prometheus/metrics-server.ts';
import type { Store } from '../adapters/sqlite/store.ts';
import { ownPaths } from '../adapters/tls/own-files.ts';
import { hindrances } from '../app/state/readiness.ts';
import type { Config } from '../config/schema.ts';
import type { Clock } from '../ports/clock.ts';
import type { GateState } from '../ports/gate-state.ts';
import type { Logger } from '../ports/logger.ts';
import { makesOwn } from './https.ts';
import { retentionSettings } from './settings.ts';

/** The server of the figures for Prometheus; undefined where the config asks for none. */
export function assembleMetrics(
  config: Config,
  deps: {
    readonly store: Store;
    readonly state: GateState;
    readonly clock: Clock;
    readonly logger: Logger;
  },
): MetricsServer | undefined {
  const { metrics } = config;
  if (metrics === undefined) return undefined;
  const { store, state } = deps;
  const { screeningMs, accessMs, operatorMs, reducedMs } = retentionSettings(config);
  return new MetricsServer({
    ...deps,
    host: metrics.host,
    port: metrics.port,
    keptMs: { screening: screeningMs, access: accessMs, operator: operatorMs, ended: reducedMs },
    certFiles: [
      config.mqtt?.certFile ?? [],
      config.mqtt?.second?.certFile ?? [],
      config.web.https?.certFile ?? (makesOwn(config) ? ownPaths(config.store.folder).screens : []),
    ].flat(),
    troubles: () => hindrances(state, store.log.isWritable()),
  });
}
