import { distanceDriver, thermometerDriver } from '../../hardware/sensors.ts';
import type { SensorLine } from '../../hardware/serial/line-sensors.ts';
import { NodeSerialPorts } from '../../hardware/serial/serial-ports.ts';
import type { DistanceConfig, ThermometerConfig } from '../config/devices.ts';
import type { DistanceSensor } from '../ports/distance-sensor.ts';
import type { Thermometer } from '../ports/thermometer.ts';
import type { DeviceContext } from './context.ts';

/** The path in the config of a simulated device. */
const SIMULATED = 'simulated';

type SensorDeps = Omit<DeviceContext, 'config'>;

/** The thermometer of an access point; with the path `simulated` its module is added to the simulated world. */
export function assembleThermometer(
  id: string,
  thermometer: ThermometerConfig,
  deps: SensorDeps,
): Thermometer {
  const { clock, world } = deps;
  const driver = thermometerDriver(thermometer.driver);
  const plugIn = () => world.addThermometer(id, (wire) => driver.simulate({ wire, clock }, thermometer));
  return driver.make(lineOf(thermometer.path, plugIn, deps), thermometer);
}

/** The distance sensor of an access point; simulated in the same way. */
export function assembleDistance(id: string, distance: DistanceConfig, deps: SensorDeps): DistanceSensor {
  const { clock, world } = deps;
  const driver = distanceDriver(distance.driver);
  const plugIn = () => world.addDistanceSensor(id, (wire) => driver.simulate({ wire, clock }));
  return driver.make(lineOf(distance.path, plugIn, deps), distance);
}

/** @param plugIn adds the simulator and returns its path */
function lineOf(path: string, plugIn: () => string, { clock, world }: SensorDeps): SensorLine {
  return path === SIMULATED
    ? { serialPorts: world.ports, clock, path: plugIn(), simulated: true }
    : { serialPorts: new NodeSerialPorts(), clock, path, simulated: false };
}
