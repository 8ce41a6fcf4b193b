import { GENESIS_HASH } from '../../core/events/chain.ts';
import { LOG_EVENTS, type RowClass, type RowPart } from '../../core/events/row-classes.ts';
import { commitmentOf, leafHash, leafText } from '../../core/events/row-form.ts';
import { readPacked, timeText, uuidBytes, uuidText } from './packed-rows.ts';

const HASH_BYTES = 32;
const ID_BYTES = 16;
const GENESIS = Buffer.from(GENESIS_HASH, 'hex');
/** First bytes of what is packed: a commitment to a part, or the hash of the row before. */
const MARKS = { access: 0x61, operator: 0x6f, reading: 0x72, screening: 0x73, previous: 0x70 } as const;

const CLASSES = new Map<number, RowClass>([
  [MARKS.access, 'access'],
  [MARKS.operator, 'operator'],
]);
const PARTS = new Map<number, RowPart>([
  [MARKS.reading, 'reading'],
  [MARKS.screening, 'screening'],
]);
/** Text that JSON writes as it is. */
const PLAIN = /^[\w./:-]{1,128}$/;
const HOUR_MS = 3_600_000;

/** What identifies a reduced row beside its bytes, as in the columns. */
export interface ReducedColumns {
  readonly sequence: number;
  readonly name: string;
  /** A full hour. */
  readonly timeMs: number;
  readonly reduced: Buffer;
  readonly epoch: string;
  readonly source: string;
  /** Hash of the row before, if that is there. */
  readonly previousHash: Buffer | null;
}

/** The members of a reduced row that are packed. */
interface Leaf {
  readonly commitments: string;
  readonly data: object;
  readonly id: string;
  readonly prevhash: string;
}

/**
 * What is stored of a reduced row, some hundred bytes less than its text: id, commitments, and the data if there is
 * any. The hash of the row before stands in that row; it is packed only where it does not.
 */
export function packRow({ commitments, data, id, prevhash }: Leaf, previousHash: Buffer | null): Buffer {
  const parts: Uint8Array[] = [uuidBytes(id)];
  for (const commitment of commitments.split(' ')) {
    const [name = '', hex = ''] = commitment.split('=');
    parts.push(Uint8Array.of(MARKS[name as keyof typeof MARKS]), Buffer.from(hex, 'hex'));
  }
  if (prevhash !== (previousHash?.toString('hex') ?? GENESIS_HASH))
    parts.push(Uint8Array.of(MARKS.previous), Buffer.from(prevhash, 'hex'));
  const text = JSON.stringify(data);
  if (text !== '{}') parts.push(Buffer.from(text));
  return Buffer.concat(parts);
}

/**
 * The same of a packed row, without reading its JSON.
 * @returns undefined where something of its data stays: then its text has to be read
 */
export function reducePacked(
  { body, name, timeMs, timeQuality }: { body: Buffer; name: string; timeMs: number; timeQuality: string },
  previousHash: Buffer | null,
): Buffer | undefined {
  const { boot, id, salt, prevhash, rowClass, gone, time, recorded, subject, data } = readPacked({
    body,
    timeMs,
  });
  if (LOG_EVENTS.includes(name) || data.includes('"reason":')) return undefined;
  const bootId = uuidText(boot.toString('hex'));
  const text = `{"bootid":"${bootId}","data":${data},"recordedtime":"${recorded}","subject":${subject},"time":"${time}","timequality":"${timeQuality}"}`;
  const parts: Uint8Array[] = [
    id,
    Uint8Array.of(MARKS[rowClass]),
    Buffer.from(commitmentOf(salt, rowClass, text), 'hex'),
  ];
  if (gone !== undefined) parts.push(Uint8Array.of(MARKS[gone.part]), gone.commitment);
  if (!prevhash.equals(previousHash ?? GENESIS)) parts.push(Uint8Array.of(MARKS.previous), prevhash);
  return Buffer.concat(parts);
}

/**
 * Class of a reduced row of which nothing is kept but commitments, which are nearly all, if its bytes have its hash:
 * told without reading the text that is published of it.
 * @returns undefined for any other row
 */
export function plainClassOf(
  { sequence, name, timeMs, reduced, epoch, source, previousHash }: ReducedColumns,
  rowHash: Buffer,
): RowClass | undefined {
  const words = [epoch, source, `io.gatepost.${name}.v1`];
  if (timeMs % HOUR_MS !== 0 || !words.every((word) => PLAIN.test(word))) return undefined;
  const commitment = (at: number) => reduced.toString('hex', at + 1, at + 1 + HASH_BYTES);
  const rowClass = CLASSES.get(reduced[ID_BYTES] ?? 0);
  if (rowClass === undefined) return undefined;
  let commitments = `${rowClass}=${commitment(ID_BYTES)}`;
  let at = ID_BYTES + 1 + HASH_BYTES;
  const part = PARTS.get(reduced[at] ?? 0);
  if (part !== undefined) {
    commitments += ` ${part}=${commitment(at)}`;
    at += 1 + HASH_BYTES;
  }
  let prevhash = previousHash?.toString('hex') ?? GENESIS_HASH;
  if (reduced[at] === MARKS.previous) {
    prevhash = commitment(at);
    at += 1 + HASH_BYTES;
  }
  if (at !== reduced.length) return undefined;
  const [id, digits] = [uuidText(reduced.toString('hex', 0, ID_BYTES)), String(sequence).padStart(16, '0')];
  const leaf = leafText(
    { epoch, id, prevhash, sequence: digits, source, type: `io.gatepost.${name}.v1` },
    { time: timeText(timeMs), data: '{}', commitments },
  );
  return leafHash(leaf) === rowHash.toString('hex') ? rowClass : undefined;
}

/** The reduced row as it is published. Bytes that packRow() did not make give a text that no hash fits. */
export function unpackRow(row: ReducedColumns): Buffer {
  const { reduced, previousHash } = row;
  const commitments: string[] = [];
  let prevhash = previousHash?.toString('hex') ?? GENESIS_HASH;
  let at = ID_BYTES;
  for (; at + HASH_BYTES < reduced.length; at += 1 + HASH_BYTES) {
    const mark = Object.entries(MARKS).find(([, byte]) => byte === reduced[at])?.[0];
    if (mark === undefined) break;
    const hex = reduced.toString('hex', at + 1, at + 1 + HASH_BYTES);
    if (mark === 'previous') prevhash = hex;
    else commitments.push(`${mark}=${hex}`);
  }
  const identity = {
    epoch: row.epoch,
    id: uuidText(reduced.toString('hex', 0, ID_BYTES)),
    prevhash,
    sequence: String(row.sequence).padStart(16, '0'),
    source: row.source,
    type: `io.gatepost.${row.name}.v1`,
  };
  const time = timeText(row.timeMs);
  const packed = reduced.toString('utf8', at);
  // Nothing is packed where there is no data: what says so all the same was not packed here.
  const data = at >= reduced.length ? '{}' : packed.replace(/^\{\}$/, '');
  return Buffer.from(leafText(identity, { time, data, commitments: commitments.join(' ') }));
}
