import type { HistoryWatch } from '../board/history-watch.ts';
import type { LogWatch } from '../board/log-watch.ts';
import type { CommandIntake } from '../centre/command-intake.ts';
import type { SiteTopic } from '../centre/site-topic.ts';
import type { ListSubscription } from '../lists/list-subscription.ts';
import type { HomeAssistant } from '../neighbours/home-assistant.ts';
import type { Receipts } from '../uplink/receipts.ts';
import type { Replays } from '../uplink/replays.ts';
import type { UplinkState } from '../uplink/uplink-health.ts';
import { UplinkPump } from '../uplink/uplink-pump.ts';
import type { GatePorts, GateSettings } from './gate-ports.ts';

/** The connection to the central servers; undefined where there is no broker. */
export function makeUplink(
  { clock, logger, random, state, store, broker: named }: GatePorts,
  { site }: GateSettings,
  parts: {
    readonly receipts: Receipts;
    readonly replays: Replays;
    readonly subscription: ListSubscription;
    readonly commands: CommandIntake;
    readonly siteTopic: SiteTopic;
    readonly homeAssistant: HomeAssistant;
    readonly logWatch: LogWatch;
    readonly historyWatch: HistoryWatch;
  },
): UplinkPump | undefined {
  if (named === undefined) return undefined;
  const { broker, second, protocol } = named;
  let status: UplinkState['status'] | undefined;
  let sinceMs = 0;
  const pump: UplinkPump = new UplinkPump({
    site: site.site,
    gate: site.gate,
    software: `gatepost ${site.software}`,
    broker,
    ...(second && { second }),
    clock,
    random,
    logger,
    outbox: store.outbox,
    replays: parts.replays,
    onRemembered: (payload) => parts.logWatch.remembered(payload),
    onCheckpoint: (payload) => parts.historyWatch.remembered(payload),
    onConnected: (connection, isOther) => {
      parts.subscription.attach(connection);
      parts.receipts.attach(connection, isOther);
      parts.commands.attach(connection, pump);
      parts.siteTopic.attach(connection);
      parts.homeAssistant.attach(connection);
    },
    onState: (now) => {
      if (now.status !== status) sinceMs = clock.read().wallMs;
      status = now.status;
      const detail = now.error?.message;
      state.queue.set({
        pending: now.pending,
        connected: now.takesEvents,
        ...(detail === undefined ? {} : { detail }),
      });
      state.devices.set({
        id: 'broker',
        role: 'broker',
        driver: `mqtt ${protocol}`,
        simulated: broker.simulated,
        status: now.status,
        ...(now.error === undefined ? {} : { cause: now.error.code, detail: now.error.message }),
        sinceMs,
      });
    },
  });
  return pump;
}
