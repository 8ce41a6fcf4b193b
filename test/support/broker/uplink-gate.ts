import { expect, onTestFinished } from 'vitest';
import { MqttBroker, type MqttBrokerSettings } from '../../../src/adapters/mqtt/mqtt-broker.ts';
import type { Store } from '../../../src/adapters/sqlite/store.ts';
import { Replays } from '../../../src/app/uplink/replays.ts';
import type { UplinkState } from '../../../src/app/uplink/uplink-health.ts';
import { UplinkPump } from '../../../src/app/uplink/uplink-pump.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { QuickClock } from '../clock/quick-clock.ts';
import { accessGranted, doorOpened } from '../gate/event-samples.ts';
import { Inbox } from '../inbox.ts';
import { SilentLogger } from '../silent-logger.ts';
import { openStore, temporaryFolder } from '../store/store-folder.ts';
import type { MqttSubscriber, ReceivedMessage } from './mqtt-subscriber.ts';

/** The uplink of a gate with its real log, and a server that closes the gaps it sees. */
export class UplinkGate {
  readonly store: Store;
  readonly pump: UplinkPump;
  readonly replays: Replays;
  readonly states = new Inbox<UplinkState>();
  readonly #clock: Clock;

  private constructor(store: Store, clock: Clock, brokers: readonly MqttBroker[]) {
    const [broker, second] = brokers;
    if (broker === undefined) throw new Error('A gate needs a broker.');
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
      broker,
      ...(second && { second }),
      clock,
      random: Math.random,
      logger,
      replays: this.replays,
      onState: this.states.put,
    });
  }

  /** @param times how much faster its waits are; `brokers`: one, or two */
  static async open(
    brokers: readonly Omit<MqttBrokerSettings, 'clientId'>[],
    times: number,
  ): Promise<UplinkGate> {
    const clock = new QuickClock(times);
    const store = await openStore(temporaryFolder(), { clock });
    const gate = new UplinkGate(
      store,
      clock,
      brokers.map((settings) => new MqttBroker({ ...settings, clientId: 'north' })),
    );
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

/** Asks for what a server lacks, as often as it takes, and returns it. */
export async function closeGaps(
  gate: UplinkGate,
  server: Pick<MqttSubscriber, 'messages' | 'until'>,
): Promise<number[]> {
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

export function firstArrivals(messages: readonly ReceivedMessage[]): Map<number, ReceivedMessage> {
  const first = new Map<number, ReceivedMessage>();
  for (const message of messages) {
    const sequence = sequenceOf(message);
    if (!first.has(sequence)) first.set(sequence, message);
  }
  return first;
}

export function upTo(last: number): number[] {
  return Array.from({ length: last }, (_, index) => index + 1);
}
