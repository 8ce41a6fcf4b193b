import type { OutgoingMessage } from '../../ports/broker.ts';

/** Fixed header byte, and the two-byte lengths and ids of MQTT. */
const HEADER_BYTES = 1;
const SHORT_BYTES = 2;
/** Of the user property historical=true: its id, and two strings with their lengths. */
const HISTORICAL_BYTES = 1 + SHORT_BYTES + 'historical'.length + SHORT_BYTES + 'true'.length;

/** Bytes that the PUBLISH packet of QoS 1 takes for this message (MQTT 5.0 section 3.3). */
export function packetBytes(message: OutgoingMessage, protocolVersion: 4 | 5): number {
  const { topic, payload, contentType, historical } = message;
  const properties =
    (contentType === undefined ? 0 : 1 + SHORT_BYTES + Buffer.byteLength(contentType)) +
    (historical ? HISTORICAL_BYTES : 0);
  const length =
    SHORT_BYTES +
    Buffer.byteLength(topic) +
    SHORT_BYTES +
    (protocolVersion === 5 ? lengthBytes(properties) + properties : 0) +
    payload.byteLength;
  return HEADER_BYTES + lengthBytes(length) + length;
}

/** Seven bits a byte (MQTT 5.0 section 1.5.5). */
function lengthBytes(length: number): number {
  let bytes = 1;
  for (let rest = length; rest >= 128; rest = Math.floor(rest / 128)) bytes += 1;
  return bytes;
}
