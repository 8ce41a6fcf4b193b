import { GatepostError } from '../../src/core/errors.ts';
import type { LineSpeed } from '../../src/core/screening/sensor-traits.ts';
import type { Cancel } from '../../src/ports/clock.ts';
import type { DeviceLink } from '../../src/ports/device-link.ts';
import type { Thermometer, ThermometerEvent } from '../../src/ports/thermometer.ts';
import type { SensorLine, ThermometerManifest } from '../serial/line-sensors.ts';
import { lineSetting, openStreamingLine } from '../serial/streaming-line.ts';
import { COMMANDS, GyMcu9061xDecoder } from './codec.ts';
import { GyMcu9061xSimulator } from './simulator.ts';

/**
 * Longest silence. At 10 frames a second, no frame for this time means unplugged, wrong speed or a module that sends
 * nothing (hardware/FACTS.md#silence-and-standstill).
 */
const SILENCE_MS = 2000;
/**
 * Time of a try at the other speed after one has worked: some frames long, so that a module that is back is not missed.
 */
const GLANCE_MS = 500;

const TRAITS = {
  driver: 'gy-mcu9061x',
  settings: 'speed',
  speeds: ['auto', 9600, 115_200],
  silenceMs: SILENCE_MS,
  resolutionC: 0.01,
  tellsAmbient: true,
  tellsEstimate: false,
} as const;

interface GyMcu9061xDeps extends SensorLine {
  /** `auto` tries 9600 and then 115200: sellers deliver both under the same name. */
  readonly baudRate: LineSpeed;
}

type OnEvent = (event: ThermometerEvent) => void;

interface Attempt {
  readonly baudRate: number;
  readonly onEvent: OnEvent;
  /** Called once, before the events of the chunk with the first whole frame. */
  readonly onProven?: () => void;
  readonly signal: AbortSignal;
}

/**
 * GY-MCU90614, GY-MCU90615 and GY-MCU90615V2 (hardware/FACTS.md#gy-mcu9061x). Values are passed on exactly as they
 * came.
 */
export const GY_MCU9061X: ThermometerManifest = {
  ...TRAITS,
  make: (line, { baudRate = 'auto' }) => new GyMcu9061xThermometer({ ...line, baudRate }),
  simulate: (deps) => new GyMcu9061xSimulator(deps),
};

class GyMcu9061xThermometer implements Thermometer {
  readonly driver = TRAITS.driver;
  readonly simulated: boolean;
  readonly silenceMs = TRAITS.silenceMs;
  readonly resolutionC = TRAITS.resolutionC;
  readonly #deps: GyMcu9061xDeps;
  #workingBaudRate: number | undefined;

  constructor(deps: GyMcu9061xDeps) {
    this.simulated = deps.simulated;
    this.#deps = deps;
  }

  get lineSetting(): string {
    const { baudRate } = this.#deps;
    return lineSetting({
      baudRate: baudRate === 'auto' ? (this.#workingBaudRate ?? '9600 and 115200') : baudRate,
    });
  }

  /**
   * With `auto` this takes up to `silenceMs` longer: it waits for a valid frame at one speed and then opens the line
   * with the other. If one speed has worked before, the line stays at it unless frames come at the other. Events can
   * come before it resolves.
   */
  async open(onEvent: OnEvent, signal: AbortSignal): Promise<DeviceLink> {
    const { baudRate } = this.#deps;
    if (baudRate !== 'auto') return this.#connect({ baudRate, onEvent, signal });
    const known = this.#workingBaudRate;
    const first = known ?? 9600;
    const other = first === 9600 ? 115200 : 9600;
    const proven = await this.#probe({ baudRate: first, onEvent, signal }, SILENCE_MS);
    if (proven !== undefined) return proven;
    if (known === undefined) return this.#connect({ baudRate: other, onEvent, signal });
    const changed = await this.#probe({ baudRate: other, onEvent, signal }, GLANCE_MS);
    return changed ?? this.#connect({ baudRate: known, onEvent, signal });
  }

  /** The open link if a whole frame came at this speed; undefined, with the line closed, if none came in time. */
  async #probe({ baudRate, onEvent, signal }: Attempt, timeMs: number): Promise<DeviceLink | undefined> {
    // Faults are held back until a whole frame proves the speed, because they may come from a wrong speed.
    const held: ThermometerEvent[] = [];
    let passOn: OnEvent = (event) => held.push(event);
    let prove: (outcome: 'proven') => void = () => undefined;
    const proof = new Promise<'proven'>((resolve) => {
      prove = resolve;
    });
    const onProven = () => {
      passOn = onEvent;
      held.forEach(onEvent);
      prove('proven');
    };
    const link = await this.#connect({ baudRate, onEvent: (event) => passOn(event), onProven, signal });
    let cancel: Cancel = () => undefined;
    const tooLate = new Promise<'too late'>((resolve) => {
      cancel = this.#deps.clock.schedule(timeMs, () => resolve('too late'));
    });
    const outcome = await Promise.race([proof, tooLate, link.closed]);
    cancel();
    if (outcome === 'proven') return link;
    await link.close();
    if (outcome === 'too late') return undefined;
    throw outcome ?? new GatepostError('device.failed', `Opening ${this.#deps.path} was called off.`);
  }

  async #connect({ baudRate, onEvent, onProven, signal }: Attempt): Promise<DeviceLink> {
    const frames = new GyMcu9061xDecoder();
    let proven = false;
    const decoder = {
      push(bytes: Uint8Array, atMs: number) {
        const events = frames.push(bytes, atMs);
        if (!proven && frames.wholeFrames > 0) {
          proven = true;
          onProven?.();
        }
        return events;
      },
    };
    return openStreamingLine({
      line: { ...this.#deps, baudRate },
      decoder,
      onEvent: (event) => {
        if (event.type === 'frame') this.#workingBaudRate = baudRate;
        onEvent(event);
      },
      // Makes a module send continuously that was set to be silent or to wait for a query.
      greeting: COMMANDS.continuous,
      signal,
    });
  }
}
