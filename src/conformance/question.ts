import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { FeedView } from '../core/feed/gate-feed.ts';

/**
 * What a server believes of a gate (config/contract/README.md#what-a-server-is-asked). Members that are absent are empty;
 * its alarms may be any words.
 */
export type Belief = Omit<FeedView, 'alarms'> & { readonly alarms: readonly string[] };

const NOTHING = {
  epoch: '',
  epochs: [],
  begin: 0,
  upTo: 0,
  last: 0,
  events: 0,
  gaps: [],
  purged: [],
  altered: [],
};
/** Between two questions about the same, in milliseconds. */
const BETWEEN_MS = 100;
const ANSWER_MS = 5_000;
/** Patience that a server can use up by answering something else each time. */
const LONGEST_PATIENCES = 10;

interface Place {
  readonly site: string;
  readonly id: string;
}

/**
 * Asks a server what it believes. It is asked again until it believes what it should, or patience is over: for so long
 * its answer has stayed the same. A slow server that gets on is thus not taken for one that is wrong.
 */
export class Question {
  readonly #url: string;
  readonly patienceMs: number;

  constructor(url: string, patienceMs: number) {
    this.#url = url.replace(/\/+$/, '');
    this.patienceMs = patienceMs;
  }

  /** Status and JSON of a path; status 0 if nothing answers. */
  async get(path: string): Promise<{ readonly status: number; readonly value: unknown }> {
    try {
      const response = await fetch(`${this.#url}${path}`, { signal: AbortSignal.timeout(ANSWER_MS) });
      const text = await response.text();
      return { status: response.status, value: text === '' ? undefined : JSON.parse(text) };
    } catch {
      return { status: 0, value: undefined };
    }
  }

  async belief({ site, id }: Place, epoch?: string): Promise<Belief | undefined> {
    const { status, value } = await this.get(
      `/gates/${site}/${id}${epoch === undefined ? '' : `?epoch=${epoch}`}`,
    );
    if (status !== 200 || typeof value !== 'object' || value === null) return undefined;
    return { ...NOTHING, aside: [], alarms: [], ...value };
  }

  /** The event as it is held; undefined if it is not. */
  async event({ site, id }: Place, epoch: string, sequence: number): Promise<unknown> {
    const { status, value } = await this.get(`/gates/${site}/${id}/events/${epoch}/${sequence}`);
    return status === 200 ? value : undefined;
  }

  /** Asks until it is so. @returns whether it was, and the last answer */
  async until<T>(
    ask: () => Promise<T>,
    met: (answer: T) => boolean,
  ): Promise<{ readonly met: boolean; readonly answer: T }> {
    const beganMs = performance.now();
    let last: { readonly answer: T; readonly sinceMs: number } | undefined;
    for (;;) {
      const answer = await ask();
      if (met(answer)) return { met: true, answer };
      const nowMs = performance.now();
      if (last === undefined || !isDeepStrictEqual(last.answer, answer)) last = { answer, sinceMs: nowMs };
      const isOver = nowMs - beganMs >= LONGEST_PATIENCES * this.patienceMs;
      if (isOver || nowMs - last.sinceMs >= this.patienceMs) return { met: false, answer };
      await pause(BETWEEN_MS);
    }
  }
}
