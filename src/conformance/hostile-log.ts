import { hash, randomBytes, randomUUID } from 'node:crypto';
import { canonicalJson } from '../core/encoding/canonical-json.ts';
import { eventGroup, ROW_SALT_BYTES, sealEvent } from '../core/events/envelope.ts';
import type { EventDraft } from '../core/events/event.ts';
import { readRow } from '../core/events/stored-row.ts';

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

export type Data = Readonly<Record<string, unknown>>;
interface RowChange {
  readonly data?: Data;
  /** Members of the envelope; `undefined` takes one away. */
  readonly members?: Data;
  readonly timeMs?: number;
  readonly quality?: EventDraft['timeQuality'];
  readonly subject?: string;
}

/** The log of a gate that is played, in memory. It may be written as no gate would. */
export class HostileLog {
  readonly site: string;
  readonly id: string;
  epoch: string = randomUUID();
  bootId: string = randomUUID();
  /** The number before that of the next row. */
  last = 0;
  readonly #rows = new Map<string, SentRow[]>();
  #prevHash = NO_HASH;

  constructor(site: string, id: string) {
    this.site = site;
    this.id = id;
  }

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

  /** The rows of an epoch, in the order in which they were written. */
  rowsOf(epoch: string): readonly SentRow[] {
    return this.#rows.get(epoch) ?? [];
  }

  row(sequence: number, epoch = this.epoch): SentRow | undefined {
    return this.rowsOf(epoch).find((row) => row.sequence === sequence);
  }

  #keep(group: string, body: Buffer): SentRow {
    const sound = readRow(body)?.hash ?? hash('sha256', Buffer.concat([Buffer.of(0), body]), 'hex');
    const row = { epoch: this.epoch, sequence: this.last, below: `evt/${group}`, body, hash: sound };
    this.#prevHash = sound;
    this.#rows.set(this.epoch, [...this.rowsOf(this.epoch), row]);
    return row;
  }
}
