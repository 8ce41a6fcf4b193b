import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Store } from '../../../src/adapters/sqlite/store.ts';
import { signPass } from '../../../src/core/pass/issue-pass.ts';
import type { PassClaims } from '../../../src/core/pass/pass.ts';
import type { MeasuringHint } from '../../../src/core/screening/guidance.ts';
import { VirtualClock } from '../../support/clock/virtual-clock.ts';
import { sampleClaims, testSigner } from '../../support/gate/pass-samples.ts';
import { policy } from '../../support/gate/policy-samples.ts';
import { RuleGate } from '../../support/gate/rule-gate.ts';
import { SilentLogger } from '../../support/silent-logger.ts';

const ROOM_C = 22;
/** Times of people are whole milliseconds, so that none of them is rounded up. */
const TICK_MS = 1;
/** The longest chain of promises between two things that happen at the gate or in a person. */
const TURNS = 12;
const FIRST_ID = 0x10_0000_0000;

/** What the screen of the lane says, and about whom. */
export interface Said {
  readonly feedback: string;
  readonly cause?: string | MeasuringHint;
  readonly passId?: string;
}

/** The gate of the product with its real store, on simulated devices and a virtual clock, and what people do to it. */
export class LaneGate {
  readonly #gate: RuleGate;
  readonly #folder: string;

  private constructor(gate: RuleGate, folder: string) {
    this.#gate = gate;
    this.#folder = folder;
  }

  /** @param screened whether foreheads are measured on the way in */
  static async open(screened: boolean): Promise<LaneGate> {
    const folder = mkdtempSync(join(tmpdir(), 'gatepost-lane-'));
    const clock = new VirtualClock();
    const store = new Store({ folder, site: 'c42', gate: 'north', clock, logger: new SilentLogger() });
    await store.start(new AbortController().signal);
    const mode = screened ? 'enforce' : 'off';
    const rules = policy({ normal: { screening: { direction: { in: mode, out: 'off' }, kinds: {} } } });
    return new LaneGate(await RuleGate.start(folder, clock, rules, { thermometer: screened, store }), folder);
  }

  async close(): Promise<void> {
    await this.#gate.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Monotonic ms. */
  get nowMs(): number {
    return this.#gate.clock.read().monotonicMs;
  }

  /** Lets the virtual time pass until `over` says so. */
  async play(over: () => boolean): Promise<void> {
    while (!over()) await this.#tick();
  }

  /** Lets some more time pass. */
  async playOn(ms: number): Promise<void> {
    const endMs = this.nowMs + ms;
    await this.play(() => this.nowMs >= endMs);
  }

  async #tick(): Promise<void> {
    this.#gate.clock.advance(TICK_MS);
    for (let turn = 0; turn < TURNS; turn++) await undefined;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => this.#gate.clock.schedule(ms, resolve));
  }

  /** Resolves when `is` holds. */
  async until(is: () => boolean): Promise<void> {
    while (!is()) await this.sleep(TICK_MS);
  }

  passIdOf(person: number): string {
    return (FIRST_ID + person).toString(16).padStart(16, '0');
  }

  /** The text of the person's code. */
  passOf(person: number, change: Partial<PassClaims> = {}): string {
    return signPass(sampleClaims({ passId: this.passIdOf(person), ...change }), testSigner('issuer'));
  }

  scan(text: string): void {
    this.#gate.sensors.scanners.in.present(text);
  }

  /** What is before the thermometer, °C; undefined: nobody. */
  stand(objectC?: number): void {
    this.#gate.sensors.forehead.setTemperatures({ objectC: objectC ?? ROOM_C, ambientC: ROOM_C });
  }

  leaf(state: 'Open' | 'Closed'): void {
    this.#gate.contact.is(state);
  }

  guardOpens(): void {
    this.#gate.desk.give({ type: 'open', operator: 'chen', note: 'card is damaged', accessPoint: 'main-in' });
  }

  get said(): Said {
    const [told] = this.#gate.state.passages.values.filter(({ accessPoint }) => accessPoint === 'main-in');
    return told ?? { feedback: 'Idle' };
  }

  get taken(): number {
    return this.#gate.data('access.taken').filter(({ accessPoint }) => accessPoint === 'main-in').length;
  }
}
