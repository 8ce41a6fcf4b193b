import type { SimulatedDoorContact } from '../../hardware/gpio/simulated-door-contact.ts';
import type { TimedOutput } from '../../hardware/gpio/timed-output.ts';
import { PAPER_DOTS } from '../../hardware/printer-escpos/driver.ts';
import { EscPosSimulator } from '../../hardware/printer-escpos/simulator.ts';
import { ScannerSimulator } from '../../hardware/scanner-serial/simulator.ts';
import {
  type SimulatedLine,
  SimulatedSerialPorts,
} from '../../hardware/simulators/simulated-serial-ports.ts';
import type { DistanceSimulator } from '../../hardware/simulators/streaming-distance.ts';
import type { ThermometerSimulator } from '../../hardware/simulators/thermometer-frames.ts';
import { GatepostError } from '../core/errors.ts';

interface SimulatedScanner {
  readonly line: SimulatedLine;
  readonly simulator: ScannerSimulator;
}

interface SimulatedThermometer {
  readonly line: SimulatedLine;
  readonly simulator: ThermometerSimulator;
}

interface SimulatedDistance {
  readonly line: SimulatedLine;
  readonly simulator: DistanceSimulator;
}

interface SimulatedPrinter {
  readonly line: SimulatedLine;
  readonly simulator: EscPosSimulator;
}

/**
 * The simulated devices: each is at the far end of a serial line in memory, and speaks the bytes of the real one.
 * Empty if a config names only real devices.
 */
export class SimulatedWorld {
  readonly ports = new SimulatedSerialPorts();
  readonly scanners = new Map<string, SimulatedScanner>();
  readonly thermometers = new Map<string, SimulatedThermometer>();
  readonly distances = new Map<string, SimulatedDistance>();
  /** The one of the desk. */
  printer: SimulatedPrinter | undefined;
  readonly locks = new Map<string, TimedOutput>();
  readonly contacts = new Map<string, SimulatedDoorContact>();
  /** Exit buttons, lids and fire contacts by `<role>:<door>`, e.g. `fire:main`. */
  readonly inputs = new Map<string, SimulatedDoorContact>();

  /** Connects a scanner for an access point; returns its path. */
  addScanner(accessPoint: string): string {
    const path = `simulated:scanner:${accessPoint}`;
    const line = this.ports.line(path);
    this.scanners.set(accessPoint, { line, simulator: new ScannerSimulator(line) });
    return path;
  }

  /** Connects a thermometer for an access point; returns its path. */
  addThermometer(accessPoint: string, make: (line: SimulatedLine) => ThermometerSimulator): string {
    const path = `simulated:thermometer:${accessPoint}`;
    const line = this.ports.line(path);
    this.thermometers.set(accessPoint, { line, simulator: make(line) });
    return path;
  }

  /** Connects a distance sensor for an access point; returns its path. */
  addDistanceSensor(accessPoint: string, make: (line: SimulatedLine) => DistanceSimulator): string {
    const path = `simulated:distance:${accessPoint}`;
    const line = this.ports.line(path);
    this.distances.set(accessPoint, { line, simulator: make(line) });
    return path;
  }

  /** Connects a receipt printer at the desk; returns its path. */
  addPrinter(widthMm: keyof typeof PAPER_DOTS): string {
    const path = 'simulated:printer';
    const line = this.ports.line(path);
    this.printer = { line, simulator: new EscPosSimulator(line, PAPER_DOTS[widthMm]) };
    return path;
  }

  powerOn(): void {
    for (const { simulator } of this.#powered()) simulator.powerOn();
  }

  powerOff(): void {
    for (const { simulator } of this.#powered()) simulator.powerOff();
  }

  #powered(): readonly (SimulatedThermometer | SimulatedDistance)[] {
    return [...this.thermometers.values(), ...this.distances.values()];
  }
}

/** One of the simulated devices, or an error that lists the existing ones. */
export function known<T>(map: ReadonlyMap<string, T>, id: string, what: string): T {
  const value = map.get(id);
  if (value !== undefined) return value;
  const ids = [...map.keys()].join(', ') || 'none';
  throw new GatepostError('usage', `There is no simulated ${what} "${id}". There are: ${ids}.`);
}
