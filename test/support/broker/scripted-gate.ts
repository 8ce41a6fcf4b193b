import mqtt, { type MqttClient } from 'mqtt';
import { readCommand } from '../../../src/core/command/read-command.ts';
import type { FeedLog } from './feed-log.ts';

/** What a gate does on a broker, from a log in memory: sends events, tells of itself, and sends again what it is asked for. */
export class ScriptedGate {
  readonly log: FeedLog;
  /** What it was asked for. */
  readonly asked: { readonly epoch: string; readonly from: number; readonly to: number }[] = [];
  readonly #older: readonly FeedLog[];
  readonly #client: MqttClient;

  private constructor(log: FeedLog, older: readonly FeedLog[], client: MqttClient) {
    this.log = log;
    this.#older = older;
    this.#client = client;
  }

  /** @param older epochs before that of `log` */
  static async start(url: string, log: FeedLog, older: readonly FeedLog[] = []): Promise<ScriptedGate> {
    const client = await mqtt.connectAsync(url, { protocolVersion: 5, reconnectPeriod: 100 });
    const gate = new ScriptedGate(log, older, client);
    client.on('message', (_topic, payload, { properties }) => {
      const reading = readCommand(new Uint8Array(payload));
      const order = reading.status === 'read' ? reading.read.order : undefined;
      if (order?.verb !== 'replay') return;
      const { epoch, from, to } = order.arguments;
      void gate.#replay({ epoch, from, to }, properties?.responseTopic, properties?.correlationData);
    });
    await client.subscribeAsync(`${gate.#root}/cmd/replay`, { qos: 1 });
    return gate;
  }

  get #root(): string {
    return `gates/v1/${this.log.site}/${this.log.gate}`;
  }

  async tell(state: string, changes: object = {}): Promise<void> {
    const { epoch, first, last } = this.log;
    const conn = {
      state,
      epoch,
      firstSeq: first,
      lastSeq: last,
      software: 'test',
      devices: {},
      since: new Date().toISOString(),
      ...changes,
    };
    await this.publish('state/conn', JSON.stringify(conn), true);
  }

  async send(sequences: Iterable<number>, historical = false, log = this.log): Promise<void> {
    const sends = [];
    for (const sequence of sequences) sends.push(this.sendBytes(log.body(sequence), historical));
    await Promise.all(sends);
  }

  async sendBytes(payload: Uint8Array | string, historical = false): Promise<void> {
    await this.#client.publishAsync(`${this.#root}/evt/door`, Buffer.from(payload), {
      qos: 1,
      properties: historical ? { userProperties: { historical: 'true' } } : {},
    });
  }

  async publish(topic: string, payload: string, retain: boolean): Promise<void> {
    await this.#client.publishAsync(`${this.#root}/${topic}`, payload, { qos: 1, retain });
  }

  async stop(): Promise<void> {
    await this.#client.endAsync(true);
  }

  async #replay(
    ask: { readonly epoch: string; readonly from: number; readonly to: number },
    responseTopic: string | undefined,
    correlationData: Buffer | undefined,
  ): Promise<void> {
    this.asked.push(ask);
    const log = [this.log, ...this.#older].find(({ epoch }) => epoch === ask.epoch) ?? this.log;
    const { sent, word } = log.replay(ask);
    await this.send(sent, true, log);
    if (responseTopic === undefined) return;
    await this.#client.publishAsync(responseTopic, JSON.stringify({ verb: 'replay', counter: 1, ...word }), {
      qos: 1,
      properties: { ...(correlationData && { correlationData }) },
    });
  }
}
