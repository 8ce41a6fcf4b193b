import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it, onTestFinished } from 'vitest';
import { MqttBroker } from '../../../src/adapters/mqtt/mqtt-broker.ts';
import type { Store } from '../../../src/adapters/sqlite/store.ts';
import { Replays } from '../../../src/app/uplink/replays.ts';
import { UplinkPump, type UplinkState } from '../../../src/app/uplink/uplink-pump.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { Mosquitto } from '../../support/broker/mosquitto.ts';
import { MqttSubscriber, type ReceivedMessage } from '../../support/broker/mqtt-subscriber.ts';
import { TcpProxy } from '../../support/broker/tcp-proxy.ts';
import { QuickClock } from '../../support/clock/quick-clock.ts';
import { accessGranted, doorOpened } from '../../support/gate/event-samples.ts';
import { Inbox } from '../../support/inbox.ts';
import { needs } from '../../support/needs.ts';
import { SilentLogger } from '../../support/silent-logger.ts';
import { openStore, temporaryFolder } from '../../support/store/store-folder.ts';

const NEVER = new AbortController().signal;
const EVENTS = 'gates/v1/willow-court/north/evt/#';
const ALL_ALLOWED = 'topic readwrite gates/#\n';
const DAY_MS = 86_400_000;

interface Given {
  readonly gate: Gate;
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

/** The uplink of a gate with its real log, and a server that closes the gaps it sees. */
class Gate {
  readonly store: Store;
  readonly pump: UplinkPump;
  readonly replays: Replays;
  readonly states = new Inbox<UplinkState>();
  readonly #clock: Clock;

  private constructor(store: Store, clock: Clock, url: string) {
    this.store = store;
    this.#clock = clock;
    const logger = new SilentLogger();
    const epochs = () => store.tree.epochs();
    this.replays = new Replays({ source: store.outbox, epochs, clock, logger, perSecond: 1000 });
    this.pump = new UplinkPump({
      site: 'willow-court',
      gate: 'north',
      software: 'gatepost 0.1.0',
      outbox: store.outbox,
      broker: new MqttBroker({ url, clientId: 'north' }),
      clock,
      random: Math.random,
      logger,
      replays: this.replays,
      onState: this.states.put,
    });
  }

  static async open(url: string, times: number): Promise<Gate> {
    const clock = new QuickClock(times);
    const gate = new Gate(await openStore(temporaryFolder(), { clock }), clock, url);
    onTestFinished(() => gate.pump.stop());
    return gate;
  }

  get last(): number {
    return this.store.outbox.position().lastSequence;
  }

  admit(passages: number, agoMs = 0): void {
    const atMs = this.#clock.read().wallMs - agoMs;
    for (let count = 0; count < passages; count++)
      this.store.log.commit({ events: [accessGranted({}, atMs), doorOpened(atMs)] });
  }

  async is(status: UplinkState['status']): Promise<void> {
    await this.states.until((all) => all.at(-1)?.status === status);
  }

  async isDrained(): Promise<void> {
    await this.states.until((all) => all.at(-1)?.status === 'ok' && all.at(-1)?.pending === 0);
  }
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
      await gate.states.until((all) => {
        gate.admit(1);
        return all.at(-1)?.error?.code === 'broker.refused';
      });
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
    const gate = await Gate.open(`mqtt://127.0.0.1:${proxy.port}`, times);
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

/** Asks for what a server lacks, as often as it takes, and returns it. */
async function closeGaps(gate: Gate, server: MqttSubscriber): Promise<number[]> {
  const { epoch } = gate.store.outbox.position();
  const asked: number[] = [];
  for (let time = 0; time < 5; time++) {
    // A last event, so that a server knows where the log ends.
    gate.admit(1);
    await server.until((messages) => firstArrivals(messages).has(gate.last));
    const gaps = upTo(gate.last).filter((sequence) => !firstArrivals(server.messages).has(sequence));
    const [from] = gaps;
    if (from === undefined) return asked;
    asked.push(...gaps);
    const to = gaps.at(-1) ?? from;
    const taken = gate.replays.request({ requester: 'server', epoch, from, to });
    if ('refused' in taken) throw new Error(taken.refused);
    expect(await taken.ended).toMatchObject({ result: 'done', upTo: to, purged: [], altered: [] });
  }
  throw new Error('The gaps do not close.');
}

const READ = new WeakMap<ReceivedMessage, number>();

/** Read once, because every arrival looks at all before it. */
function sequenceOf(message: ReceivedMessage): number {
  const known = READ.get(message) ?? Number(JSON.parse(message.payload.toString('utf8')).sequence);
  READ.set(message, known);
  return known;
}

function firstArrivals(messages: readonly ReceivedMessage[]): Map<number, ReceivedMessage> {
  const first = new Map<number, ReceivedMessage>();
  for (const message of messages) {
    const sequence = sequenceOf(message);
    if (!first.has(sequence)) first.set(sequence, message);
  }
  return first;
}

function upTo(last: number): number[] {
  return Array.from({ length: last }, (_, index) => index + 1);
}
