import { EmbeddedBroker, type MessageListener } from '../adapters/mqtt/embedded-broker.ts';
import { MqttBroker } from '../adapters/mqtt/mqtt-broker.ts';
import type { GatePorts } from '../app/gate/gate-ports.ts';
import { UplinkPump } from '../app/uplink/uplink-pump.ts';
import type { Config } from '../config/schema.ts';
import type { LogMark } from '../core/events/log-mark.ts';
import { ClosedOutbox } from './closed-outbox.ts';

const EMBEDDED = 'embedded';

export interface AssembledBroker {
  readonly named: NonNullable<GatePorts['broker']>;
  /** The broker inside the daemon, where the config says `embedded`. */
  readonly embedded: EmbeddedBroker | undefined;
}

/**
 * The broker of the config; undefined where it names none. @param onMessage called with each message that an embedded
 * broker receives
 */
export function assembleBroker(
  { mqtt, gate }: Config,
  onMessage: MessageListener,
): AssembledBroker | undefined {
  if (mqtt === undefined) return undefined;
  const { url, protocol, embeddedPort, second, ...credentials } = mqtt;
  const embedded = url === EMBEDDED ? new EmbeddedBroker(embeddedPort, onMessage) : undefined;
  const broker = new MqttBroker({
    ...credentials,
    url: embedded?.url ?? url,
    protocol,
    clientId: gate.id,
    simulated: embedded !== undefined,
  });
  const other = second && new MqttBroker({ ...second, clientId: gate.id });
  return {
    named: { broker, ...(other && { second: other }), protocol: protocol === 5 ? '5' : '3.1.1' },
    embedded,
  };
}

/** An uplink for the time in which the log cannot be opened: it publishes the gate's state but no events. */
export function makeStandIn(
  { broker, second }: NonNullable<GatePorts['broker']>,
  deps: Pick<GatePorts, 'clock' | 'random' | 'logger'> & {
    readonly settings: { readonly site: string; readonly gate: string; readonly software: string };
    readonly lastMark: () => LogMark | undefined;
    /** Called with the `state/conn` of this gate that the broker has retained. */
    readonly onRemembered: (payload: Uint8Array) => void;
  },
): UplinkPump {
  const { settings, lastMark, ...rest } = deps;
  return new UplinkPump({
    ...rest,
    ...settings,
    broker,
    ...(second && { second }),
    outbox: new ClosedOutbox(lastMark),
    onState: () => undefined,
  });
}
