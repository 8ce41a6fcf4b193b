import { DfrobotUltrasonicDistanceSensor } from '../../hardware/distance-dfrobot-ultrasonic/driver.ts';
import { DfrobotUltrasonicSimulator } from '../../hardware/distance-dfrobot-ultrasonic/simulator.ts';
import { Gy53DistanceSensor } from '../../hardware/distance-gy-53/driver.ts';
import { Gy53Simulator } from '../../hardware/distance-gy-53/simulator.ts';
import { TfLunaDistanceSensor } from '../../hardware/distance-tf-luna/driver.ts';
import { TfLunaSimulator } from '../../hardware/distance-tf-luna/simulator.ts';
import { NodeSerialPorts } from '../../hardware/serial/serial-ports.ts';
import type { DistanceSimulator } from '../../hardware/simulators/streaming-distance.ts';
import type { ThermometerSimulator } from '../../hardware/simulators/thermometer-frames.ts';
import type { Wire } from '../../hardware/simulators/wire.ts';
import { Cjmcu90614Thermometer } from '../../hardware/thermometer-cjmcu-90614/driver.ts';
import { Cjmcu90614Simulator } from '../../hardware/thermometer-cjmcu-90614/simulator.ts';
import { Gy614v3Thermometer } from '../../hardware/thermometer-gy-614v3/driver.ts';
import { Gy614v3Simulator } from '../../hardware/thermometer-gy-614v3/simulator.ts';
import { GyMcu9061xThermometer } from '../../hardware/thermometer-gy-mcu9061x/driver.ts';
import { GyMcu9061xSimulator } from '../../hardware/thermometer-gy-mcu9061x/simulator.ts';
import { Idc50Thermometer } from '../../hardware/thermometer-idc-50/driver.ts';
import { Idc50Simulator } from '../../hardware/thermometer-idc-50/simulator.ts';
import { Lu90614Thermometer } from '../../hardware/thermometer-lu90614/driver.ts';
import { Lu90614Simulator } from '../../hardware/thermometer-lu90614/simulator.ts';
import { ModbusThermometer } from '../../hardware/thermometer-modbus/driver.ts';
import { ModbusSimulator } from '../../hardware/thermometer-modbus/simulator.ts';
import type { SupervisorDeps } from '../app/devices/device-supervisor.ts';
import { DistanceWatch } from '../app/screening/distance-watch.ts';
import type { DistanceConfig, ThermometerConfig } from '../config/devices.ts';
import type { SimulatedWorld } from '../demo/simulated-devices.ts';
import type { Clock } from '../ports/clock.ts';
import type { DistanceSensor } from '../ports/distance-sensor.ts';
import type { Thermometer } from '../ports/thermometer.ts';

/** In the config, the path of a device that is played. */
const SIMULATED = 'simulated';

/** Speeds that the modules cannot change. */
const BAUD_RATE = {
  lu90614: 9600,
  'idc-50': 115_200,
  'dfrobot-ultrasonic': 9600,
  'tf-luna': 115_200,
} as const;

interface SensorParts {
  readonly clock: Clock;
  readonly world: SimulatedWorld;
}

/** The thermometer of an access point; with the path `simulated` its module is plugged into the simulated world. */
export function assembleThermometer(
  id: string,
  thermometer: ThermometerConfig,
  { clock, world }: SensorParts,
): Thermometer {
  const simulated = thermometer.path === SIMULATED;
  const line = {
    serialPorts: simulated ? world.ports : new NodeSerialPorts(),
    clock,
    path: simulated
      ? world.addThermometer(id, (wire) => simulatedThermometer(thermometer, wire, clock))
      : thermometer.path,
    simulated,
  };
  switch (thermometer.driver) {
    case 'gy-mcu9061x':
      return new GyMcu9061xThermometer({ ...line, baudRate: thermometer.baudRate });
    case 'gy-614v3':
      return new Gy614v3Thermometer({ ...line, baudRate: thermometer.baudRate });
    case 'lu90614':
      return new Lu90614Thermometer({ ...line, baudRate: BAUD_RATE.lu90614 });
    case 'cjmcu-90614':
      return new Cjmcu90614Thermometer({ ...line, baudRate: thermometer.baudRate });
    case 'idc-50':
      return new Idc50Thermometer({ ...line, baudRate: BAUD_RATE['idc-50'] });
    case 'modbus': {
      const { baudRate, parity, stopBits, replyMs, ...map } = thermometer;
      return new ModbusThermometer({ ...line, baudRate, parity, stopBits, replyMs, map });
    }
  }
}

/** What follows the distance of foreheads at an access point; its sensor likewise. */
export function assembleDistance(
  id: string,
  distance: DistanceConfig,
  parts: SensorParts & SupervisorDeps,
): DistanceWatch {
  const { minMm, maxMm } = distance;
  const sensor = distanceSensor(id, distance, parts);
  return new DistanceWatch({ accessPoint: id, sensor, window: { minMm, maxMm }, parts });
}

function distanceSensor(id: string, distance: DistanceConfig, { clock, world }: SensorParts): DistanceSensor {
  const simulated = distance.path === SIMULATED;
  const line = {
    serialPorts: simulated ? world.ports : new NodeSerialPorts(),
    clock,
    path: simulated
      ? world.addDistanceSensor(id, (wire) => simulatedDistance(distance, wire, clock))
      : distance.path,
    simulated,
  };
  switch (distance.driver) {
    case 'gy-53':
      return new Gy53DistanceSensor({ ...line, baudRate: distance.baudRate });
    case 'dfrobot-ultrasonic':
      return new DfrobotUltrasonicDistanceSensor({ ...line, baudRate: BAUD_RATE['dfrobot-ultrasonic'] });
    case 'tf-luna':
      return new TfLunaDistanceSensor({ ...line, baudRate: BAUD_RATE['tf-luna'] });
  }
}

function simulatedThermometer(
  thermometer: ThermometerConfig,
  wire: Wire,
  clock: Clock,
): ThermometerSimulator {
  switch (thermometer.driver) {
    case 'gy-mcu9061x':
      return new GyMcu9061xSimulator({ wire, clock });
    case 'gy-614v3':
      return new Gy614v3Simulator({ wire, clock });
    case 'lu90614':
      return new Lu90614Simulator({ wire });
    case 'cjmcu-90614':
      return new Cjmcu90614Simulator({ wire, clock });
    case 'idc-50':
      return new Idc50Simulator({ wire, clock });
    case 'modbus':
      return new ModbusSimulator({ wire, map: thermometer, ...thermometer });
  }
}

function simulatedDistance(distance: DistanceConfig, wire: Wire, clock: Clock): DistanceSimulator {
  switch (distance.driver) {
    case 'gy-53':
      return new Gy53Simulator({ wire, clock });
    case 'dfrobot-ultrasonic':
      return new DfrobotUltrasonicSimulator({ wire, clock });
    case 'tf-luna':
      return new TfLunaSimulator({ wire, clock });
  }
}
