import { NodeSerialPorts } from '../../hardware/serial/serial-ports.ts';
import { type OpenWire, openWire } from '../../hardware/simulators/wire.ts';
import { GyMcu9061xSimulator } from '../../hardware/thermometer-gy-mcu9061x/simulator.ts';
import type { Clock } from '../../src/ports/clock.ts';

/**
 * Frames until a reading is certainly finished: one that shows somebody, four until 300 ms have passed whatever the
 * jitter, nine that are measured, and one that was under way while the lane went to rest.
 */
const FRAMES_FOR_A_READING = 15;

/** Something of one temperature in front of a simulated thermometer on a real line, for good. */
export class ThermometerLane {
  readonly #wire: OpenWire;
  readonly #simulator: GyMcu9061xSimulator;
  #frames = 0;
  #waiting: { readonly until: number; readonly resolve: () => void } | undefined;

  private constructor(wire: OpenWire, clock: Clock, objectC: number) {
    this.#wire = wire;
    this.#simulator = new GyMcu9061xSimulator({
      clock,
      wire: {
        onBytes: (listener) => wire.onBytes(listener),
        write: (bytes) => {
          wire.write(bytes);
          this.#sent();
        },
      },
    });
    this.#simulator.setTemperatures({ objectC, ambientC: 22 });
    this.#simulator.powerOn();
  }

  /** @param options.objectC what stands in front of it, degrees Celsius, in a room of 22 °C */
  static async open(options: {
    path: string;
    clock: Clock;
    objectC: number;
    signal: AbortSignal;
  }): Promise<ThermometerLane> {
    const { path, clock, objectC, signal } = options;
    const wire = await openWire(new NodeSerialPorts(), { path, baudRate: 9600 }, signal);
    return new ThermometerLane(wire, clock, objectC);
  }

  /** Resolves when enough frames were sent from now on for a reading nobody has used. */
  newReading(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting = { until: this.#frames + FRAMES_FOR_A_READING, resolve };
    });
  }

  async close(): Promise<void> {
    this.#simulator.powerOff();
    await this.#wire.close();
  }

  #sent(): void {
    this.#frames += 1;
    if (this.#waiting === undefined || this.#frames < this.#waiting.until) return;
    this.#waiting.resolve();
    this.#waiting = undefined;
  }
}
