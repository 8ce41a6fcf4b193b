import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it, onTestFinished } from 'vitest';
import { Mosquitto } from '../../support/broker/mosquitto.ts';
import { MqttSubscriber } from '../../support/broker/mqtt-subscriber.ts';
import { TcpProxy } from '../../support/broker/tcp-proxy.ts';
import { closeGaps, firstArrivals, UplinkGate, upTo } from '../../support/broker/uplink-gate.ts';
import { needs } from '../../support/needs.ts';

const NEVER = new AbortController().signal;
const EVENTS = 'gates/v1/willow-court/north/evt/#';
const ALL_ALLOWED = 'topic readwrite gates/#\n';
const DAY_MS = 86_400_000;

interface Given {
  readonly gate: UplinkGate;
  readonly mosquitto: Mosquitto;
  readonly proxy: TcpProxy;
}

/** A broker, or the way to it, that misbehaves. */
interface Misbehaviour {
  readonly name: string;
  /** Lines of mosquitto.conf. */
  readonly lines?: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  /** How much faster the gate's waits are. */
  readonly times?: number;
  readonly bytesPerSecond?: number;
  /** Passages before and after it. */
  readonly passages?: number;
  /** Milliseconds between the passages and now. */
  readonly agoMs?: number;
  /** Runs after the first passages, before the others. */
  readonly happens: (given: Given) => Promise<void>;
}

const MISBEHAVIOURS: readonly Misbehaviour[] = [
  ...[['persistence true', 'persistence_location %folder%/'], []].map(
    (lines): Misbehaviour => ({
      name: `is killed, ${lines.length > 0 ? 'with' : 'without'} persistence`,
      lines,
      happens: async ({ gate, mosquitto }) => {
        gate.admit(20);
        await mosquitto.kill();
        await gate.is('missing');
        gate.admit(20);
        await mosquitto.resume();
      },
    }),
  ),
  {
    name: 'leaves the connection half open',
    happens: async ({ gate, proxy }) => {
      gate.admit(20);
      proxy.freeze();
      const before = proxy.connections;
      gate.admit(20);
      await gate.states.until(() => proxy.connections > before);
    },
  },
  {
    name: 'is silent',
    happens: async ({ gate, mosquitto }) => {
      mosquitto.signal('SIGSTOP');
      gate.admit(20);
      await gate.states.until((all) => all.at(-1)?.status !== 'ok');
      mosquitto.signal('SIGCONT');
    },
  },
  {
    name: 'refuses events until its access list is mended',
    lines: ['acl_file %folder%/acl'],
    files: { acl: ALL_ALLOWED },
    times: 60,
    happens: async ({ gate, mosquitto }) => {
      writeFileSync(join(mosquitto.folder, 'acl'), 'topic read gates/#\n');
      mosquitto.signal('SIGHUP');
      // Until the broker has read the list an event may still be taken, which need not change the state.
      await expect
        .poll(() => {
          gate.admit(1);
          return gate.states.items.at(-1)?.error?.code;
        })
        .toBe('broker.refused');
      writeFileSync(join(mosquitto.folder, 'acl'), ALL_ALLOWED);
      mosquitto.signal('SIGHUP');
    },
  },
  {
    name: 'has a Receive Maximum of 1',
    lines: ['max_inflight_messages 1'],
    happens: async ({ proxy }) => proxy.cut(),
  },
  {
    name: 'takes packets of 1 kB at most, until that is mended',
    lines: ['max_packet_size 1024'],
    times: 60,
    happens: async ({ gate, mosquitto }) => {
      await gate.states.until((all) => all.at(-1)?.error?.code === 'broker.refused');
      const file = join(mosquitto.folder, 'mosquitto.conf');
      await mosquitto.suspend();
      writeFileSync(file, readFileSync(file, 'utf8').replace('max_packet_size 1024', 'max_packet_size 8192'));
      await mosquitto.resume();
    },
  },
  {
    name: 'was away for a day',
    passages: 150,
    agoMs: DAY_MS,
    happens: async ({ gate, mosquitto }) => {
      await mosquitto.suspend();
      await gate.is('missing');
      gate.admit(150, DAY_MS / 2);
      await mosquitto.resume();
    },
  },
  {
    name: 'is behind a line of 1 kB/s',
    times: 1,
    bytesPerSecond: 1024,
    passages: 3,
    happens: async () => undefined,
  },
];

needs('mosquitto')('every passage arrives, once and in order, although the broker', () => {
  let mosquitto: Mosquitto;
  afterEach(() => mosquitto.stop());

  it.each(MISBEHAVIOURS)('$name', async ({ lines = [], files = {}, times = 20, ...given }) => {
    const { passages = 40, bytesPerSecond, agoMs = 0, happens } = given;
    mosquitto = await Mosquitto.start({ lines: [...lines, 'max_queued_messages 0'], files });
    const proxy = await TcpProxy.start(mosquitto.port, bytesPerSecond);
    onTestFinished(() => proxy.stop());
    const server = await MqttSubscriber.start({
      url: mosquitto.url,
      topics: [EVENTS],
      persistentId: 'server',
    });
    onTestFinished(() => server.stop());
    const gate = await UplinkGate.open([{ url: `mqtt://127.0.0.1:${proxy.port}` }], times);
    await gate.pump.start(NEVER);
    await gate.is('ok');
    gate.admit(passages, agoMs);
    await happens({ gate, mosquitto, proxy });
    gate.admit(passages);
    await gate.isDrained();
    const lost = await closeGaps(gate, server);
    const arrived = [...firstArrivals(server.messages).keys()];
    expect([...arrived].sort((one, other) => one - other)).toEqual(upTo(gate.last));
    const live = arrived.filter((sequence) => !lost.includes(sequence));
    expect(live).toEqual([...live].sort((one, other) => one - other));
    for (const message of firstArrivals(server.messages).values()) {
      const ageMs = Date.now() - Date.parse(JSON.parse(message.payload.toString('utf8')).time);
      if (ageMs > 2 * 60_000) expect(message.historical).toBe(true);
    }
  });
});
