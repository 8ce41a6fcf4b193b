import type { LineSettings, ThermometerManifest } from '../../hardware/serial/line-sensors.ts';
import { COMMANDS as CJMCU_COMMANDS } from '../../hardware/thermometer-cjmcu-90614/codec.ts';
import { CJMCU_90614 } from '../../hardware/thermometer-cjmcu-90614/driver.ts';
import { GY_614V3 } from '../../hardware/thermometer-gy-614v3/driver.ts';
import { COMMANDS as GY_MCU_COMMANDS } from '../../hardware/thermometer-gy-mcu9061x/codec.ts';
import { GY_MCU9061X } from '../../hardware/thermometer-gy-mcu9061x/driver.ts';
import { IDC_50 } from '../../hardware/thermometer-idc-50/driver.ts';
import { COMMANDS as LU_COMMANDS } from '../../hardware/thermometer-lu90614/codec.ts';
import { LU90614 } from '../../hardware/thermometer-lu90614/driver.ts';
import { MODBUS } from '../../hardware/thermometer-modbus/driver.ts';
import type { RegisterMap } from '../../hardware/thermometer-modbus/register-map.ts';
import type { ThermometerFrame } from '../../src/core/screening/screening.ts';

/** One thermometer family, as its contract is tried on it. */
export interface ThermometerKit {
  readonly driver: string;
  readonly manifest: ThermometerManifest;
  readonly settings: LineSettings;
  /** What the driver has to make of an object of 36.57 °C in a sensor of -4.01 °C. */
  readonly measured: Omit<ThermometerFrame, 'atMs'>;
  /** Whether it is asked each time: what is incomplete at the end of its time is dropped. */
  readonly isPolled?: true;
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

/** What the config says of a Calex PyroUSB. */
export const CALEX_SETTINGS = { ...CALEX, baudRate: 9600, replyMs: 300 };

/** One for each thermometer of hardware/sensors.ts, in that order. */
export const THERMOMETER_KITS: readonly ThermometerKit[] = [
  {
    driver: 'gy-mcu9061x',
    manifest: GY_MCU9061X,
    settings: { baudRate: 9600 },
    measured: { objectC: 36.57, ambientC: -4.01 },
    opening: GY_MCU_COMMANDS.continuous,
  },
  {
    driver: 'gy-614v3',
    manifest: GY_614V3,
    settings: {},
    measured: { objectC: 36.57, ambientC: -4.01, bodyC: 38.57, emissivity: 0.98 },
  },
  {
    driver: 'lu90614',
    isPolled: true,
    manifest: LU90614,
    settings: {},
    measured: { objectC: 36.57 },
    opening: [...LU_COMMANDS.surfaceMode, ...LU_COMMANDS.measure],
  },
  {
    driver: 'cjmcu-90614',
    manifest: CJMCU_90614,
    settings: {},
    measured: { objectC: 36.57, ambientC: -4.01 },
    opening: CJMCU_COMMANDS.continuous,
  },
  { driver: 'idc-50', manifest: IDC_50, settings: {}, measured: { objectC: 36.6 } },
  {
    driver: 'modbus',
    isPolled: true,
    manifest: MODBUS,
    settings: CALEX_SETTINGS,
    measured: { objectC: 36.6, ambientC: -4 },
    opening: [0x01, 0x03, 0x00, 0x12, 0x00, 0x04, 0xe4, 0x0c],
  },
];
