import { attributesOf } from '../../core/access/reasons.ts';
import { type ParsedPass, parsePass } from '../../core/pass/parse-pass.ts';
import type { PassReading } from '../../core/pass/pass.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { DeviceSupervisor } from '../devices/device-supervisor.ts';
import type { EventWriter } from '../log/event-writer.ts';

const MINUTE_MS = 60_000;
/** More codes than this without a pass, in this time, are not attempts of people. */
const LIMITS = [
  { codes: 10, withinMs: MINUTE_MS },
  { codes: 100, withinMs: 60 * MINUTE_MS },
] as const;
const MOST_REMEMBERED = 100;
/** While it goes on, one row in so many minutes says how many there were. */
const ROW_EVERY_MINUTES = 10;
const CAUSE = 'scanner_noise';
/** Codes that were only counted because too many were unreadable before them. */
const LOCK_OUT = 'lock_out';
const DETAIL =
  "The scanner sends one thing after another that is no pass. Clean its window, check its cable and, on a serial line, that baudRate is the scanner's; passes in between are read.";

/**
 * Bounds what a scanner can write that pours out noise, for years if need be: its first pieces are answered and have a
 * row each like any code that is no pass (no row where the level holds the gate open), the further ones are counted,
 * and rows of the scanner tell the count. It is over after a quiet minute.
 */
export class ScannerNoise {
  readonly #clock: Clock;
  readonly #notes: EventWriter;
  readonly #accessPoint: string;
  readonly #scanner: DeviceSupervisor;
  /** Monotonic ms of the last codes that were answered and were no passes. */
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

  /** Somebody was answered who showed this; it counts here if it has not even the form of a pass, unlike a forged one. */
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

  /** A code was shown that gets no answer and no row; tell() says how many there were. */
  unanswered(): void {
    this.#unwritten += 1;
  }

  /** Whether the code is one more piece of noise. Then it is counted here, and nobody's attempt. */
  takes(text: string): boolean {
    if (this.#cancel === undefined || parsePass(text).status === 'parsed') return false;
    this.#lastMs = this.#nowMs();
    this.#unwritten += 1;
    return true;
  }

  /** Writes down what was counted so far. */
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
    // Whoever pulled the cable and put it back has not mended it by that.
    if (this.#scanner.status === 'ok') this.#scanner.degrade(CAUSE, DETAIL);
    this.#wait();
  }

  /** Writes down how many codes had no row since it was written last. */
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
