import type { WebServer } from '../adapters/web/server.ts';
import type { UplinkPump } from '../app/uplink/uplink-pump.ts';
import type { Config } from '../config/schema.ts';
import type { GuardFeed } from '../ports/guard-feed.ts';
import { alertOf, type OutOfOrder } from './await-store.ts';
import { isSimulated } from './settings.ts';

/** Tells residents, guards and servers alike why the gate waits. */
export function showOutOfOrder(to: {
  readonly config: Config;
  readonly web: WebServer;
  readonly feed: GuardFeed;
  readonly standIn: UplinkPump | undefined;
}): (outOfOrder: OutOfOrder | undefined) => void {
  const { config, web, feed, standIn } = to;
  const simulated = isSimulated(config);
  return (outOfOrder) => {
    web.outOfOrderIs(outOfOrder);
    if (outOfOrder === undefined) return;
    const { trouble, detail, sinceMs } = outOfOrder;
    for (const [accessPoint, { direction }] of Object.entries(config.accessPoints)) {
      const view = { accessPoint, direction, simulated, trouble } as const;
      web.residentPrompt.show({ ...view, feedback: 'TextMessage', message: 'OutOfOrder' });
    }
    const device = { id: 'log', role: 'log', driver: 'sqlite', simulated: false, sinceMs } as const;
    feed.publish('device/log', { ...device, status: 'missing', cause: trouble, detail });
    standIn?.setCondition({ state: 'degraded', devices: { log: 'missing' } });
    standIn?.setAlert('log', alertOf(outOfOrder));
  };
}
