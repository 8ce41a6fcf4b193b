import type { Attention } from '../app/board/attention.ts';
import type { DecisionBoard } from '../app/board/decision-board.ts';
import type { StateMirror } from '../app/uplink/state-mirror.ts';
import type { LoadedConfig } from '../config/load-config.ts';
import type { TimeQuality } from '../core/access/vocabulary.ts';
import type { Cancel } from '../ports/clock.ts';
import type { Lifecycle } from '../ports/lifecycle.ts';
import type { Notifier } from '../ports/notifier.ts';
import { softwareVersion } from '../version.ts';
import type { DaemonContext } from './context.ts';

const CLOCK_EVERY_MS = 5_000;

/** Says that the gate is there: in the log, on the screens, to the servers and to the service manager. */
export class GateAnnouncer implements Lifecycle {
  readonly #deps: DaemonContext;
  readonly #loaded: LoadedConfig;
  readonly #board: DecisionBoard;
  readonly #attention: Attention;
  readonly #mirror: StateMirror;
  readonly #notifier: Notifier;
  #cancel: Cancel | undefined;
  #quality: TimeQuality | undefined;

  constructor(options: {
    parts: DaemonContext;
    loaded: LoadedConfig;
    board: DecisionBoard;
    attention: Attention;
    mirror: StateMirror;
    notifier: Notifier;
  }) {
    this.#deps = options.parts;
    this.#loaded = options.loaded;
    this.#board = options.board;
    this.#attention = options.attention;
    this.#mirror = options.mirror;
    this.#notifier = options.notifier;
  }

  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#cancel !== undefined) return;
    const { config, notes, store, feed } = this.#deps;
    const software = softwareVersion();
    notes.note({
      name: 'device.started',
      subject: config.gate.id,
      data: { software, configDigest: this.#loaded.digest, unclean: store.endedUncleanly },
    });
    this.#board.restore(store.log, store.holders);
    this.#attention.restore(store.log);
    if (config.mqtt === undefined) feed.publish('queue', { pending: 0, connected: false });
    this.#watchClock();
    this.#mirror.ready();
    await this.#notifier.ready(`${config.site.name}, ${config.gate.name}: ready`);
  }

  async stop(): Promise<void> {
    if (this.#cancel === undefined) return;
    this.#cancel();
    this.#cancel = undefined;
    const { config, notes } = this.#deps;
    notes.note({ name: 'device.stopping', subject: config.gate.id, data: { cause: 'stop' } });
    await this.#notifier.stopping();
  }

  #watchClock(): void {
    const { clock, config, notes, feed } = this.#deps;
    const { wallMs, quality } = clock.read();
    feed.publish('clock', { wallMs, quality });
    if (quality !== this.#quality) {
      const previous = this.#quality;
      this.#quality = quality;
      notes.note({
        name: 'device.clock',
        subject: config.gate.id,
        data: previous === undefined ? { quality } : { quality, previous },
      });
    }
    this.#cancel = clock.schedule(CLOCK_EVERY_MS, () => this.#watchClock());
  }
}
