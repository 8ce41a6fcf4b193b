import { onTestFinished } from 'vitest';
import type { Direction } from '../../../src/core/access/vocabulary.ts';
import type { PassClaims } from '../../../src/core/pass/pass.ts';
import type { Policy } from '../../../src/core/policy/policy.ts';
import { VirtualClock } from '../clock/virtual-clock.ts';
import { temporaryFolder } from '../store/store-folder.ts';
import { RuleGate, type RuleGateOptions } from './rule-gate.ts';

const SECOND_MS = 1_000;
const DAY_S = 86_400;
/** From the first byte of a code to the screen. */
const SHOWING_MS = 200;
/** Long enough for the frames of a measurement. */
const MEASURING_MS = 2 * SECOND_MS;
/** After this time nobody stands at the gate and a refusal is no longer on the screen. */
const STEPPING_AWAY_MS = 15 * SECOND_MS;

/** A scene of a story: a gate, a guard, people, and the clock of the site. */
export class Scene {
  readonly gate: RuleGate;
  readonly folder: string;
  #passes = 0;

  /** @param when site time, `2020-02-24 04:00` */
  static async opens(when: string, rules: Policy, options?: RuleGateOptions): Promise<Scene> {
    const folder = temporaryFolder();
    const gate = await RuleGate.start(folder, new VirtualClock(siteMs(when) - SECOND_MS), rules, options);
    onTestFinished(() => gate.stop());
    return new Scene(gate, folder);
  }

  private constructor(gate: RuleGate, folder: string) {
    this.gate = gate;
    this.folder = folder;
  }

  /** Lets time pass until the clock of the site shows `when`. */
  async at(when: string): Promise<void> {
    const waitMs = siteMs(when) - this.gate.clock.read().wallMs;
    if (waitMs < 0) throw new Error(`${when} is over`);
    await this.gate.pass(waitMs);
  }

  async later(seconds: number): Promise<void> {
    await this.gate.pass(seconds * SECOND_MS);
  }

  /** A person with a new pass of the office, valid for half a year. */
  person(card: Partial<PassClaims> = {}): Person {
    const issuedAt = Math.floor(this.gate.clock.read().wallMs / 1000);
    this.#passes += 1;
    const passId = `ca4d${String(this.#passes).padStart(12, '0')}`;
    return new Person(this, { passId, issuedAt, expiresAt: issuedAt + 180 * DAY_S, ...card });
  }

  /** What the screen of the way in or out shows: `Granted`, what to do, or of a refusal the reason that guards are told. */
  says(direction: Direction = 'in'): string {
    const accessPoint = `main-${direction}`;
    const view = this.gate.prompts.at(accessPoint);
    if (view?.feedback === 'AccessGranted') return 'Granted';
    if (view?.feedback !== 'AccessDenied') return view?.feedback ?? 'nothing';
    const guard = this.gate.state.passages.values.find((passage) => passage.accessPoint === accessPoint);
    return guard?.reasons[0] ?? 'nothing';
  }

  /** A person with this forehead comes to the sensor and steps back. */
  async forehead(objectC: number, { room }: { room: number }): Promise<void> {
    this.gate.sensors.forehead.setTemperatures({ objectC, ambientC: room });
    await this.gate.pass(MEASURING_MS);
    this.gate.sensors.forehead.setTemperatures({ objectC: room, ambientC: room });
    await this.gate.pass(SHOWING_MS);
  }

  /** The guard on duty, with a reason. */
  guard(note: string): { readonly operator: string; readonly note: string } {
    return { operator: 'chen', note };
  }
}

/** A person with a pass. */
export class Person {
  readonly card: Partial<PassClaims>;
  readonly #scene: Scene;

  constructor(scene: Scene, card: Partial<PassClaims>) {
    this.#scene = scene;
    this.card = card;
  }

  /** Shows the pass and waits. Returns what the screen shows. */
  async shows(direction: Direction, card: Partial<PassClaims> | string = this.card): Promise<string> {
    this.#scene.gate.present(direction, card);
    await this.#scene.gate.pass(SHOWING_MS);
    return this.#scene.says(direction);
  }

  /** Shows the pass on the way in and walks through if let through. */
  comesIn(): Promise<string> {
    return this.#goes('in');
  }

  goesOut(): Promise<string> {
    return this.#goes('out');
  }

  async #goes(direction: Direction): Promise<string> {
    const said = await this.shows(direction);
    if (said === 'Granted') await this.#scene.gate.walk();
    await this.#scene.gate.pass(STEPPING_AWAY_MS);
    return said;
  }
}

/** Unix milliseconds of a site time in Shanghai. */
export function siteMs(when: string): number {
  return Date.parse(`${when.replace(' ', 'T')}:00+08:00`);
}
