import { attributesOf } from '../../core/access/reasons.ts';
import type { ParsedPass } from '../../core/pass/parse-pass.ts';
import type { PassReading } from '../../core/pass/pass.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { DeviceSupervisor } from '../devices/device-supervisor.ts';
import type { EventWriter } from '../log/event-writer.ts';

const MINUTE_MS = 60_000;
/** More codes than this without a pass, in this time, are noise and not attempts of people. */
const LIMITS = [
  { codes: 10, withinMs: MINUTE_MS },
  { codes: 100, withinMs: 60 * MINUTE_MS },
] as const;
const MOST_REMEMBERED = 100;
/** During noise, one row in this many minutes tells the count. */
const ROW_EVERY_MINUTES = 10;
const CAUSE = 'scanner_noise';
/** The cause in the rows of codes that were only counted because of a lock-out. */
const LOCK_OUT = 'lock_out';
const DETAIL =
  "The scanner sends one thing after another that is no pass. Clean its window, check its cable and, on a serial line, that baudRate is the scanner's; passes in between are read.";

/**
 * Limits the rows that a scanner with continuous noise can cause. Its first pieces are answered and get a row each,
 * like any code that is not a pass (no row where the level holds the gate open). Further pieces are only counted, and
 * rows of the scanner tell the count. The noise is over after a minute without any.
 */
export class ScannerNoise {
  readonly #clock: Clock;
  readonly #notes: EventWriter;
  readonly #accessPoint: string;
  readonly #scanner: DeviceSupervisor;
  /** Monotonic ms of the last answered codes that were not passes. */
  #answered: readonly number[] = [];
  #lastMs = 0;
  #unwritten = 0;
  #minutes = 0;
  #cancel: Cancel | undefined;

  constructor(deps: {
    clock: Clock;
    notes: EventWriter;
    accessPoint: string;
    scanner: DeviceSupervisor;
  }) {
    this.#clock = deps.clock;
    this.#notes = deps.notes;
    this.#accessPoint = deps.accessPoint;
    this.#scanner = deps.scanner;
  }

  /**
   * A code was answered. It counts here if it does not have the form of a pass; a forged pass has it and does not
   * count.
   */
  answered(pass: PassReading | ParsedPass | undefined): void {
    if (pass?.status !== 'unreadable' || attributesOf(pass.reason).about !== 'form') return;
    const nowMs = this.#nowMs();
    this.#answered = [...this.#answered, nowMs].slice(-MOST_REMEMBERED);
    const reached = LIMITS.some(({ codes, withinMs }) => {
      const firstMs = this.#answered.at(-codes);
      return firstMs !== undefined && nowMs - firstMs <= withinMs;
    });
    if (!reached) return;
    this.#answered = [];
    this.#lastMs = nowMs;
    this.#minutes = 0;
    this.#scanner.degrade(CAUSE, DETAIL);
    this.#wait();
  }

  /** A code was shown that gets no answer and no row; tell() writes the count. */
  unanswered(): void {
    this.#unwritten += 1;
  }

  /** Whether the code is a further piece of noise. If so it is counted here and is not an attempt. */
  takes({ status }: ParsedPass): boolean {
    if (this.#cancel === undefined || status === 'parsed') return false;
    this.#lastMs = this.#nowMs();
    this.#unwritten += 1;
    return true;
  }

  /** Writes the count so far. */
  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#answered = [];
    this.tell();
  }

  #wait(): void {
    this.#cancel?.();
    this.#cancel = this.#clock.schedule(MINUTE_MS, () => this.#onMinute());
  }

  #onMinute(): void {
    if (this.#nowMs() - this.#lastMs >= MINUTE_MS) {
      this.stop();
      if (this.#scanner.cause === CAUSE) this.#scanner.confirm();
      return;
    }
    this.#minutes += 1;
    if (this.#minutes % ROW_EVERY_MINUTES === 0) this.tell();
    // The scanner stays degraded also if its cable was pulled and plugged in again.
    if (this.#scanner.status === 'ok') this.#scanner.degrade(CAUSE, DETAIL);
    this.#wait();
  }

  /** Writes how many codes had no row since the last call. */
  tell(): void {
    if (this.#unwritten === 0) return;
    const unreadable = this.#unwritten;
    this.#unwritten = 0;
    this.#notes.tryWrite({
      name: 'device.scanner',
      subject: this.#accessPoint,
      data:
        this.#scanner.cause === CAUSE
          ? { device: this.#scanner.id, status: 'degraded', cause: CAUSE, unreadable }
          : { device: this.#scanner.id, status: this.#scanner.status, cause: LOCK_OUT, unreadable },
    });
  }

  #nowMs(): number {
    return this.#clock.read().monotonicMs;
  }
}
