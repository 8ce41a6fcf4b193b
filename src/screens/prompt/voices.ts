import { getJson } from '../shared/api.ts';
import type { Sentence } from './sentences.ts';

/** Addresses of the files of the build, by path. They are named by their content, so a browser may keep them. */
const BUILT = import.meta.glob<string>('../../../config/voices/*/*.opus', {
  query: '?url',
  import: 'default',
  eager: true,
});

/**
 * The files of the sentences, in memory: a sentence then begins at once, also the one that says the gate is not connected.
 * Those of the site's own folder go before those of the build.
 */
export class Voices {
  readonly #loaded = new Map<string, Promise<string | undefined>>();
  #own: Promise<ReadonlySet<string>> | undefined;
  #isClosed = false;

  /** Loads all sentences of a language, one after the other: first the one that cannot be fetched when it is needed. */
  async load(language: string): Promise<void> {
    await this.addressOf(language, 'lost');
    for (const path of Object.keys(BUILT)) {
      const [, of, sentence] = /([\w-]+)\/([\w-]+)\.opus$/.exec(path) ?? [];
      if (of === language && !this.#isClosed) await this.addressOf(language, sentence as Sentence);
    }
  }

  /** An address of this page that plays the sentence; undefined where there is no file. */
  addressOf(language: string, sentence: Sentence): Promise<string | undefined> {
    const name = `${language}/${sentence}`;
    const known = this.#loaded.get(name);
    if (known !== undefined) return known;
    const loading = this.#fetch(name);
    this.#loaded.set(name, loading);
    // Asked for anew the next time, e.g. when the gate is connected again.
    void loading.then((address) => address ?? this.#loaded.delete(name));
    return loading;
  }

  close(): void {
    this.#isClosed = true;
    for (const loading of this.#loaded.values())
      void loading.then((address) => address && URL.revokeObjectURL(address));
    this.#loaded.clear();
  }

  async #fetch(name: string): Promise<string | undefined> {
    this.#own ??= ownVoices();
    const own = await this.#own;
    const addresses = [
      ...(own.has(name) ? [`/api/voices/${name}`] : []),
      BUILT[`../../../config/voices/${name}.opus`],
    ];
    for (const address of addresses) {
      if (address === undefined) continue;
      try {
        const response = await fetch(address);
        if (response.ok) return URL.createObjectURL(await response.blob());
      } catch {
        // Not connected: the caller is silent, and the screen says so.
      }
    }
    return undefined;
  }
}

/** What the site's own folder holds, e.g. `en/scan`. */
async function ownVoices(): Promise<ReadonlySet<string>> {
  const answer = await getJson('/api/voices');
  const isList = answer !== 'unreachable' && answer.status === 200 && Array.isArray(answer.body.own);
  return new Set(isList ? (answer.body.own as string[]) : []);
}
