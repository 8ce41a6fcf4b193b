import { canonicalJson } from '../../core/encoding/canonical-json.ts';
import { divided } from '../../core/events/row-classes.ts';
import { commitmentOf } from '../../core/events/row-form.ts';

const PACKED = 0x01;
/** What is in the flags of a packed row. */
const FLAGS = { operator: 1, reading: 2, screening: 4, recorded: 8 } as const;
const [UUID_BYTES, SALT_BYTES, HASH_BYTES, TIME_BYTES, LENGTH_BYTES] = [16, 16, 32, 6, 2] as const;

/** A whole row as it stands in the columns. */
interface WholeColumns {
  readonly sequence: number;
  readonly name: string;
  readonly timeMs: number;
  readonly timeQuality: string;
  /** As it was written, or packed. */
  readonly body: Buffer;
  readonly epoch: string;
  readonly source: string;
}

/** A row in the text that the log writes. What is about a reading has a salt of its own, the last group but two. */
const WHOLE =
  /^\{"bootid":"([\da-f-]{36})",(?:"commitments":"(reading|screening)=([\da-f]{64})",)?"data":(\{.*\}),"datacontenttype":"application\/json","dataschema":"[^"]*","epoch":"([^"]*)","id":"([\da-f-]{36})","prevhash":"([\da-f]{64})","recordedtime":"([^"]*)","salts":"(access|operator)=([\w-]{22})(?: reading=([\w-]{22}))?","sequence":"\d+","source":"([^"]*)","specversion":"1\.0","subject":("(?:[^"\\]|\\.)*"),"time":"[^"]*","timequality":"[^"]*","type":"[^"]*"\}$/s;

/** Whether a body is packed; a body in its own form begins with a brace. */
export function isPacked(body: Uint8Array): boolean {
  return body[0] === PACKED;
}

/** What identifies the log that a row in its own form was written by. */
export interface RowOrigin {
  readonly epoch: string;
  readonly source: string;
}

export interface PackedRow {
  readonly body: Buffer;
  readonly origin: RowOrigin;
}

type WrittenRow = Omit<WholeColumns, 'epoch' | 'source'>;

/**
 * Stores a whole row, from which nothing is to be taken before all of it, in less than half of its bytes: what its
 * columns and the log say of it is left out, numbers are bytes, and its data and subject stay as they are, for those who
 * search in them.
 * @returns undefined for a row that would not come back byte for byte, or that has a reading
 */
export function packWhole(row: WrittenRow): PackedRow | undefined {
  const text = row.body.toString('utf8');
  const found = takeApart(text);
  if (found === undefined || found.readingSalt !== '') return undefined;
  const { gone, data, origin } = found;
  const body = packed(row.timeMs, found, gone, data);
  return body !== undefined && wholeText({ ...row, body, ...origin }) === text ? { body, origin } : undefined;
}

/**
 * The same of a row from which what is about a reading is taken at once, as reduceBody() does.
 * @returns undefined for a row that is not as the log wrote it, or that has none
 */
export function packWithoutReading(row: WrittenRow): PackedRow | undefined {
  const text = row.body.toString('utf8');
  const found = takeApart(text);
  if (found === undefined || found.readingSalt === '' || found.gone !== undefined) return undefined;
  const { readingSalt, data, origin } = found;
  const members = membersOf(data);
  if (members === undefined) return undefined;
  const { kept, row: own, reading } = divided(row.name, members);
  if (Object.keys(reading).length === 0) return undefined;
  const hex = commitmentOf(Buffer.from(readingSalt, 'base64url'), 'reading', canonicalJson(reading));
  const gone = { part: 'reading', commitment: Buffer.from(hex, 'hex') } as const;
  const body = packed(row.timeMs, found, gone, canonicalJson({ ...kept, ...own }));
  if (body === undefined) return undefined;
  const before = wholeText({ ...row, body, ...origin }, { data, readingSalt });
  return before === text ? { body, origin } : undefined;
}

/** What a row in its own form says that its columns do not. */
interface WrittenParts {
  readonly boot: string;
  readonly id: string;
  readonly prevhash: Buffer;
  readonly recordedMs: number;
  readonly rowClass: string;
  /** In base64url; the second is empty where there is nothing about a reading. */
  readonly salt: string;
  readonly readingSalt: string;
  readonly gone: GonePart | undefined;
  /** JSON. */
  readonly data: string;
  readonly subject: Buffer;
  readonly origin: RowOrigin;
}

function takeApart(text: string): WrittenParts | undefined {
  const found = WHOLE.exec(text);
  if (found === null) return undefined;
  const [, boot = '', part, gone = '', data = '', epoch = '', id = '', prevhash = '', recorded = ''] = found;
  const [rowClass = '', salt = '', readingSalt = '', source = '', subject = ''] = found.slice(9);
  return {
    ...{ boot, id, rowClass, salt, readingSalt, data },
    prevhash: Buffer.from(prevhash, 'hex'),
    recordedMs: Date.parse(recorded),
    gone:
      part === undefined
        ? undefined
        : { part: part as GonePart['part'], commitment: Buffer.from(gone, 'hex') },
    subject: Buffer.from(subject),
    origin: { epoch, source },
  };
}

/** The members of data, if they are in canonical JSON. */
function membersOf(data: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const members = JSON.parse(data);
    return canonicalJson(members) === data ? members : undefined;
  } catch {
    return undefined;
  }
}

function packed(
  timeMs: number,
  { boot, id, prevhash, recordedMs, rowClass, salt, subject }: WrittenParts,
  gone: GonePart | undefined,
  data: string,
): Buffer | undefined {
  if (!(recordedMs >= 0 && recordedMs < 2 ** 47) || subject.length > 0xffff) return undefined;
  const isAtOnce = recordedMs === timeMs;
  const flags =
    (rowClass === 'operator' ? FLAGS.operator : 0) |
    (gone === undefined ? 0 : FLAGS[gone.part]) |
    (isAtOnce ? 0 : FLAGS.recorded);
  const numbers = Buffer.alloc(TIME_BYTES + LENGTH_BYTES);
  numbers.writeUIntBE(recordedMs, 0, TIME_BYTES);
  numbers.writeUInt16BE(subject.length, TIME_BYTES);
  return Buffer.concat([
    Uint8Array.of(PACKED, flags),
    uuidBytes(boot),
    uuidBytes(id),
    Buffer.from(salt, 'base64url'),
    prevhash,
    ...(gone === undefined ? [] : [gone.commitment]),
    isAtOnce ? numbers.subarray(TIME_BYTES) : numbers,
    subject,
    Buffer.from(data),
  ]);
}

/** A part that is gone already, and the commitment to it. */
interface GonePart {
  readonly part: 'reading' | 'screening';
  readonly commitment: Buffer;
}

/** What stands in a packed row. */
interface PackedParts {
  readonly boot: Buffer;
  readonly id: Buffer;
  readonly salt: Buffer;
  readonly prevhash: Buffer;
  readonly rowClass: 'access' | 'operator';
  readonly gone: GonePart | undefined;
  /** RFC 3339. */
  readonly time: string;
  readonly recorded: string;
  /** JSON. */
  readonly subject: string;
  readonly data: string;
}

/** Takes a packed row apart. Bytes that packWhole() did not make give parts that no hash fits. */
export function readPacked({ body, timeMs }: Pick<WholeColumns, 'body' | 'timeMs'>): PackedParts {
  const flags = body[1] ?? 0;
  let at = 2;
  const take = (bytes: number): Buffer => {
    at += bytes;
    return body.subarray(at - bytes, at);
  };
  const [boot, id, salt] = [take(UUID_BYTES), take(UUID_BYTES), take(SALT_BYTES)];
  const prevhash = take(HASH_BYTES);
  const part = flags & FLAGS.reading ? 'reading' : flags & FLAGS.screening ? 'screening' : undefined;
  const gone = part && ({ part, commitment: take(HASH_BYTES) } as const);
  const time = timeText(timeMs);
  const recorded =
    flags & FLAGS.recorded ? timeText(Number.parseInt(take(TIME_BYTES).toString('hex'), 16)) : time;
  const length = Number.parseInt(take(LENGTH_BYTES).toString('hex') || '0', 16);
  const subject = take(length).toString('utf8');
  const data = body.toString('utf8', at);
  const rowClass = flags & FLAGS.operator ? 'operator' : 'access';
  return { boot, id, salt, prevhash, rowClass, gone, time, recorded, subject, data };
}

/** The row as it was written. Bytes that packWhole() did not make give a text that no hash fits. */
export function unpackWhole(row: WholeColumns): Buffer {
  return Buffer.from(wholeText(row));
}

/** @param before the row as it was before what is about a reading was taken */
function wholeText(
  row: WholeColumns,
  before?: { readonly data: string; readonly readingSalt: string },
): string {
  const { name } = row;
  const parts = readPacked(row);
  const { gone, rowClass, time, recorded, subject } = parts;
  const { data, readingSalt } = before ?? { data: parts.data, readingSalt: '' };
  const [boot, id] = [uuidText(parts.boot.toString('hex')), uuidText(parts.id.toString('hex'))];
  const reading =
    readingSalt === '' ? '' : ` reading=${Buffer.from(readingSalt, 'base64url').toString('base64url')}`;
  const salts = `${rowClass}=${parts.salt.toString('base64url')}${reading}`;
  const prevhash = parts.prevhash.toString('hex');
  const commitments =
    gone === undefined || before !== undefined
      ? ''
      : `"commitments":"${gone.part}=${gone.commitment.toString('hex')}",`;
  const sequence = String(row.sequence).padStart(16, '0');
  return `{"bootid":"${boot}",${commitments}"data":${data},"datacontenttype":"application/json","dataschema":"urn:gatepost:event:${name}:v1","epoch":"${row.epoch}","id":"${id}","prevhash":"${prevhash}","recordedtime":"${recorded}","salts":"${salts}","sequence":"${sequence}","source":"${row.source}","specversion":"1.0","subject":${subject},"time":"${time}","timequality":"${row.timeQuality}","type":"io.gatepost.${name}.v1"}`;
}

/** Id of a packed row. */
export function packedId(body: Buffer): string {
  return uuidText(body.toString('hex', 2 + UUID_BYTES, 2 + 2 * UUID_BYTES));
}

export function uuidBytes(id: string): Buffer {
  return Buffer.from(id.replaceAll('-', ''), 'hex');
}

export function uuidText(hex: string): string {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** RFC 3339; empty for a number that is no date, as in a row that somebody edited. */
export function timeText(ms: number): string {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}
