import { SerialCodeReader } from '../../../hardware/scanner-serial/driver.ts';
import { ScannerSimulator } from '../../../hardware/scanner-serial/simulator.ts';
import {
  type SimulatedLine,
  SimulatedSerialPorts,
} from '../../../hardware/simulators/simulated-serial-ports.ts';
import { GY_MCU9061X } from '../../../hardware/thermometer-gy-mcu9061x/driver.ts';
import { GyMcu9061xSimulator } from '../../../hardware/thermometer-gy-mcu9061x/simulator.ts';
import type { Direction, DoorPhysicalState } from '../../../src/core/access/vocabulary.ts';
import { GatepostError } from '../../../src/core/errors.ts';
import type { CodeReader } from '../../../src/ports/code-reader.ts';
import type { DeviceLink } from '../../../src/ports/device-link.ts';
import type { DoorActuator, DoorContact } from '../../../src/ports/door-devices.ts';
import type { GuardFeed, GuardTopics } from '../../../src/ports/guard-feed.ts';
import type { PromptView, ResidentPrompt } from '../../../src/ports/resident-prompt.ts';
import type { Thermometer } from '../../../src/ports/thermometer.ts';
import type { VirtualClock } from '../clock/virtual-clock.ts';

/** Scanners and thermometer of a simulated gate, on serial lines in memory. */
export class ScriptedSensors {
  readonly readers: Readonly<Record<Direction, CodeReader>>;
  readonly scanners: Readonly<Record<Direction, ScannerSimulator>>;
  readonly cables: Readonly<Record<Direction, SimulatedLine>>;
  /** Of a second lane, where the gate has one. */
  readonly side: { readonly reader: CodeReader; readonly scanner: ScannerSimulator };
  /** The thermometer of the way in; switched off until it is needed. */
  readonly thermometer: Thermometer;
  readonly forehead: GyMcu9061xSimulator;

  constructor(clock: VirtualClock) {
    const serialPorts = new SimulatedSerialPorts();
    const reader = (path: string) =>
      new SerialCodeReader({ serialPorts, clock, path, baudRate: 9600, simulated: true });
    this.cables = { in: serialPorts.line('scanner-in'), out: serialPorts.line('scanner-out') };
    this.scanners = { in: new ScannerSimulator(this.cables.in), out: new ScannerSimulator(this.cables.out) };
    this.readers = { in: reader('scanner-in'), out: reader('scanner-out') };
    const side = new ScannerSimulator(serialPorts.line('scanner-side'));
    this.side = { reader: reader('scanner-side'), scanner: side };
    this.forehead = new GyMcu9061xSimulator({ wire: serialPorts.line('thermometer'), clock });
    const line = { serialPorts, clock, path: 'thermometer', simulated: true };
    this.thermometer = GY_MCU9061X.make(line, { baudRate: 9600 });
  }
}

export class Actuator implements DoorActuator {
  readonly name = 'lock of door main';
  readonly driver = 'test';
  readonly simulated = true;
  readonly pulses: number[] = [];
  /** Whether the lock ignores all orders. */
  stuck = false;
  #released = false;

  async start(): Promise<void> {
    this.#released = false;
  }
  async stop(): Promise<void> {
    this.#released = false;
  }
  pulse(holdMs: number): void {
    if (this.stuck) throw new GatepostError('gpio.failed', 'The lock stays shut.');
    this.pulses.push(holdMs);
    this.#released = true;
  }
  hold(): void {
    if (this.stuck) throw new GatepostError('gpio.failed', 'The lock stays shut.');
    this.#released = true;
  }
  rest(): void {
    this.#released = false;
  }
  isReleased(): boolean {
    return this.#released;
  }
}

const LINK: DeviceLink = { closed: new Promise(() => undefined), close: async () => undefined };

export class Contact implements DoorContact {
  readonly driver = 'test';
  readonly simulated = true;
  #onState: ((state: DoorPhysicalState) => void) | undefined;

  async open(onState: (state: DoorPhysicalState) => void): Promise<DeviceLink> {
    this.#onState = onState;
    onState('Closed');
    return LINK;
  }
  is(state: DoorPhysicalState): void {
    this.#onState?.(state);
  }
}

export class Feed implements GuardFeed {
  readonly values = new Map<string, unknown>();

  publish(topic: string, value: unknown): void {
    this.values.set(topic, value);
  }
  get<T extends keyof GuardTopics & string>(topic: T): GuardTopics[T] | undefined {
    return this.values.get(topic) as GuardTopics[T] | undefined;
  }
}

/** The resident's screens. */
export class Prompts implements ResidentPrompt {
  readonly #views = new Map<string, PromptView>();

  show(view: PromptView): void {
    this.#views.set(view.accessPoint, view);
  }
  at(accessPoint: string): PromptView | undefined {
    return this.#views.get(accessPoint);
  }
}
