import type { Document, ErrorCode, Node } from 'yaml';
import { isAlias, isCollection, isMap, isScalar, isSeq, LineCounter, parseDocument, visit } from 'yaml';
import { GatepostError, messageOf } from '../core/errors.ts';

interface Place {
  /** Both count from 1. */
  readonly line: number;
  readonly column: number;
}

export interface Mistake extends Place {
  /** What is wrong and what is allowed. */
  readonly message: string;
}

export type ConfigPath = readonly PropertyKey[];

/** A YAML text with the place of every value. */
export class YamlSource {
  readonly mistakes: readonly Mistake[];
  readonly #document: Document;
  readonly #lines: LineCounter;

  private constructor(document: Document, lines: LineCounter) {
    this.#document = document;
    this.#lines = lines;
    this.mistakes = this.#findMistakes();
  }

  /**
   * Plain YAML 1.2 core: one document, unique keys that are words, no anchors (they would let a small file grow
   * without bound, and a config reads better without).
   * @throws GatepostError `config.invalid` for text that the parser gives up on
   */
  static parse(text: string): YamlSource {
    const lineCounter = new LineCounter();
    try {
      const document = parseDocument(text, {
        lineCounter,
        version: '1.2',
        schema: 'core',
        uniqueKeys: true,
        resolveKnownTags: false,
        prettyErrors: false,
      });
      return new YamlSource(document, lineCounter);
    } catch (error) {
      throw new GatepostError('config.invalid', `cannot be read as YAML: ${messageOf(error)}`, {
        cause: error,
      });
    }
  }

  /** The plain data. Call it only if there are no mistakes. */
  toData(): unknown {
    return this.#document.toJS({ maxAliasCount: 0 });
  }

  /** Place of the value at `path` (of a list or section: its key); for a missing one, its parent. */
  placeOf(path: ConfigPath): Place {
    return this.#placeAt(this.#walk(path, 'value'));
  }

  /** Place of the last key of `path`. */
  placeOfKey(path: ConfigPath): Place {
    return this.#placeAt(this.#walk(path, 'key'));
  }

  #walk(path: ConfigPath, wanted: 'key' | 'value'): number {
    let node: unknown = this.#document.contents;
    let offset = 0;
    for (const [index, segment] of path.entries()) {
      let key: unknown;
      if (isMap(node)) {
        const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(segment));
        if (pair === undefined) return offset;
        key = pair.key;
        node = pair.value;
      } else if (isSeq(node)) {
        node = node.items[Number(segment)];
      } else {
        return offset;
      }
      const keyWanted =
        key !== undefined && (isCollection(node) || (wanted === 'key' && index === path.length - 1));
      offset = startOf(keyWanted ? key : node) ?? startOf(key) ?? offset;
    }
    return offset;
  }

  #placeAt(offset: number): Place {
    const { line, col } = this.#lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  }

  #findMistakes(): Mistake[] {
    const { errors, warnings } = this.#document;
    const mistakes = [...errors, ...warnings].map(({ pos, code, message }) => ({
      ...this.#placeAt(pos[0]),
      message: PLAIN_WORDS[code] ?? message.replaceAll('\n', ' '),
    }));
    visit(this.#document, {
      Alias: (_, alias) => {
        mistakes.push({
          ...this.#placeAt(startOf(alias) ?? 0),
          message: 'anchors and aliases (& and *) are not supported; write the value out',
        });
      },
      Pair: (_, { key }) => {
        if (isScalar(key) && key.value !== '__proto__') return;
        if (isAlias(key)) return;
        mistakes.push({ ...this.#placeAt(startOf(key) ?? 0), message: 'a key must be a plain word' });
      },
    });
    return mistakes;
  }
}

/** Replacements for parser messages that are written for programmers. */
const PLAIN_WORDS: Partial<Record<ErrorCode, string>> = {
  DUPLICATE_KEY: 'this key stood here before; every key may stand once',
  MULTIPLE_DOCS: 'a second document begins here; a config is one, without ---',
};

function startOf(node: unknown): number | undefined {
  return (node as Partial<Node> | null | undefined)?.range?.[0];
}
