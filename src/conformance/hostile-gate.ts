import { hash, randomBytes, randomUUID } from 'node:crypto';
import type { IClientPublishOptions, IPublishPacket, MqttClient } from 'mqtt';
import type { ListedKey } from '../core/bundle/trust-content.ts';
import { judgeCommand } from '../core/command/judge-command.ts';
import { readCommand } from '../core/command/read-command.ts';
import { canonicalJson } from '../core/encoding/canonical-json.ts';
import { eventGroup, ROW_SALT_BYTES, sealEvent } from '../core/events/envelope.ts';
import type { EventDraft } from '../core/events/event.ts';
import { readRow } from '../core/events/stored-row.ts';
import type { Signer } from '../core/pass/issue-pass.ts';
import { keyIdOf } from '../core/pass/read-pass.ts';
import { originOf, signCheckpoint } from '../core/proof/checkpoint.ts';
import { CompactRange } from '../core/proof/merkle-tree.ts';

const NO_HASH = '0'.repeat(64);

/** A row of the log of a played gate, as it is published. */
export interface SentRow {
  readonly epoch: string;
  readonly sequence: number;
  /** `evt/<group>` */
  readonly below: string;
  readonly body: Buffer;
  readonly hash: string;
}

/** A range of rows, both ends included. */
export interface Wanted {
  readonly epoch: string;
  readonly from: number;
  readonly to: number;
}

/** A command for `replay` as it came. */
export interface ReplayRequest {
  /** What it asks for; undefined if it cannot be read. */
  readonly wanted: Wanted | undefined;
  /** Why a gate would refuse it; undefined: it would do it. Without the key of the server only the form is looked at. */
  readonly refusal: string | undefined;
  readonly site: string;
  readonly gate: string | undefined;
  readonly counter: number;
  readonly lifeS: number;
  readonly qos: number;
  readonly retain: boolean;
  readonly responseTopic: string | undefined;
  readonly correlation: Buffer | undefined;
  readonly atMs: number;
}

/** A receipt as it came; `upTo` and `epoch` are undefined where it is not of the form. */
interface ReceivedReceipt {
  readonly server: string;
  readonly epoch: string | undefined;
  readonly upTo: number | undefined;
  readonly qos: number;
  readonly atMs: number;
}

interface HostileGateDeps {
  readonly client: MqttClient;
  /** Signs checkpoints. */
  readonly signer: Signer;
  /** Keys that may order a replay; empty: any. */
  readonly keys: readonly ListedKey[];
}

type Data = Readonly<Record<string, unknown>>;
interface RowChange {
  readonly data?: Data;
  /** Members of the envelope; `undefined` takes one away. */
  readonly members?: Data;
  readonly timeMs?: number;
  readonly quality?: EventDraft['timeQuality'];
  readonly subject?: string;
}

/** A gate that is played: its log in memory, its messages, and what servers send to it. Nothing of it is a real gate. */
export class HostileGate {
  readonly site: string;
  readonly id: string;
  /** What it does with a command for `replay`; by default it sends all it has, and answers. */
  onReplay: (request: ReplayRequest, gate: HostileGate) => Promise<void> = (request) => this.serve(request);
  epoch: string = randomUUID();
  bootId: string = randomUUID();
  /** The number before that of the next row. */
  last = 0;
  readonly requests: ReplayRequest[] = [];
  readonly receipts: ReceivedReceipt[] = [];
  readonly #deps: HostileGateDeps;
  readonly #rows = new Map<string, SentRow[]>();
  readonly #listeners = new Set<() => void>();
  #prevHash = NO_HASH;
  #counter = 0;
  #conn: Data = {};

  constructor(site: string, id: string, deps: HostileGateDeps) {
    this.site = site;
    this.id = id;
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

  // Its log

  /** Writes a row, and returns it: `door.physical` with a state that changes, unless said otherwise. */
  write(name = 'door.physical', { data, members, timeMs, quality, subject }: RowChange = {}): SentRow {
    this.last += 1;
    const state = this.last % 2 === 0 ? 'Closed' : 'Open';
    const nowMs = Date.now();
    const draft = {
      name,
      subject: subject ?? 'main',
      data: data ?? { door: 'main', state },
      timeMs: timeMs ?? nowMs,
      timeQuality: quality ?? 'synced',
    } as EventDraft;
    const { body } = sealEvent(draft, {
      ...{ id: randomUUID(), site: this.site, gate: this.id, sequence: this.last, epoch: this.epoch },
      ...{
        bootId: this.bootId,
        recordedMs: nowMs,
        prevHash: this.#prevHash,
        salts: randomBytes(ROW_SALT_BYTES),
      },
    });
    const bytes =
      members === undefined
        ? Buffer.from(body)
        : Buffer.from(canonicalJson({ ...JSON.parse(Buffer.from(body).toString()), ...members }));
    return this.#keep(eventGroup(name), bytes);
  }

  /** Writes so many rows. */
  writeMany(count: number): readonly SentRow[] {
    return Array.from({ length: count }, () => this.write());
  }

  /** Begins a log, or the next epoch of it: everything from `last` on is new. */
  begin(data: Data = { cause: 'new log' }): SentRow {
    return this.write('log.reset', { data, subject: this.id });
  }

  /** A new epoch behind the row `last`; what was written after that is lost. */
  restore(last: number): void {
    this.rewind(last);
    this.epoch = randomUUID();
    this.bootId = randomUUID();
  }

  /** The next row follows the row `last`, whatever was written behind that. */
  rewind(last: number): void {
    this.#prevHash = this.row(last)?.hash ?? NO_HASH;
    this.last = last;
  }

  row(sequence: number, epoch = this.epoch): SentRow | undefined {
    return this.#rows.get(epoch)?.find((row) => row.sequence === sequence);
  }

  #keep(group: string, body: Buffer): SentRow {
    const sound = readRow(body)?.hash ?? hash('sha256', Buffer.concat([Buffer.of(0), body]), 'hex');
    const row = { epoch: this.epoch, sequence: this.last, below: `evt/${group}`, body, hash: sound };
    this.#prevHash = sound;
    this.#rows.set(this.epoch, [...(this.#rows.get(this.epoch) ?? []), row]);
    return row;
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
    for (const { hash: leaf } of (this.#rows.get(this.epoch) ?? []).slice(0, size))
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
    const rows = (this.#rows.get(wanted.epoch) ?? []).filter(
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
    if (kind === 'ack') this.receipts.push(receiptOf(word, payload, packet));
    if (kind === 'cmd' && word === 'replay') {
      const request = this.#read(payload, packet);
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

  #read(payload: Buffer, { qos, retain, properties }: IPublishPacket): ReplayRequest {
    const { responseTopic, correlationData: correlation } = properties ?? {};
    const how = { qos, retain, responseTopic, correlation, atMs: performance.now() };
    const reading = readCommand(payload);
    if (reading.status === 'refused') {
      const nothing = { wanted: undefined, site: '', gate: undefined, counter: 0, lifeS: 0 };
      return { ...nothing, ...how, refusal: reading.refusal };
    }
    const { head, order } = reading.read;
    const { site, gate, counter, notBefore, notAfter } = head;
    const { keys } = this.#deps;
    const clock = { wallMs: Date.now(), monotonicMs: performance.now(), quality: 'synced' } as const;
    const judged = judgeCommand(reading.read, {
      ...{ site: this.site, gate: this.id, keys, clock },
      lastCounter: () => this.#counter,
      goodFromMs: 0,
    });
    const wrongWay = retain ? 'retained' : order?.verb === 'replay' ? undefined : 'wrong_topic';
    const refused = keys.length > 0 && judged.status === 'refused' ? judged.refusal : undefined;
    const wanted = order?.verb === 'replay' ? order.arguments : undefined;
    const lifeS = notAfter - notBefore;
    return { wanted, refusal: wrongWay ?? refused, site, gate, counter, lifeS, ...how };
  }
}

export interface Span {
  readonly first: number;
  readonly last: number;
}

function receiptOf(server: string, payload: Buffer, { qos }: IPublishPacket): ReceivedReceipt {
  const how = { server, qos, atMs: performance.now() };
  try {
    const { epoch, upTo } = JSON.parse(payload.toString('utf8'));
    if (typeof epoch === 'string' && Number.isSafeInteger(upTo)) return { ...how, epoch, upTo };
  } catch {
    // It is counted as one of another form.
  }
  return { ...how, epoch: undefined, upTo: undefined };
}
