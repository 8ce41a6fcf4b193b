import { isGatepostError } from '../../core/errors.ts';
import type { DecisionView } from '../../ports/boards.ts';
import type { Clock } from '../../ports/clock.ts';
import type { RelayOutput } from '../../ports/door-devices.ts';
import type { DoorView } from '../../ports/gate-state.ts';
import type { GuardFeed, GuardTopics } from '../../ports/guard-feed.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { Logger } from '../../ports/logger.ts';

export interface Signals {
  readonly lamp?: RelayOutput;
  readonly buzzer?: RelayOutput;
}

/** Milliseconds. A decision that is older was read from the log at a start. */
const FRESH_MS = 2_000;
const GRANTED_MS = { lamp: 2_000, buzzer: 150 } as const;
const DENIED_MS = 800;

/**
 * Lamp and buzzer of each door: what the guard's screen is told, for people without a screen. They come after the
 * gate has moved, and one that does not work is written down once and stops nobody.
 */
export class DoorSignals implements GuardFeed, Lifecycle {
  readonly #feed: GuardFeed;
  readonly #clock: Clock;
  readonly #logger: Logger;
  /** By door. */
  readonly #signals: ReadonlyMap<string, Signals>;
  /** Door of an access point. */
  readonly #doorOf: (accessPoint: string) => string | undefined;
  readonly #alarms = new Set<string>();
  readonly #failed = new Set<RelayOutput>();
  /** Passage and decision: a refusal that is overruled is told twice. */
  #lastLine: string | undefined;
  #running = false;

  constructor(options: {
    feed: GuardFeed;
    clock: Clock;
    logger: Logger;
    signals: ReadonlyMap<string, Signals>;
    doorOf: (accessPoint: string) => string | undefined;
  }) {
    this.#feed = options.feed;
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#signals = options.signals;
    this.#doorOf = options.doorOf;
  }

  async start(signal: AbortSignal): Promise<void> {
    this.#running = true;
    for (const output of this.#outputs()) await this.#try(output, () => output.start(signal));
  }

  async stop(): Promise<void> {
    this.#running = false;
    for (const output of this.#outputs()) await this.#try(output, () => output.stop());
  }

  publish<T extends keyof GuardTopics & string>(topic: T, value: GuardTopics[T]): void {
    this.#feed.publish(topic, value);
    if (!this.#running || this.#signals.size === 0) return;
    if (topic === 'decisions') this.#onDecision((value as GuardTopics['decisions'])[0]);
    else if (topic.startsWith('door/')) this.#onDoor(value as DoorView);
  }

  #onDecision(line: DecisionView | undefined): void {
    const key = `${line?.passage} ${line?.decision}`;
    if (line === undefined || key === this.#lastLine) return;
    this.#lastLine = key;
    if (this.#clock.read().wallMs - line.timeMs > FRESH_MS) return;
    const door = this.#doorOf(line.accessPoint);
    if (door === undefined || this.#alarms.has(door)) return;
    const { lamp, buzzer } = this.#signals.get(door) ?? {};
    if (line.decision === 'Granted') {
      this.#later(lamp, (output) => output.pulse(GRANTED_MS.lamp));
      this.#later(buzzer, (output) => output.pulse(GRANTED_MS.buzzer));
    } else this.#later(buzzer, (output) => output.pulse(DENIED_MS));
  }

  #onDoor({ door, alarm }: DoorView): void {
    const isAlarm = alarm !== 'Normal';
    if (isAlarm === this.#alarms.has(door)) return;
    if (isAlarm) this.#alarms.add(door);
    else this.#alarms.delete(door);
    const { lamp, buzzer } = this.#signals.get(door) ?? {};
    for (const output of [lamp, buzzer]) this.#later(output, (one) => (isAlarm ? one.hold() : one.rest()));
  }

  /** After whatever is under way: an output may take some milliseconds. */
  #later(output: RelayOutput | undefined, move: (output: RelayOutput) => void): void {
    if (output === undefined) return;
    this.#clock.schedule(0, () => {
      if (this.#running) void this.#try(output, async () => move(output));
    });
  }

  async #try(output: RelayOutput, work: () => Promise<void>): Promise<void> {
    try {
      await work();
      this.#failed.delete(output);
    } catch (error) {
      if (!isGatepostError(error)) throw error;
      if (this.#failed.has(output)) return;
      this.#failed.add(output);
      this.#logger.warn({ code: error.code, driver: output.driver }, `Lamp or buzzer: ${error.message}`);
    }
  }

  *#outputs(): Generator<RelayOutput> {
    for (const { lamp, buzzer } of this.#signals.values()) {
      if (lamp !== undefined) yield lamp;
      if (buzzer !== undefined) yield buzzer;
    }
  }
}
