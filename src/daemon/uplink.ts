import { EmbeddedBroker, type MessageListener } from '../adapters/mqtt/embedded-broker.ts';
import { MqttBroker } from '../adapters/mqtt/mqtt-broker.ts';
import { UplinkPump, type UplinkState } from '../app/uplink/uplink-pump.ts';
import type { BrokerConnection } from '../ports/broker.ts';
import { ClosedOutbox } from './closed-outbox.ts';
import type { DaemonContext } from './context.ts';

const EMBEDDED = 'embedded';

export interface AssembledUplink {
  readonly pump: UplinkPump;
  /** Tells how the gate is while its log cannot be opened; it publishes no events. */
  readonly standIn: UplinkPump;
  /** Runs inside the daemon where the config says `embedded`. */
  readonly embedded: EmbeddedBroker | undefined;
  readonly address: string;
}

/** The way to the central servers; undefined where the config names no broker. */
export function assembleUplink(
  parts: DaemonContext,
  software: string,
  handlers: {
    readonly onConnected: (connection: BrokerConnection) => void;
    readonly onMessage: MessageListener;
    /** The `state/conn` that the broker had kept of this gate. */
    readonly onRemembered: (payload: Uint8Array) => void;
  },
): AssembledUplink | undefined {
  const { onConnected, onMessage, onRemembered } = handlers;
  const { config, clock, logger, random, store, state: present } = parts;
  const { mqtt } = config;
  if (mqtt === undefined) return undefined;
  const { url, protocol, embeddedPort, ...credentials } = mqtt;
  const embedded = url === EMBEDDED ? new EmbeddedBroker(embeddedPort, onMessage) : undefined;
  const broker = new MqttBroker({
    ...credentials,
    url: embedded?.url ?? url,
    protocol,
    clientId: config.gate.id,
    simulated: embedded !== undefined,
  });
  let status: UplinkState['status'] | undefined;
  let sinceMs = clock.read().wallMs;
  const common = {
    site: config.site.id,
    gate: config.gate.id,
    software,
    broker,
    clock,
    random,
    logger,
    onRemembered,
  };
  const standIn = new UplinkPump({
    ...common,
    outbox: new ClosedOutbox(() => store.lastMark()),
    onState: () => undefined,
  });
  const pump = new UplinkPump({
    ...common,
    outbox: store.outbox,
    onConnected,
    onState: (state) => {
      if (state.status !== status) sinceMs = clock.read().wallMs;
      status = state.status;
      const detail = state.error?.message;
      present.queue.set({
        pending: state.pending,
        connected: state.takesEvents,
        ...(detail === undefined ? {} : { detail }),
      });
      present.devices.set({
        id: 'broker',
        role: 'broker',
        driver: `mqtt ${protocol === 5 ? '5' : '3.1.1'}`,
        simulated: broker.simulated,
        status: state.status,
        ...(state.error === undefined ? {} : { cause: state.error.code, detail: state.error.message }),
        sinceMs,
      });
    },
  });
  return { pump, standIn, embedded, address: broker.address };
}
