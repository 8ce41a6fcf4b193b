import type { LineDeps } from '../../hardware/serial/streaming-line.ts';
import type { ThermometerSimulator } from '../../hardware/simulators/thermometer-frames.ts';
import type { Noise } from '../../hardware/simulators/thermopile-noise.ts';
import type { Wire } from '../../hardware/simulators/wire.ts';
import { COMMANDS as CJMCU_COMMANDS } from '../../hardware/thermometer-cjmcu-90614/codec.ts';
import { Cjmcu90614Thermometer } from '../../hardware/thermometer-cjmcu-90614/driver.ts';
import { Cjmcu90614Simulator } from '../../hardware/thermometer-cjmcu-90614/simulator.ts';
import { Gy614v3Thermometer } from '../../hardware/thermometer-gy-614v3/driver.ts';
import { Gy614v3Simulator } from '../../hardware/thermometer-gy-614v3/simulator.ts';
import { COMMANDS as GY_MCU_COMMANDS } from '../../hardware/thermometer-gy-mcu9061x/codec.ts';
import { GyMcu9061xThermometer } from '../../hardware/thermometer-gy-mcu9061x/driver.ts';
import { GyMcu9061xSimulator } from '../../hardware/thermometer-gy-mcu9061x/simulator.ts';
import { Idc50Thermometer } from '../../hardware/thermometer-idc-50/driver.ts';
import { Idc50Simulator } from '../../hardware/thermometer-idc-50/simulator.ts';
import { COMMANDS as LU_COMMANDS } from '../../hardware/thermometer-lu90614/codec.ts';
import { Lu90614Thermometer } from '../../hardware/thermometer-lu90614/driver.ts';
import { Lu90614Simulator } from '../../hardware/thermometer-lu90614/simulator.ts';
import { ModbusThermometer } from '../../hardware/thermometer-modbus/driver.ts';
import type { RegisterMap } from '../../hardware/thermometer-modbus/register-map.ts';
import { ModbusSimulator } from '../../hardware/thermometer-modbus/simulator.ts';
import type { ThermometerFrame } from '../../src/core/screening/screening.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { Thermometer } from '../../src/ports/thermometer.ts';

/** One thermometer driver with the simulator of its module. */
export interface ThermometerKit {
  readonly name: string;
  readonly thermometer: (line: LineDeps) => Thermometer;
  readonly simulator: (options: { wire: Wire; clock: Clock; noise?: Noise }) => ThermometerSimulator;
  /** What the driver has to make of an object of 36.57 °C in a sensor of -4.01 °C. */
  readonly measured: Omit<ThermometerFrame, 'atMs'>;
  /** What the driver sends first. */
  readonly opening?: readonly number[];
}

/** Calex PyroUSB (hardware/FACTS.md#modbus-rtu). */
export const CALEX: RegisterMap = {
  address: 1,
  function: 3,
  type: 'int16',
  wordOrder: 'high-first',
  stepsPerDegree: 10,
  objectRegister: 0x12,
  ambientRegister: 0x14,
  status: {
    register: 0x15,
    bits: {
      0: 'measurement error',
      1: 'sensor too cold',
      2: 'sensor too hot',
      3: 'object too cold',
      4: 'object too hot',
    },
  },
};

const GY_MCU9061X: ThermometerKit = {
  name: 'GyMcu9061xThermometer',
  thermometer: (line) => new GyMcu9061xThermometer({ ...line, baudRate: 9600, simulated: false }),
  simulator: (options) => new GyMcu9061xSimulator(options),
  measured: { objectC: 36.57, ambientC: -4.01 },
  opening: GY_MCU_COMMANDS.continuous,
};

export const THERMOMETER_KITS: readonly ThermometerKit[] = [
  GY_MCU9061X,
  {
    name: 'Gy614v3Thermometer',
    thermometer: (line) => new Gy614v3Thermometer({ ...line, simulated: false }),
    simulator: (options) => new Gy614v3Simulator(options),
    measured: { objectC: 36.57, ambientC: -4.01, bodyC: 38.57, emissivity: 0.98 },
  },
  {
    name: 'Lu90614Thermometer',
    thermometer: (line) => new Lu90614Thermometer({ ...line, simulated: false }),
    simulator: ({ clock: _clock, ...options }) => new Lu90614Simulator(options),
    measured: { objectC: 36.57 },
    opening: [...LU_COMMANDS.surfaceMode, ...LU_COMMANDS.measure],
  },
  {
    name: 'Cjmcu90614Thermometer',
    thermometer: (line) => new Cjmcu90614Thermometer({ ...line, baudRate: 115_200, simulated: false }),
    simulator: (options) => new Cjmcu90614Simulator(options),
    measured: { objectC: 36.57, ambientC: -4.01 },
    opening: CJMCU_COMMANDS.continuous,
  },
  {
    name: 'Idc50Thermometer',
    thermometer: (line) => new Idc50Thermometer({ ...line, baudRate: 115_200, simulated: false }),
    simulator: (options) => new Idc50Simulator(options),
    measured: { objectC: 36.6 },
  },
  {
    name: 'ModbusThermometer',
    thermometer: (line) => new ModbusThermometer({ ...line, map: CALEX, replyMs: 300, simulated: false }),
    simulator: ({ clock: _clock, ...options }) => new ModbusSimulator({ ...options, map: CALEX }),
    measured: { objectC: 36.6, ambientC: -4 },
    opening: [0x01, 0x03, 0x00, 0x12, 0x00, 0x04, 0xe4, 0x0c],
  },
];
