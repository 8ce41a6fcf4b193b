import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { openReadOnly } from '../../../src/adapters/sqlite/log-reader.ts';
import { CHAIN_START, verifyChain } from '../../../src/core/events/chain.ts';
import type { DeviceView } from '../../../src/ports/gate-state.ts';
import { Mosquitto } from '../broker/mosquitto.ts';
import { TcpProxy } from '../broker/tcp-proxy.ts';
import { DaemonProcess, type DaemonStart } from '../gate/daemon.ts';
import { EventWatch } from '../gate/event-watch.ts';
import { type LogRow, logRows } from '../gate/gate.ts';
import { GuardClient } from '../screens/guard-client.ts';
import { opensFile } from '../store/open-files.ts';
import { LevelWatch } from './level-watch.ts';
import { type ConfiguredPoint, replugConfig } from './replug-config.ts';
import {
  type Expected,
  expectDecisions,
  expectedOf,
  type IssuedPass,
  isDecision,
  isNear,
  isScrap,
  issue,
  type PassQuality,
} from './replug-model.ts';

export interface Comer {
  /** Shows a text to the scanner. */
  readonly present: (text: string) => void;
  /** The pass; by default a new one of the quality `pass`. */
  readonly issued?: IssuedPass;
  readonly pass?: PassQuality;
  /** Puts a forehead in front of the thermometer, or removes it. */
  readonly stand?: (foreheadC: number | undefined) => void;
  readonly foreheadC?: number;
}

interface Shown {
  /** Waits for the decision. */
  readonly decided: () => Promise<void>;
  /** Waits until a person who was let through has gone through. */
  readonly gone: () => Promise<void>;
}

interface Point extends ConfiguredPoint {
  readonly level: LevelWatch;
  readonly folder: string;
  readonly expected: Expected[];
  contactAway: boolean;
}

/**
 * A gate with any number of access points, each with its own door, and a simple model of the expected decision for each
 * person. A person who is let through walks through at once.
 */
export class ReplugGate {
  readonly folder = mkdtempSync(join(tmpdir(), 'gatepost-replug-'));
  readonly #points = new Map<string, Point>();
  readonly #broker: Mosquitto;
  readonly #events: EventWatch;
  /** The cable between the gate and its broker. */
  readonly network: TcpProxy;
  #daemon: DaemonProcess | undefined;
  #guard: GuardClient | undefined;

  private constructor(broker: Mosquitto, events: EventWatch, network: TcpProxy) {
    this.#broker = broker;
    this.#events = events;
    this.network = network;
  }

  static async set(): Promise<ReplugGate> {
    const broker = await Mosquitto.start();
    return new ReplugGate(broker, await EventWatch.start(broker.url), await TcpProxy.start(broker.port));
  }

  get guard(): GuardClient {
    if (this.#guard === undefined) throw new Error('the daemon was not started');
    return this.#guard;
  }

  addPoint(id: string, entry: ConfiguredPoint['entry'], contact = false): void {
    const folder = join(this.folder, 'doors', id);
    mkdirSync(folder, { recursive: true });
    const level = new LevelWatch(join(folder, 'level'));
    const point = { entry, contact, level, folder, expected: [], contactAway: false };
    this.#points.set(id, point);
    if (contact) void this.#walk(point);
  }

  /** Breaks the wires of a door contact, or joins them again while the door is closed. */
  setContactAway(id: string, away: boolean): void {
    const point = this.#point(id);
    point.contactAway = away;
    const path = join(point.folder, 'contact');
    rmSync(path, { recursive: true, force: true });
    if (away) mkdirSync(path);
    else writeFileSync(path, '0\n');
  }

  async start(how: Omit<DaemonStart, 'config'> = {}): Promise<void> {
    const config = join(this.folder, 'gatepost.yaml');
    // JSON is YAML.
    writeFileSync(config, JSON.stringify(replugConfig(this.#points, this.network.port)));
    this.#daemon = await DaemonProcess.start({ ...how, config });
    this.#guard = await GuardClient.signIn(this.#daemon);
  }

  /** A person comes, gets a decision and leaves. */
  async comes(id: string, comer: Comer): Promise<void> {
    const shown = await this.show(id, comer);
    await shown.decided();
    await shown.gone();
  }

  /** A person comes and shows a pass; at a thermometer only when the person before has left it and this one is seen. */
  async show(id: string, comer: Comer): Promise<Shown> {
    const { present, pass = 'good', issued = issue(pass), stand, foreheadC } = comer;
    if (stand !== undefined && foreheadC !== undefined) {
      stand(undefined);
      await this.#seesForehead(id, undefined);
      stand(foreheadC);
      await this.#seesForehead(id, foreheadC);
    }
    const { expected, level } = this.#point(id);
    const idles = this.#idles(id);
    const one = expectedOf(pass, issued.passId, foreheadC);
    expected.push(one);
    const number = expected.length;
    let drops = this.#drops(id);
    present(issued.text);
    return {
      decided: () =>
        this.#events.until((events) => {
          // After a lost connection the last events come a second time.
          const decisions = events.filter(({ name, data }) => isDecision(name, data, id));
          if (new Set(decisions.map(({ event }) => event.id)).size >= number) return true;
          // The guard would ask whoever was dropped as old, after a standstill of the machine, to show it once more.
          if (this.#drops(id) > drops) present(issued.text);
          drops = this.#drops(id);
          return false;
        }),
      gone: async () => {
        if (one.decision !== 'denied') await this.guard.screen.until(() => this.#idles(id) > idles);
        // A watched file reports two changes as one if it is not read between them.
        await level.changes.until((changes) => changes.at(-1) !== '1');
        stand?.(undefined);
      },
    };
  }

  /** The last person cannot be measured: the gate calls the guard, who refuses. */
  async guardRefuses(id: string): Promise<void> {
    await this.guard.screen.until(() => this.#feedback(id) === 'GuardCalled');
    expect(await this.guard.order('refuse', { accessPoint: id, note: 'cable' })).toBe(200);
    const { expected } = this.#point(id);
    expected.splice(-1, 1, { decision: 'denied', foreheadC: undefined });
  }

  /** People come one after the other until the returned function is called, which waits for the last of them. */
  crowd(id: string, comers: readonly Comer[]): () => Promise<void> {
    let going = true;
    const walk = async (): Promise<void> => {
      for (let at = 0; going; at++) {
        const comer = comers[at % comers.length];
        if (comer !== undefined) await this.comes(id, comer);
      }
    };
    const done = walk();
    return () => {
      going = false;
      return done;
    };
  }

  /**
   * Waits until a device that was just plugged in works, and prints how long that took.
   * @param path what the daemon, or a reader it has started, must have open for it
   */
  async isBack(device: string, path?: string): Promise<void> {
    const sinceMs = performance.now();
    if (path !== undefined) await opensFile(this.#daemon?.pid ?? 0, realpathSync(path));
    // When this is answered, everything has arrived that the daemon sent to the guard before it opened the device.
    await fetch(`${this.#daemon?.url}/api/session`);
    await this.guard.sees(device, 'ok');
    process.stderr.write(`${device} is back after ${Math.round(performance.now() - sinceMs)} ms\n`);
  }

  /** Waits until the guard sees that a device does not work. */
  async isAway(device: string): Promise<void> {
    await this.guard.screen.until(() => isBad(this.guard.device(device)));
  }

  rows(): readonly LogRow[] {
    return logRows(join(this.folder, 'store'));
  }

  /** Waits until something that is no pass has been shown at a point. */
  async showsScrap(id: string): Promise<void> {
    await this.#events.until((events) => events.some(({ data }) => isScrap(data, id)));
  }

  /** How often something that is not a pass was shown at a point, such as half of one. */
  scraps(id: string): number {
    return this.rows().filter(({ event }) => isScrap(event.data, id)).length;
  }

  /** Stops the daemon and compares everything that happened with the model. */
  async check(): Promise<void> {
    const { length } = this.rows();
    await this.#events.until(() => this.#received().length >= length);
    expect(await this.#daemon?.kill('SIGTERM')).toBe(0);
    const rows = this.rows();
    for (const [id, { expected, level }] of this.#points) {
      expectDecisions(id, rows, expected);
      expect(level.releases, id).toBe(expected.filter(({ decision }) => decision !== 'denied').length);
      expect(level.level, id).toBe('0');
    }
    const received = this.#received();
    const stored = rows.map(({ body }) => Buffer.from(body).toString());
    expect(received).toEqual(stored.slice(0, received.length));
    this.#chainHolds();
  }

  async dispose(): Promise<void> {
    this.#guard?.close();
    await this.#daemon?.kill('SIGKILL');
    for (const { level } of this.#points.values()) level.stop();
    await this.#events.stop();
    await this.network.stop();
    await this.#broker.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The events that the server has received, without repeats. */
  #received(): readonly string[] {
    return [...new Set(this.#events.all.map(({ body }) => body.toString()))];
  }

  #chainHolds(): void {
    const reader = openReadOnly(join(this.folder, 'store'));
    try {
      const head = reader.head();
      const verdict = verifyChain(reader.rows(), {
        after: CHAIN_START,
        cover: reader.cover(),
        ...(head && { last: head }),
      });
      expect(verdict.status).toBe('intact');
    } finally {
      reader.close();
    }
  }

  /** A person opens the door when the lock is released; the door closes when the lock is at rest. */
  async #walk(point: Point): Promise<void> {
    for (let moves = 1; ; moves++) {
      const seen = await point.level.changes.until((changes) => changes.length >= moves);
      if (!point.contactAway) writeFileSync(join(point.folder, 'contact'), `${seen[moves - 1]}\n`);
    }
  }

  #point(id: string): Point {
    const point = this.#points.get(id);
    if (point === undefined) throw new Error(`there is no access point ${id}`);
    return point;
  }

  /** How often nobody stood at the point; without a scanner it has another message. */
  #idles(id: string): number {
    return this.guard.screen.messages
      .flat()
      .filter(({ topic }) => topic === `passage/${id}`)
      .filter(({ value }) => ['Idle', 'Fault'].includes(feedbackOf(value) ?? '')).length;
  }

  /** How often the gate said that it had dropped old codes of this point. */
  #drops(id: string): number {
    return this.#events.all.filter(({ event, data }) => event.subject === id && 'dropped' in data).length;
  }

  #seesForehead(id: string, foreheadC: number | undefined): Promise<void> {
    return this.guard.screen.until(() => {
      const reading = this.guard.screen.latest(`thermometer/${id}`) as { objectC: number } | null | undefined;
      if (reading === null || reading === undefined) return foreheadC === undefined;
      return foreheadC !== undefined && isNear(reading.objectC, foreheadC);
    });
  }

  #feedback(id: string): string | undefined {
    return feedbackOf(this.guard.screen.latest(`passage/${id}`));
  }
}

function isBad(device: DeviceView | undefined): boolean {
  return device?.status === 'missing' || device?.status === 'degraded';
}

function feedbackOf(view: unknown): string | undefined {
  return (view as { feedback?: string } | undefined)?.feedback;
}
