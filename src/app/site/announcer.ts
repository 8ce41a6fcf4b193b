import type { GateState } from '../../ports/gate-state.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { Notifier } from '../../ports/notifier.ts';
import type { EventWriter } from '../log/event-writer.ts';

interface AnnouncerDeps {
  readonly notes: EventWriter;
  readonly state: Pick<GateState, 'phase'>;
  readonly notifier: Notifier;
  /**
   * Whether the last run of this store ended without a stop, and how often it was started; known once it is open.
   */
  readonly store: { readonly endedUncleanly: boolean; readonly starts: number };
}

interface AnnouncerSettings {
  /** Id of this kiosk, the subject of the events. */
  readonly gate: string;
  /** What the service manager shows: `Willow Court, north: ready`. */
  readonly status: string;
  readonly software: string;
  /** Digest of the config in use. */
  readonly configDigest: string;
}

/** Announces that the gate has started and that it stops: in the log, in its state, to the service manager. */
export class Announcer implements Lifecycle {
  readonly #deps: AnnouncerDeps;
  readonly #settings: AnnouncerSettings;
  #running = false;

  constructor(deps: AnnouncerDeps, settings: AnnouncerSettings) {
    this.#deps = deps;
    this.#settings = settings;
  }

  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#running) return;
    this.#running = true;
    const { notes, state, notifier, store } = this.#deps;
    const { gate, status, software, configDigest } = this.#settings;
    const data = { software, configDigest, unclean: store.endedUncleanly, starts: store.starts };
    notes.tryWrite({ name: 'device.started', subject: gate, data });
    state.phase.set({ phase: 'ready' });
    await notifier.ready(status);
  }

  async stop(): Promise<void> {
    if (!this.#running) return;
    this.#running = false;
    const { notes, notifier } = this.#deps;
    notes.tryWrite({ name: 'device.stopping', subject: this.#settings.gate, data: { cause: 'stop' } });
    await notifier.stopping();
  }
}
