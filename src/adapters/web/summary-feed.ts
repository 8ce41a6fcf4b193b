import type { Cancel, Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import { TopicFeed } from './feed.ts';
import { summaryOf } from './gate-summary.ts';

/** Pages that watch this gate at one time: in all, of one session, and kept for the kiosk itself. */
const PLACES = { most: 16, perHolder: 4, forHere: 2 };
/** How often it says that it is there, in milliseconds: a page that hears nothing for longer calls the gate lost. */
const BEAT_MS = 3_000;
/** Changes are told together, in milliseconds. */
const TOGETHER_MS = 200;
/** Topics that change no summary and come ten times a second. */
const READINGS = 'thermometer/';

interface SummaryFeedDeps {
  /** The newest value of each topic of the guard's feed. */
  readonly values: ReadonlyMap<string, unknown>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** An open page keeps the session behind it in use, as the guard's own page does. @param holder its key */
  readonly onWatched: (holder: string) => void;
}

/** What a page that watches several gates is told of this one. Nothing is made of it while nobody watches. */
export class SummaryFeed {
  readonly feed: TopicFeed;
  readonly #deps: SummaryFeedDeps;
  #cancelBeat: Cancel | undefined;
  #cancelTell: Cancel | undefined;
  #told = '';
  #beats = 0;

  constructor(deps: SummaryFeedDeps) {
    this.#deps = deps;
    const { clock, logger } = deps;
    this.feed = new TopicFeed({
      ...{ name: 'gates', places: PLACES, clock, logger },
      onHeard: () => this.#onHeard(),
    });
  }

  /** A topic of the guard's feed has changed. */
  changed(topic: string): void {
    if (!this.feed.isHeard || topic.startsWith(READINGS)) return;
    this.#cancelTell ??= this.#deps.clock.schedule(TOGETHER_MS, () => this.#tell());
  }

  close(): void {
    this.feed.closeAll();
    this.#onHeard();
  }

  #onHeard(): void {
    if (!this.feed.isHeard) {
      this.#cancelBeat?.();
      this.#cancelTell?.();
      this.#cancelBeat = this.#cancelTell = undefined;
    } else if (this.#cancelBeat === undefined) {
      this.#tell();
      this.#beat();
    }
  }

  #tell(): void {
    this.#cancelTell = undefined;
    const summary = summaryOf(this.#deps.values);
    const text = JSON.stringify(summary);
    if (summary === undefined || text === this.#told) return;
    this.#told = text;
    this.feed.publish('gate', summary);
  }

  #beat(): void {
    this.#beats += 1;
    this.feed.publish('beat', this.#beats);
    for (const holder of this.feed.holders) this.#deps.onWatched(holder);
    this.#cancelBeat = this.#deps.clock.schedule(BEAT_MS, () => this.#beat());
  }
}
