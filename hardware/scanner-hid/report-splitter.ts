import type { InputReport } from './descriptor.ts';

/** Longest time for the rest of a report; normally it is there at once, because a report is one packet on the cable. */
const REST_MS = 100;

/**
 * Cuts a byte stream into reports. hidraw delivers one report at a time, but a pipe in between may join or split
 * them. A byte that cannot begin a report is dropped, so that memory is bounded by one report. So is a report whose
 * rest does not come: hidraw passes on short reports as they are, and all later ones would be cut at the wrong
 * places.
 */
export class ReportSplitter {
  readonly #lengths: ReadonlyMap<number, number>;
  readonly #numbered: boolean;
  readonly #longest: number;
  #pending = new Uint8Array();
  #lastMs = 0;

  constructor(reports: readonly InputReport[]) {
    this.#lengths = new Map(reports.map(({ id, bytes }) => [id, bytes]));
    this.#numbered = reports.some(({ id }) => id !== 0);
    this.#longest = Math.max(0, ...this.#lengths.values());
  }

  /**
   * Whole reports, with their number if the device has numbers.
   * @param atMs monotonic milliseconds at which `bytes` arrived
   */
  push(bytes: Uint8Array, atMs: number): Uint8Array[] {
    if (atMs - this.#lastMs >= REST_MS) this.#pending = new Uint8Array();
    this.#lastMs = atMs;
    const all = new Uint8Array(this.#pending.length + bytes.length);
    all.set(this.#pending);
    all.set(bytes, this.#pending.length);
    const reports: Uint8Array[] = [];
    let at = 0;
    while (at < all.length) {
      const length = this.#lengths.get(this.#numbered ? (all[at] ?? 0) : 0);
      if (length === undefined || length === 0) {
        at += 1;
        continue;
      }
      if (at + length > all.length) break;
      reports.push(all.slice(at, at + length));
      at += length;
    }
    this.#pending = all.slice(at, at + this.#longest);
    return reports;
  }
}
