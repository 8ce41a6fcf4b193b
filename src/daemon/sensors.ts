import { distanceDriver, thermometerDriver } from '../../hardware/sensors.ts';
import type { SensorLine } from '../../hardware/serial/line-sensors.ts';
import { NodeSerialPorts } from '../../hardware/serial/serial-ports.ts';
import type { SupervisorDeps } from '../app/devices/device-supervisor.ts';
import { DistanceWatch } from '../app/screening/distance-watch.ts';
import type { DistanceConfig, ThermometerConfig } from '../config/devices.ts';
import type { SimulatedWorld } from '../demo/simulated-devices.ts';
import type { Clock } from '../ports/clock.ts';
import type { DistanceSensor } from '../ports/distance-sensor.ts';
import type { Thermometer } from '../ports/thermometer.ts';

/** In the config, the path of a device that is played. */
const SIMULATED = 'simulated';

interface SensorParts {
  readonly clock: Clock;
  readonly world: SimulatedWorld;
}

/** The thermometer of an access point; with the path `simulated` its module is plugged into the simulated world. */
export function assembleThermometer(
  id: string,
  thermometer: ThermometerConfig,
  parts: SensorParts,
): Thermometer {
  const { clock, world } = parts;
  const driver = thermometerDriver(thermometer.driver);
  const plugIn = () => world.addThermometer(id, (wire) => driver.simulate({ wire, clock }, thermometer));
  return driver.make(lineOf(thermometer.path, plugIn, parts), thermometer);
}

/** What follows the distance of foreheads at an access point; its sensor likewise. */
export function assembleDistance(
  id: string,
  distance: DistanceConfig,
  parts: SensorParts & SupervisorDeps,
): DistanceWatch {
  const { minMm, maxMm } = distance;
  const sensor = distanceSensor(id, distance, parts);
  return new DistanceWatch({ accessPoint: id, sensor, window: { minMm, maxMm }, supervision: parts });
}

function distanceSensor(id: string, distance: DistanceConfig, parts: SensorParts): DistanceSensor {
  const { clock, world } = parts;
  const driver = distanceDriver(distance.driver);
  const plugIn = () => world.addDistanceSensor(id, (wire) => driver.simulate({ wire, clock }));
  return driver.make(lineOf(distance.path, plugIn, parts), distance);
}

/** @param plugIn plugs the simulator in and gives its path */
function lineOf(path: string, plugIn: () => string, { clock, world }: SensorParts): SensorLine {
  return path === SIMULATED
    ? { serialPorts: world.ports, clock, path: plugIn(), simulated: true }
    : { serialPorts: new NodeSerialPorts(), clock, path, simulated: false };
}
