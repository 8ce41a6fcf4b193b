import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../../src/ports/clock.ts';
import { openPtyPair, type PtyPair } from '../support/devices/pty-pair.ts';
import type { LaneDevices } from './daemon.ts';
import type { LaneEnds } from './gauge.child.ts';
import { ThermometerLane } from './thermometer-lane.ts';

/** A passage ends a moment after its pulse, later where the machine is busy; a pass shown before is refused. */
const AFTER_REST_MS = 100;

const FOREHEAD_C = 36.5;

/** One way in: a scanner's line, a level file, and a thermometer's line where it is asked for. */
export class Lane {
  readonly #scanner: PtyPair;
  readonly #thermometer: PtyPair | undefined;
  readonly #levelFile: string;
  readonly #id: string;
  #person: ThermometerLane | undefined;
  #ready: Promise<void> = Promise.resolve();
  #rested: () => void = () => undefined;

  private constructor(id: string, levelFile: string, scanner: PtyPair, thermometer: PtyPair | undefined) {
    this.#id = id;
    this.#levelFile = levelFile;
    this.#scanner = scanner;
    this.#thermometer = thermometer;
  }

  static async open(id: string, folder: string, screened: boolean): Promise<Lane> {
    const levelFile = join(folder, `${id}.level`);
    mkdirSync(dirname(levelFile), { recursive: true });
    writeFileSync(levelFile, '0\n');
    return new Lane(id, levelFile, await openPtyPair(), screened ? await openPtyPair() : undefined);
  }

  /** What the kiosk is configured with. */
  get devices(): LaneDevices {
    return {
      scanner: this.#scanner.kioskPath,
      levelFile: this.#levelFile,
      ...(this.#thermometer === undefined ? {} : { thermometer: this.#thermometer.kioskPath }),
    };
  }

  /** What the measuring process works on. */
  get ends(): LaneEnds & { readonly onRested: () => void } {
    return {
      id: this.#id,
      scanner: this.#scanner.devicePath,
      levelFile: this.#levelFile,
      onRested: () => this.#rested(),
    };
  }

  get id(): string {
    return this.#id;
  }

  /** Puts somebody, or the empty room, in front of the thermometer. To be called when the kiosk listens. */
  async begin(clock: Clock, objectC = FOREHEAD_C): Promise<void> {
    if (this.#thermometer === undefined) return;
    const never = new AbortController().signal;
    this.#person = await ThermometerLane.open({
      path: this.#thermometer.devicePath,
      clock,
      objectC,
      signal: never,
    });
    this.#ready = this.#person.newReading();
  }

  /** Resolves when the lane is at rest and, where it is screened, a reading is there that nobody has used. */
  ready(): Promise<void> {
    return this.#ready;
  }

  /** To be called before a pass is shown: ready() then waits for the end of this passage. */
  occupy(): void {
    this.#ready = new Promise<void>((resolve) => {
      this.#rested = resolve;
    }).then(() => this.#person?.newReading() ?? pause(AFTER_REST_MS));
  }

  async close(): Promise<void> {
    await this.#person?.close();
    await this.#thermometer?.dispose();
    await this.#scanner.dispose();
  }
}
