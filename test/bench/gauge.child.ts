import { closeSync, constants, openSync, readFileSync, watch, writeSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { generate, parser as packetParser } from 'mqtt-packet';

/**
 * The measuring process. It does nothing but write the bytes of a pass to the device's end of a serial line and wait
 * for the level file to change and for the event at a subscriber, in the same way for the daemon and for the floor.
 */
export interface LaneEnds {
  readonly id: string;
  /** Device's end of the scanner's line. */
  readonly scanner: string;
  readonly levelFile: string;
  /** Topic of the event that follows a pass; without one none is waited for. */
  readonly topic?: string;
}

export type GaugeOrder =
  /** `brokerPort`: of mosquitto on this machine, where lanes have a topic. */
  | { readonly do: 'open'; readonly lanes: readonly LaneEnds[]; readonly brokerPort?: number }
  | { readonly do: 'shoot'; readonly lane: string; readonly text: string }
  | { readonly do: 'close' };

export type GaugeReport =
  | { readonly type: 'opened' }
  /** Microseconds from just before the write of the whole pass to the notice that the level file says 1. */
  | { readonly type: 'released'; readonly lane: string; readonly us: number }
  /** Microseconds from the same moment until the first bytes of the event were there. */
  | { readonly type: 'event'; readonly lane: string; readonly us: number }
  | { readonly type: 'rested'; readonly lane: string };

interface Lane {
  readonly file: number;
  readonly topic: string | undefined;
  startNs: bigint | undefined;
  /** Of the pass whose event is still to come. */
  eventFromNs: bigint | undefined;
  level: string;
}

const lanes = new Map<string, Lane>();
const watchers: { close(): void }[] = [];

function report(message: GaugeReport): void {
  process.send?.(message);
}

function open({ id, scanner, levelFile, topic }: LaneEnds): void {
  const lane: Lane = {
    file: openSync(scanner, constants.O_RDWR | constants.O_NOCTTY),
    topic,
    startNs: undefined,
    eventFromNs: undefined,
    level: '0',
  };
  lanes.set(id, lane);
  watchers.push(
    watch(levelFile, () => {
      const nowNs = process.hrtime.bigint();
      const level = readFileSync(levelFile, 'latin1').charAt(0);
      if (level === lane.level) return;
      lane.level = level;
      if (level === '0') report({ type: 'rested', lane: id });
      if (level !== '1' || lane.startNs === undefined) return;
      report({ type: 'released', lane: id, us: Number(nowNs - lane.startNs) / 1000 });
      lane.startNs = undefined;
    }),
  );
}

/** Subscribes with as little as that takes, so that what is timed is who publishes. */
function subscribe(port: number): Promise<Socket> {
  const topics = [...lanes.values()].flatMap(({ topic }) => topic ?? []);
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const parser = packetParser({ protocolVersion: 4 });
  let atNs = 0n;
  socket.on('data', (bytes) => {
    atNs = process.hrtime.bigint();
    parser.parse(bytes);
  });
  socket.on('connect', () =>
    socket.write(
      generate({
        cmd: 'connect',
        protocolId: 'MQTT',
        protocolVersion: 4,
        clientId: 'gauge',
        keepalive: 0,
        clean: true,
      }),
    ),
  );
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    parser.on('error', reject);
    parser.on('packet', (packet) => {
      if (packet.cmd === 'connack') {
        const subscriptions = topics.map((topic) => ({ topic, qos: 0 as const }));
        socket.write(generate({ cmd: 'subscribe', messageId: 1, subscriptions }));
      } else if (packet.cmd === 'suback') {
        resolve(socket);
      } else if (packet.cmd === 'publish') {
        arrived(packet.topic, atNs);
      }
    });
  });
}

function arrived(topic: string, atNs: bigint): void {
  for (const [id, lane] of lanes) {
    if (lane.topic !== topic || lane.eventFromNs === undefined) continue;
    report({ type: 'event', lane: id, us: Number(atNs - lane.eventFromNs) / 1000 });
    lane.eventFromNs = undefined;
  }
}

function shoot(id: string, text: string): void {
  const lane = lanes.get(id);
  if (lane === undefined) throw new Error(`There is no lane ${id}.`);
  const bytes = Buffer.from(`${text}\r`, 'latin1');
  lane.startNs = process.hrtime.bigint();
  lane.eventFromNs = lane.startNs;
  writeSync(lane.file, bytes);
}

function close(): void {
  for (const watcher of watchers) watcher.close();
  for (const { file } of lanes.values()) closeSync(file);
  process.disconnect();
}

async function openAll({ lanes: all, brokerPort }: Extract<GaugeOrder, { do: 'open' }>): Promise<void> {
  for (const ends of all) open(ends);
  if (brokerPort !== undefined) {
    const socket = await subscribe(brokerPort);
    watchers.push({ close: () => socket.destroy() });
  }
  report({ type: 'opened' });
}

process.on('message', (order: GaugeOrder) => {
  if (order.do === 'open') {
    void openAll(order);
  } else if (order.do === 'shoot') {
    shoot(order.lane, order.text);
  } else {
    close();
  }
});
