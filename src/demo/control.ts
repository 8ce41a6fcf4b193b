import type { QrImageDecoder } from '../../hardware/qr-image/decode.ts';
import { dotPng } from '../../hardware/simulators/dot-png.ts';
import type { SamplePasses } from '../../hardware/simulators/sample-passes.ts';
import type { Config } from '../config/schema.ts';
import { INPUT_KINDS, type InputKind } from '../core/door/door-mode.ts';
import { GatepostError } from '../core/errors.ts';
import { siteTime } from '../core/time/site-time.ts';
import type { DemoGuard, DemoPanel, DemoPerson, DemoSample, DemoState } from '../ports/demo-panel.ts';
import type { BrokerMessages } from './broker-messages.ts';
import type { MovedClock } from './moved-clock.ts';
import { known, type SimulatedWorld } from './simulated-devices.ts';
import { MorningStory } from './story.ts';

/** Longest text of a simulated scan; the kiosk itself refuses more than 1,024 characters. */
const TEXT_MAX = 8_192;
const FOREHEAD_C = { min: 20, max: 45 };
const ROOM_C = { min: -40, max: 60 };
/** Distance of a person's forehead: within a site's default window. */
const FOREHEAD_MM = 80;
const SOMEBODY: DemoPerson = { present: true, foreheadC: 36.5, roomC: 22 };
/** How long the sensor measures the room between two people, in milliseconds. */
const CHANGE_MS = 500;
/** How long after that the next person shows a code. */
const REACH_MS = 200;
const MINUTE_MS = 60_000;
const DAY_MINUTES = 1_440;
/** How long a finger stays on the exit button. */
const PRESS_MS = 1_000;

/** Lets the user of the demo panel act as people, doors and cables. Everything goes through the simulators' bytes. */
export class DemoControl implements DemoPanel {
  readonly #config: Config;
  readonly #world: SimulatedWorld;
  readonly #samples: SamplePasses;
  readonly #pictures: QrImageDecoder;
  readonly #clock: MovedClock;
  readonly #messages: BrokerMessages;
  readonly #guard: DemoGuard | undefined;
  readonly #story: MorningStory | undefined;
  readonly #people = new Map<string, DemoPerson>();
  /** Monotonic ms at which the person at an access point is ready to show a code. */
  readonly #readyAtMs = new Map<string, number>();

  constructor(deps: {
    config: Config;
    world: SimulatedWorld;
    samples: SamplePasses;
    pictures: QrImageDecoder;
    clock: MovedClock;
    messages: BrokerMessages;
    guard?: DemoGuard | undefined;
  }) {
    this.#config = deps.config;
    this.#world = deps.world;
    this.#samples = deps.samples;
    this.#pictures = deps.pictures;
    this.#clock = deps.clock;
    this.#messages = deps.messages;
    this.#guard = deps.guard;
    const way = wayOf(deps.config);
    this.#story = way && new MorningStory({ clock: deps.clock, panel: this, way });
  }

  /** Puts a person in front of every thermometer. */
  begin(): void {
    for (const id of this.#world.thermometers.keys()) this.#seeObject(id, SOMEBODY);
  }

  /** Ends the story and resets the clock. */
  end(): void {
    this.#story?.end();
    this.#clock.moveTo(undefined);
  }

  state(): DemoState {
    const { scanners, contacts, locks } = this.#world;
    const story = this.#story?.state();
    return {
      accessPoints: Object.entries(this.#config.accessPoints).map(([id, { direction, door }]) => {
        const person = this.#personAt(id);
        return {
          id,
          direction,
          door,
          scanner: scanners.has(id),
          ...(person === undefined ? {} : { person }),
        };
      }),
      doors: Object.keys(this.#config.doors).map((id) => ({
        id,
        released: locks.get(id)?.isReleased() ?? false,
        open: contacts.get(id)?.isOpen ?? false,
        walkThrough: contacts.get(id)?.walkThrough ?? false,
        inputs: this.#inputsOf(id),
      })),
      devices: this.#devices().map(({ id, unplugged }) => ({ id, unplugged: unplugged() })),
      ...this.#printer(),
      samples: this.#samples.list(),
      clock: {
        timeMs: this.#clock.read().wallMs,
        timeZone: this.#config.site.timeZone,
        moved: this.#clock.aheadMs !== 0,
      },
      messages: this.#messages.list(),
      ...(story === undefined ? {} : { story }),
      ...(this.#guard === undefined ? {} : { guard: this.#guard }),
    };
  }

  setClock({ time }: { time?: string }): void {
    this.#clock.moveTo(undefined);
    if (time === undefined) return;
    const { wallMs } = this.#clock.read();
    const [hour = 0, minute = 0] = time.split(':').map(Number);
    const { minuteOfDay } = siteTime(wallMs, this.#config.site.timeZone);
    const aheadMinutes = (hour * 60 + minute - minuteOfDay + DAY_MINUTES) % DAY_MINUTES;
    this.#clock.moveTo(wallMs - (wallMs % MINUTE_MS) + aheadMinutes * MINUTE_MS);
  }

  setStory({ running }: { running: boolean }): void {
    if (this.#story === undefined) {
      throw new GatepostError(
        'usage',
        'The story needs a way in with a scanner and a thermometer, and a way out, all of them simulated.',
      );
    }
    if (running) this.#story.begin();
    else this.#story.end();
  }

  present(order: { accessPoint: string; sample: string }): void {
    const samples = new Map<string, DemoSample>(this.#samples.list().map((sample) => [sample.id, sample]));
    const { text } = known(samples, order.sample, 'pass');
    this.scan({ accessPoint: order.accessPoint, text });
  }

  scan(order: { accessPoint: string; text: string }): void {
    const scanner = known(this.#world.scanners, order.accessPoint, 'scanner');
    if (order.text.length === 0 || order.text.length > TEXT_MAX) {
      throw new GatepostError('usage', `A code has 1 to ${TEXT_MAX} characters.`);
    }
    const waitMs = (this.#readyAtMs.get(order.accessPoint) ?? 0) - this.#clock.read().monotonicMs;
    if (waitMs <= 0) scanner.simulator.present(order.text);
    else this.#clock.schedule(waitMs, () => scanner.simulator.present(order.text));
  }

  async scanPicture(order: { accessPoint: string; picture: Uint8Array }): Promise<{ characters: number }> {
    known(this.#world.scanners, order.accessPoint, 'scanner');
    const text = await this.#pictures.decode(order.picture);
    this.scan({ accessPoint: order.accessPoint, text });
    return { characters: text.length };
  }

  setPerson(order: { accessPoint: string; person: DemoPerson }): void {
    known(this.#world.thermometers, order.accessPoint, 'thermometer');
    inRange('forehead', order.person.foreheadC, FOREHEAD_C);
    inRange('room', order.person.roomC, ROOM_C);
    this.#stand(order.accessPoint, order.person);
  }

  setDoor(order: { door: string; open?: boolean; walkThrough?: boolean }): void {
    const contact = known(this.#world.contacts, order.door, 'door with a contact');
    if (order.walkThrough !== undefined) contact.walkThrough = order.walkThrough;
    if (order.open !== undefined) contact.setOpen(order.open);
  }

  setInput({ door, input, active }: { door: string; input: InputKind; active: boolean }): void {
    const simulated = known(this.#world.inputs, `${input}:${door}`, 'input');
    simulated.setOpen(active);
    const springsBack = input === 'exitButton' || input === 'callButton';
    if (springsBack && active) this.#clock.schedule(PRESS_MS, () => simulated.setOpen(false));
  }

  setUnplugged(order: { device: string; unplugged: boolean }): void {
    const devices = new Map(this.#devices().map((device) => [device.id, device]));
    known(devices, order.device, 'device').pull(order.unplugged);
  }

  setPaper({ hasPaper }: { hasPaper: boolean }): void {
    const { printer } = this.#world;
    if (printer === undefined) throw new GatepostError('usage', 'There is no simulated printer.');
    printer.simulator.setPaper(hasPaper ? undefined : 0);
  }

  slip(): Uint8Array | undefined {
    const slip = this.#world.printer?.simulator.slips.at(-1);
    return slip && dotPng(slip);
  }

  #printer(): Pick<DemoState, 'printer'> {
    const simulator = this.#world.printer?.simulator;
    if (simulator === undefined) return {};
    return { printer: { slips: simulator.printed, hasPaper: simulator.hasPaper } };
  }

  #inputsOf(door: string): DemoState['doors'][number]['inputs'] {
    return INPUT_KINDS.flatMap((input) => {
      const simulated = this.#world.inputs.get(`${input}:${door}`);
      return simulated === undefined ? [] : [{ input, active: simulated.isOpen }];
    });
  }

  #personAt(accessPoint: string): DemoPerson | undefined {
    return this.#world.thermometers.has(accessPoint)
      ? (this.#people.get(accessPoint) ?? SOMEBODY)
      : undefined;
  }

  /** One person leaves before another arrives: two foreheads never swap between two frames. */
  #stand(accessPoint: string, person: DemoPerson): void {
    this.#people.set(accessPoint, person);
    this.#seeObject(accessPoint, { ...person, present: false });
    if (!person.present) return;
    this.#readyAtMs.set(accessPoint, this.#clock.read().monotonicMs + CHANGE_MS + REACH_MS);
    this.#clock.schedule(CHANGE_MS, () => {
      if (this.#people.get(accessPoint) === person) this.#seeObject(accessPoint, person);
    });
  }

  /** The sensor measures the forehead, or the room if nobody stands there. */
  #seeObject(accessPoint: string, { present, foreheadC, roomC }: DemoPerson): void {
    const { simulator } = known(this.#world.thermometers, accessPoint, 'thermometer');
    simulator.setTemperatures({ objectC: present ? foreheadC : roomC, ambientC: roomC });
    this.#world.distances.get(accessPoint)?.simulator.setDistance(present ? FOREHEAD_MM : undefined);
  }

  #devices(): readonly { id: string; unplugged: () => boolean; pull: (out: boolean) => void }[] {
    const { scanners, thermometers, distances, contacts, printer } = this.#world;
    const onLine =
      (role: string) =>
      ([id, { line }]: [string, { line: { plugged: boolean; plug(): void; unplug(): void } }]) => ({
        id: `${role}:${id}`,
        unplugged: () => !line.plugged,
        pull: (out: boolean) => (out ? line.unplug() : line.plug()),
      });
    return [
      ...[...scanners].map(onLine('scanner')),
      ...[...thermometers].map(onLine('thermometer')),
      ...[...distances].map(onLine('distance')),
      ...(printer === undefined ? [] : [{ ...onLine('printer')(['', printer]), id: 'printer' }]),
      ...[...contacts].map(([id, contact]) => ({
        id: `contact:${id}`,
        unplugged: () => contact.isUnplugged,
        pull: (out: boolean) => contact.setUnplugged(out),
      })),
    ];
  }
}

/** A simulated entry with a thermometer and a simulated exit. */
function wayOf({ accessPoints }: Config): { in: string; out: string } | undefined {
  const find = (wanted: 'in' | 'out') =>
    Object.entries(accessPoints).find(
      ([, { direction, scanner, thermometer }]) =>
        direction === wanted &&
        scanner.path === 'simulated' &&
        (wanted === 'out' || thermometer?.path === 'simulated'),
    )?.[0];
  const [way, out] = [find('in'), find('out')];
  return way === undefined || out === undefined ? undefined : { in: way, out };
}

function inRange(what: string, value: number, range: { min: number; max: number }): void {
  if (value >= range.min && value <= range.max) return;
  throw new GatepostError(
    'usage',
    `The ${what} temperature must lie between ${range.min} and ${range.max} °C.`,
  );
}
