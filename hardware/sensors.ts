import type { SensorFamilies } from '../src/core/screening/sensor-traits.ts';
import { DFROBOT_ULTRASONIC } from './distance-dfrobot-ultrasonic/driver.ts';
import { GY_53 } from './distance-gy-53/driver.ts';
import { TF_LUNA } from './distance-tf-luna/driver.ts';
import type { DistanceManifest, ThermometerManifest } from './serial/line-sensors.ts';
import { CJMCU_90614 } from './thermometer-cjmcu-90614/driver.ts';
import { GY_614V3 } from './thermometer-gy-614v3/driver.ts';
import { GY_MCU9061X } from './thermometer-gy-mcu9061x/driver.ts';
import { IDC_50 } from './thermometer-idc-50/driver.ts';
import { LU90614 } from './thermometer-lu90614/driver.ts';
import { MODBUS } from './thermometer-modbus/driver.ts';

/**
 * All sensors with a driver, in the order in which error messages name them. The config's schema and checks, the
 * drivers and the simulators all use this table, so a family in it is available everywhere.
 */
export const SENSORS = {
  thermometers: [GY_MCU9061X, GY_614V3, LU90614, CJMCU_90614, IDC_50, MODBUS],
  distances: [GY_53, DFROBOT_ULTRASONIC, TF_LUNA],
} as const satisfies SensorFamilies;

/** @throws TypeError for a driver that no config can name */
export function thermometerDriver(name: string): ThermometerManifest {
  return named<ThermometerManifest>(SENSORS.thermometers, name);
}

/** @throws TypeError for a driver that no config can name */
export function distanceDriver(name: string): DistanceManifest {
  return named(SENSORS.distances, name);
}

function named<T extends { readonly driver: string }>(manifests: readonly T[], name: string): T {
  const found = manifests.find(({ driver }) => driver === name);
  if (found === undefined) throw new TypeError(`There is no driver ${name}.`);
  return found;
}
