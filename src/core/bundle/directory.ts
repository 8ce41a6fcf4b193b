import type { CborValue } from '../pass/canonical-cbor.ts';
import { Fields, printable, wrong } from './fields.ts';
import { keyOf, Records } from './records.ts';

const HOLDER_BYTES = 6;
/** Offset at which the texts of an entry end. */
const END_BYTES = 4;
const MOST_HOLDERS = 200_000;
const MOST_CHARACTERS = 60;
const SEPARATOR = '\n';

/** What the guard reads about a holder. */
interface DirectoryWords {
  readonly label: string;
  readonly unit: string;
}

/** The directory of holders from a signed list. It searches in the signed bytes themselves. */
export class Directory {
  readonly #index: Records;
  readonly #words: Uint8Array;

  private constructor(index: Records, words: Uint8Array) {
    this.#index = index;
    this.#words = words;
  }

  /** @throws GatepostError `bundle.refused` */
  static *read(content: CborValue): Generator<void, Directory> {
    const fields = new Fields(content, 'directory', ['index', 'words']);
    const index = yield* Records.check(fields.bytes('index'), {
      what: 'index',
      recordBytes: HOLDER_BYTES + END_BYTES,
      keyBytes: HOLDER_BYTES,
      most: MOST_HOLDERS,
    });
    const directory = new Directory(index, fields.bytes('words'));
    yield* directory.#checkWords();
    return directory;
  }

  get count(): number {
    return this.#index.count;
  }

  /** @param holderRef 12 hex characters */
  find(holderRef: string): DirectoryWords | undefined {
    const key = keyOf(holderRef, HOLDER_BYTES);
    const at = key === undefined ? -1 : this.#index.indexOf(key);
    return at < 0 ? undefined : this.#wordsAt(at);
  }

  *#checkWords(): Generator<void, void> {
    const { count } = this.#index;
    for (let index = 0; index < count; index++) {
      const sameHolder =
        index > 0 && Buffer.compare(this.#index.keyAt(index), this.#index.keyAt(index - 1)) === 0;
      if (sameHolder || this.#endOf(index) <= this.#endOf(index - 1))
        throw wrong('The index of the directory must name every holder once and in order');
      const { label, unit } = this.#wordsAt(index);
      printable(label, MOST_CHARACTERS, 'label');
      if (unit !== '') printable(unit, MOST_CHARACTERS, 'unit');
      if (index % 256 === 0) yield;
    }
    if (this.#endOf(count - 1) !== this.#words.length)
      throw wrong('The words of the directory must end with its last entry');
  }

  #endOf(index: number): number {
    return index < 0 ? 0 : this.#index.valueAt(index).getUint32(0);
  }

  #wordsAt(index: number): DirectoryWords {
    const bytes = this.#words.subarray(this.#endOf(index - 1), this.#endOf(index));
    let text: string;
    try {
      text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      throw wrong('The words of the directory must be UTF-8');
    }
    const [label = '', unit = '', ...more] = text.split(SEPARATOR);
    if (more.length > 0) throw wrong('An entry of the directory must be a label and a unit');
    return { label, unit };
  }
}

/** The content of a directory bundle. @throws GatepostError `bundle.refused` naming the invalid entry */
export function directoryContent(
  entries: ReadonlyMap<string, DirectoryWords>,
): ReadonlyMap<string, Uint8Array> {
  const sorted = [...entries]
    .map(([holderRef, words]) => [holderRef.toLowerCase(), words] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const words: Uint8Array[] = [];
  let end = 0;
  const index = sorted.map(([holderRef, { label, unit }]) => {
    const key = keyOf(holderRef, HOLDER_BYTES);
    if (key === undefined)
      throw wrong(`"${holderRef.slice(0, 40)}" must be ${2 * HOLDER_BYTES} hex characters`);
    const bytes = new TextEncoder().encode(`${label}${SEPARATOR}${unit}`);
    words.push(bytes);
    end += bytes.length;
    const record = new Uint8Array(HOLDER_BYTES + END_BYTES);
    record.set(key);
    new DataView(record.buffer).setUint32(HOLDER_BYTES, end);
    return record;
  });
  return new Map([
    ['index', new Uint8Array(Buffer.concat(index))],
    ['words', new Uint8Array(Buffer.concat(words))],
  ]);
}
