import mqtt from 'mqtt';

/** The central server: counts events and looks at their order, in the same way whoever publishes them. */
export type ReceiverOrder = { readonly expect: number };

export interface Received {
  /** Milliseconds from the first event to the last. */
  readonly ms: number;
  readonly events: number;
  /** Events whose number did not follow the one before. */
  readonly outOfOrder: number;
}

const MARK = Buffer.from('"sequence":"');
const DIGITS = 16;

const client = mqtt.connect(process.argv[2] ?? '', { protocolVersion: 5 });
let expected = Number.POSITIVE_INFINITY;
let events = 0;
let outOfOrder = 0;
let last: number | undefined;
let startMs = 0;

client.on('message', (_topic, payload) => {
  if (events === 0) startMs = performance.now();
  const at = payload.indexOf(MARK) + MARK.length;
  const sequence = Number(payload.toString('latin1', at, at + DIGITS));
  if (last !== undefined && sequence !== last + 1) outOfOrder += 1;
  last = sequence;
  events += 1;
  if (events === expected) {
    process.send?.({ ms: performance.now() - startMs, events, outOfOrder } satisfies Received);
  }
});
process.on('message', (order: ReceiverOrder) => {
  // Whatever came since the last run ended belongs to no run.
  expected = order.expect;
  events = 0;
  outOfOrder = 0;
  last = undefined;
});
process.on('disconnect', () => client.end(true));
client.on('connect', () => {
  client.subscribe('gates/v1/+/+/evt/#', { qos: 1 }, () => process.send?.('ready'));
});
