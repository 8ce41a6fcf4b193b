import type { IClientPublishOptions, IPublishPacket, MqttClient } from 'mqtt';
import type { ListedKey } from '../core/bundle/trust-content.ts';
import type { Signer } from '../core/pass/issue-pass.ts';
import { keyIdOf } from '../core/pass/read-pass.ts';
import { originOf, signCheckpoint } from '../core/proof/checkpoint.ts';
import { CompactRange } from '../core/proof/merkle-tree.ts';
import { type Data, HostileLog, type SentRow } from './hostile-log.ts';
import { type ReceivedReceipt, type ReplayRequest, readReceipt, readReplay } from './server-messages.ts';

interface HostileGateDeps {
  readonly client: MqttClient;
  /** Signs checkpoints. */
  readonly signer: Signer;
  /** Keys that may order a replay; empty: any. */
  readonly keys: readonly ListedKey[];
}

/** A gate that is played: its log in memory, its messages, and what servers send to it. Nothing of it is a real gate. */
export class HostileGate extends HostileLog {
  /** What it does with a command for `replay`; by default it sends all it has, and answers. */
  onReplay: (request: ReplayRequest, gate: HostileGate) => Promise<void> = (request) => this.serve(request);
  readonly requests: ReplayRequest[] = [];
  readonly receipts: ReceivedReceipt[] = [];
  readonly #deps: HostileGateDeps;
  readonly #listeners = new Set<() => void>();
  #counter = 0;
  #conn: Data = {};

  constructor(site: string, id: string, deps: HostileGateDeps) {
    super(site, id);
    this.#deps = deps;
  }

  get root(): string {
    return `gates/v1/${this.site}/${this.id}`;
  }

  /** Begins to read what servers send. */
  async listen(): Promise<void> {
    const { client } = this.#deps;
    client.on('message', (topic, payload, packet) => this.#receive(topic, payload, packet));
    await client.subscribeAsync([`${this.root}/cmd/+`, `${this.root}/ack/+`], { qos: 1, rap: true });
  }

  /** Calls `changed` after each command and receipt. @returns ends that */
  follow(changed: () => void): () => void {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  }

  // What it tells

  /** Publishes below its root and waits until the broker has it. */
  async say(below: string, payload: Buffer | string, options: IClientPublishOptions = {}): Promise<void> {
    await this.#deps.client.publishAsync(`${this.root}/${below}`, payload, { qos: 1, ...options });
  }

  async send(rows: readonly SentRow[], historical = false): Promise<void> {
    const properties = historical ? { userProperties: { historical: 'true' } } : {};
    for (const { below, body } of rows) await this.say(below, body, { properties });
  }

  /** `state/conn`, retained. */
  async tell(state: string, more: Data = {}): Promise<void> {
    const mine = {
      state,
      epoch: this.epoch,
      firstSeq: 1,
      lastSeq: this.last,
      software: 'gatepost conformance',
    };
    this.#conn = { ...mine, devices: {}, since: new Date().toISOString(), ...more };
    await this.#tellConn();
  }

  async #tellConn(): Promise<void> {
    const commands = this.#counter === 0 ? {} : { commands: this.#counters() };
    await this.say('state/conn', JSON.stringify({ ...this.#conn, ...commands }), { retain: true });
  }

  /** A counter that another server of the same key has used up. */
  useCounter(counter: number): void {
    this.#counter = counter;
  }

  /** The note of a checkpoint over the first `size` rows of the epoch, or of whatever is said instead. */
  note({
    size,
    root,
    signer,
    origin,
  }: {
    size: number;
    root?: Uint8Array;
    signer?: Signer;
    origin?: string;
  }): string {
    const tree = new CompactRange();
    for (const { hash: leaf } of this.rowsOf(this.epoch).slice(0, size))
      tree.append(Buffer.from(leaf, 'hex'));
    const own = originOf({ site: this.site, gate: this.id, epoch: this.epoch });
    return signCheckpoint(
      { origin: origin ?? own, size, root: root ?? tree.root() },
      signer ?? this.#deps.signer,
    );
  }

  /** `checkpoint`, retained. */
  async tellCheckpoint(note: string, size: number): Promise<void> {
    const value = { epoch: this.epoch, size, note, sequence: this.last, time: new Date().toISOString() };
    await this.say('checkpoint', JSON.stringify(value), { retain: true });
  }

  // What servers send

  /** Sends what was asked for again, as far as it is there, and answers. */
  async serve(
    request: ReplayRequest,
    { purged = [], altered = [] }: { purged?: Span[]; altered?: Span[] } = {},
  ): Promise<void> {
    const { wanted } = request;
    if (wanted === undefined) return;
    const gone = [...purged, ...altered];
    const rows = this.rowsOf(wanted.epoch).filter(
      ({ sequence }) =>
        sequence >= wanted.from &&
        sequence <= wanted.to &&
        !gone.some(({ first, last }) => sequence >= first && sequence <= last),
    );
    await this.send(rows, true);
    const replay = { ...wanted, upTo: wanted.to, sent: rows.length, purged, altered };
    await this.answer(request, { result: 'done', replay });
  }

  async answer(request: ReplayRequest, said: Data, correlation = request.correlation): Promise<void> {
    if (request.responseTopic?.startsWith(`${this.root}/rsp/`) !== true) return;
    const properties = correlation === undefined ? {} : { correlationData: correlation };
    const value = { verb: 'replay', counter: request.counter, ...said };
    await this.say(request.responseTopic.slice(this.root.length + 1), JSON.stringify(value), { properties });
  }

  #counters(): Data {
    return Object.fromEntries(this.#deps.keys.map(({ publicKey }) => [keyIdOf(publicKey), this.#counter]));
  }

  #receive(topic: string, payload: Buffer, packet: IPublishPacket): void {
    const [kind, word = ''] = topic.slice(this.root.length + 1).split('/');
    if (kind === 'ack') this.receipts.push(readReceipt(word, payload, packet));
    if (kind === 'cmd' && word === 'replay') {
      const { keys } = this.#deps;
      const addressed = { site: this.site, gate: this.id, keys, counter: this.#counter };
      const request = readReplay(payload, packet, addressed);
      this.requests.push(request);
      // A connection that has ended meanwhile is the end of the scene.
      this.#take(request).catch(() => undefined);
    }
    for (const changed of this.#listeners) changed();
  }

  async #take(request: ReplayRequest): Promise<void> {
    if (request.refusal === undefined && this.#deps.keys.length > 0) {
      this.#counter = request.counter;
      this.#conn = { ...this.#conn, state: 'ready' };
      await this.#tellConn();
    }
    await this.onReplay(request, this);
  }
}

interface Span {
  readonly first: number;
  readonly last: number;
}
