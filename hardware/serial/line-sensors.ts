import type { DistanceTraits, LineSpeed, ThermometerTraits } from '../../src/core/screening/sensor-traits.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { DeviceLink } from '../../src/ports/device-link.ts';
import type { DistanceEvent, DistanceSensor } from '../../src/ports/distance-sensor.ts';
import type { SerialPorts } from '../../src/ports/serial-ports.ts';
import type { Thermometer, ThermometerEvent } from '../../src/ports/thermometer.ts';
import type { DistanceSimulator } from '../simulators/streaming-distance.ts';
import type { ThermometerSimulator } from '../simulators/thermometer-frames.ts';
import type { Noise } from '../simulators/thermopile-noise.ts';
import type { Wire } from '../simulators/wire.ts';
import { type ByteDecoder, type LineDeps, lineSetting, openStreamingLine } from './streaming-line.ts';

/** Where a sensor is, and what is needed to use it. */
export interface SensorLine {
  readonly serialPorts: SerialPorts;
  readonly clock: Clock;
  readonly path: string;
  readonly simulated: boolean;
}

/** Settings in the config that every sensor on a line has. */
export interface LineSettings {
  /** The path as written in the config; SensorLine has the one that is opened. */
  readonly path?: string;
  /** Absent for the usual speed, and for a device with only one speed. */
  readonly baudRate?: LineSpeed;
}

export interface SimulatorDeps {
  readonly wire: Wire;
  readonly clock: Clock;
  /** Added to every object value, in hundredths of a degree; the module's own noise when left out. */
  readonly noise?: Noise;
}

/** Describes a thermometer family; the config's schema and checks, the driver and the simulator use it. */
export type ThermometerManifest<Settings extends LineSettings = LineSettings> = ThermometerTraits & {
  /** @param settings the entry of the config, checked by the schema with these traits */
  make(line: SensorLine, settings: Settings): Thermometer;
  simulate(deps: SimulatorDeps, settings: Settings): ThermometerSimulator;
};

/** Describes a family of distance sensors. */
export interface DistanceManifest extends DistanceTraits {
  make(line: SensorLine, settings: LineSettings): DistanceSensor;
  simulate(deps: Pick<SimulatorDeps, 'wire' | 'clock'>): DistanceSimulator;
}

/** Opens a line and makes events from its bytes. */
type Talk<Event> = (
  line: LineDeps,
  onEvent: (event: Event) => void,
  signal: AbortSignal,
) => Promise<DeviceLink>;

interface LineSensorDeps<Event> {
  readonly driver: string;
  readonly silenceMs: number;
  readonly line: LineDeps & { readonly simulated: boolean };
  /** Note about the line, besides its speed. */
  readonly note?: string;
  readonly talk: Talk<Event>;
}

/** A sensor on a serial line, with any protocol. */
class LineSensor<Event> {
  readonly driver: string;
  readonly simulated: boolean;
  readonly silenceMs: number;
  readonly lineSetting: string;
  readonly #deps: LineSensorDeps<Event>;

  constructor(deps: LineSensorDeps<Event>) {
    const { driver, silenceMs, line, note } = deps;
    this.driver = driver;
    this.simulated = line.simulated;
    this.silenceMs = silenceMs;
    this.lineSetting = note === undefined ? lineSetting(line) : `${lineSetting(line)}, ${note}`;
    this.#deps = deps;
  }

  open(onEvent: (event: Event) => void, signal: AbortSignal): Promise<DeviceLink> {
    const { line, talk } = this.#deps;
    return talk(line, onEvent, signal);
  }
}

export class LineThermometer extends LineSensor<ThermometerEvent> implements Thermometer {
  readonly resolutionC: number;

  constructor(deps: LineSensorDeps<ThermometerEvent> & { readonly resolutionC: number }) {
    super(deps);
    this.resolutionC = deps.resolutionC;
  }
}

interface Streaming<Event> {
  /** A new decoder for each opening. */
  readonly decoder: () => ByteDecoder<Event>;
  /** Sent at each opening, to devices that send only after a command. */
  readonly greeting?: readonly number[];
}

type FixedFrame = Extract<ThermometerTraits, { settings: 'speed' }>;

/** A thermometer that sends frames by itself, once it is open. */
export function streamingThermometer(
  family: FixedFrame & Streaming<ThermometerEvent> & Pick<ThermometerManifest, 'simulate'>,
): ThermometerManifest {
  return {
    ...family,
    make: (line, settings) =>
      new LineThermometer({ ...family, line: withSpeed(line, settings, family), talk: streaming(family) }),
  };
}

/** A distance sensor that sends frames by itself, once it is open. */
export function streamingDistance(
  family: DistanceTraits & Streaming<DistanceEvent> & Pick<DistanceManifest, 'simulate'>,
): DistanceManifest {
  return {
    ...family,
    make: (line, settings): DistanceSensor =>
      new LineSensor({ ...family, line: withSpeed(line, settings, family), talk: streaming(family) }),
  };
}

/** The line at the speed that was set, else at the device's usual one. */
export function withSpeed(
  line: SensorLine,
  { baudRate }: Pick<LineSettings, 'baudRate'>,
  { driver, speeds: [usual] }: Pick<DistanceTraits, 'driver' | 'speeds'>,
): LineDeps & { readonly simulated: boolean } {
  const speed = baudRate ?? usual;
  if (speed === 'auto') throw new TypeError(`The driver ${driver} finds no speed by itself.`);
  return { ...line, baudRate: speed };
}

function streaming<Event>({ decoder, greeting }: Streaming<Event>): Talk<Event> {
  return (line, onEvent, signal) =>
    openStreamingLine({
      line,
      decoder: decoder(),
      onEvent,
      signal,
      ...(greeting === undefined ? {} : { greeting }),
    });
}
