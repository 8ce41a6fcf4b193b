import type { CertificateFacts } from '../core/certificate/certificate.ts';
import type { DeviceLink } from './device-link.ts';

export interface OutgoingMessage {
  /** Full topic name. */
  readonly topic: string;
  readonly payload: Uint8Array;
  readonly retain: boolean;
  /** MQTT 5 content type. */
  readonly contentType?: string;
  /** MQTT 5 user property historical=true: sent later than 60 s after it happened. */
  readonly historical?: boolean;
  /** MQTT 5 correlation data: that of the request which this message answers. */
  readonly correlationData?: Uint8Array;
  /** MQTT 5 message expiry: the broker need not deliver it later than this many seconds from now. */
  readonly expirySeconds?: number;
}

export interface IncomingMessage {
  readonly topic: string;
  readonly payload: Uint8Array;
  /** Stored by the broker before this subscription, not just sent. */
  readonly retained: boolean;
  /** With 0 the broker may have lost others like it. A gate asks for 1 at most. */
  readonly qos: 0 | 1;
  /** MQTT 5: where an answer is expected. It is what the sender says, and MQTT 3.1.1 has none. */
  readonly responseTopic?: string;
  /** MQTT 5: goes back with the answer. */
  readonly correlationData?: Uint8Array;
}

/** The broker's answer to one QoS 1 publish. */
export type PublishAnswer =
  | { readonly status: 'stored' }
  /** 0x87, 0x90, 0x95, 0x99: a retry is useless. */
  | { readonly status: 'refused'; readonly code: number; readonly detail: string }
  /** 0x97, 0x80, 0x83: try again later. */
  | { readonly status: 'busy'; readonly code: number; readonly detail: string };

/** What the certificate files of a broker hold. */
export interface CertificateCheck {
  /** What the next connection is made with; absent where the config names no certificate. */
  readonly certificate?: CertificateFacts;
  /** Why what the files hold now is not used, and what to do. */
  readonly problem?: string;
}

/** A live MQTT connection. Every attempt makes a new one; nothing is queued inside it. */
export interface BrokerConnection extends DeviceLink {
  /** Receive Maximum of the broker (65,535 if it named none). */
  readonly receiveMaximum: number;
  /**
   * Largest packet the broker accepts, in bytes; undefined if it named none. A larger one is refused without sending.
   */
  readonly maximumPacketSize: number | undefined;
  /** 4 (MQTT 3.1.1, where a refusal cannot be seen) or 5. */
  readonly protocolVersion: 4 | 5;
  /** The certificate it was made with; absent without one. */
  readonly certificate?: CertificateFacts;
  /** Publishes with QoS 1. Rejects with `broker.lost` if the connection ends before the answer. */
  publish(message: OutgoingMessage): Promise<PublishAnswer>;
  /**
   * Subscribes to topics with QoS 1 and passes on messages as long as the connection lives. A message may be lost
   * inside the gate, so what must not be lost has to be retained at the broker. Subscribing to a topic again brings
   * its retained message again and replaces its reader.
   * @param how `retainAsPublished`: on MQTT 5 a message that was sent to be retained counts as retained for those who
   *   are connected already, too
   * @throws GatepostError `broker.refused` naming the topics that the broker does not allow, `broker.lost`
   */
  subscribe(
    topics: readonly string[],
    onMessage: (message: IncomingMessage) => void,
    how?: { readonly retainAsPublished?: boolean },
  ): Promise<void>;
  /** Closes the socket without DISCONNECT, so that the will is sent. */
  destroy(): void;
}

/** The server that events are sent to. */
export interface Broker {
  /** Address for display, without credentials. */
  readonly address: string;
  readonly simulated: boolean;
  /** Connects once, with `will` as last will (QoS 1, retained, delay 5 s on MQTT 5). Rejects with `broker.*`. */
  connect(will: OutgoingMessage, signal: AbortSignal): Promise<BrokerConnection>;
  /**
   * Reads the certificate files again, as each connect() does. Absent where there are none.
   * @throws GatepostError `broker.unreachable` where they cannot be used and never could before
   */
  checkCertificate?(): Promise<CertificateCheck>;
}
