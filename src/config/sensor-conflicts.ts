import type { z } from 'zod';
import type { ModbusThermometerConfig, ThermometerConfig } from './devices.ts';
import type { accessPoint, Config } from './schema.ts';
import type { ConfigPath } from './yaml-source.ts';

interface SensorParts {
  readonly accessPoints: Readonly<Record<string, z.output<typeof accessPoint>>>;
  readonly screening?: Config['screening'] | undefined;
}

interface Conflict {
  readonly path: ConfigPath;
  readonly message: string;
}

/** Most registers of one Modbus request. */
const MODBUS_BLOCK = 125;
const REGISTERS = 65_536;
/** A TF-Luna sees nothing nearer than this (hardware/FACTS.md#tf-luna). */
const TF_LUNA_BLIND_MM = 200;

/** The mistakes between settings of thermometers, of distance sensors, and of the screening that uses them. */
export function sensorConflicts(parts: SensorParts): Conflict[] {
  const { screening } = parts;
  return Object.entries(parts.accessPoints).flatMap(([id, { thermometer, distance }]) => [
    ...(thermometer?.driver === 'modbus' ? modbusRegisters(id, thermometer) : []),
    ...(distance === undefined ? [] : distanceWindow(id, distance)),
    ...(thermometer === undefined || screening === undefined || isOff(screening)
      ? []
      : unfitThermometer(id, thermometer, screening)),
  ]);
}

function isOff({ in: inward, out, kinds }: Config['screening']): boolean {
  return [inward, out, ...Object.values(kinds)].every((mode) => mode === 'off');
}

/** Where a Modbus sensor keeps one value: `end` is the register behind it. */
interface RegisterPlace {
  readonly path: ConfigPath;
  readonly first: number;
  readonly end: number;
}

function modbusRegisters(id: string, sensor: ModbusThermometerConfig): Conflict[] {
  const places = registerPlaces(id, sensor);
  const shared = places.find((place, at) =>
    places.slice(0, at).some(({ first, end }) => place.first < end && first < place.end),
  );
  if (shared !== undefined) {
    const message = `lies in a register of another value (${sensor.type} takes ${registersOf(sensor)}); compare with the manual of the sensor`;
    return [{ path: shared.path, message }];
  }
  const beyond = places.find(({ end }) => end > REGISTERS);
  if (beyond !== undefined) {
    return [{ path: beyond.path, message: `needs ${registersOf(sensor)} registers, but it is the last one` }];
  }
  const span = Math.max(...places.map(({ end }) => end)) - Math.min(...places.map(({ first }) => first));
  if (span <= MODBUS_BLOCK) return [];
  return [
    {
      path: ['accessPoints', id, 'thermometer', 'objectRegister'],
      message: `lies too far from the other registers: all are read at once, at most ${MODBUS_BLOCK}; leave out what is far away`,
    },
  ];
}

function registerPlaces(id: string, sensor: ModbusThermometerConfig): readonly RegisterPlace[] {
  const { objectRegister, ambientRegister, status } = sensor;
  const place = (key: readonly string[], first: number, size: number): RegisterPlace => ({
    path: ['accessPoints', id, 'thermometer', ...key],
    first,
    end: first + size,
  });
  const size = registersOf(sensor);
  return [
    place(['objectRegister'], objectRegister, size),
    ...(ambientRegister === undefined ? [] : [place(['ambientRegister'], ambientRegister, size)]),
    ...(status === undefined ? [] : [place(['status', 'register'], status.register, 1)]),
  ];
}

function registersOf({ type }: ModbusThermometerConfig): 1 | 2 {
  return type === 'int16' || type === 'uint16' ? 1 : 2;
}

function distanceWindow(
  id: string,
  { driver, minMm, maxMm }: NonNullable<z.output<typeof accessPoint>['distance']>,
): Conflict[] {
  const path = ['accessPoints', id, 'distance', 'maxMm'];
  if (minMm >= maxMm) return [{ path, message: `must be above minMm (${minMm}), not ${maxMm}` }];
  if (driver !== 'tf-luna' || maxMm > TF_LUNA_BLIND_MM) return [];
  return [
    {
      path,
      message: `is ${maxMm}, but a TF-Luna sees nothing nearer than ${TF_LUNA_BLIND_MM}: nobody would ever stand right; use a GY-53 for foreheads`,
    },
  ];
}

function unfitThermometer(
  id: string,
  thermometer: ThermometerConfig,
  { estimate, unknownAmbient }: Config['screening'],
): Conflict[] {
  const conflicts: Conflict[] = [];
  if (estimate === 'module' && thermometer.driver !== 'gy-614v3') {
    conflicts.push({
      path: ['screening', 'estimate'],
      message: `is module, but the thermometer of access point \`${id}\` (${thermometer.driver}) sends no estimate of its own: choose object or offset`,
    });
  }
  if (unknownAmbient === 'refuse' && !tellsAmbient(thermometer)) {
    conflicts.push({
      path: ['screening', 'unknownAmbient'],
      message: `is refuse, but the thermometer of access point \`${id}\` (${thermometer.driver}) does not tell the air temperature, so nobody could be measured there: set \`unknownAmbient: accept\` if the room keeps within ambientMinC and ambientMaxC`,
    });
  }
  return conflicts;
}

function tellsAmbient(thermometer: ThermometerConfig): boolean {
  if (thermometer.driver === 'modbus') return thermometer.ambientRegister !== undefined;
  return thermometer.driver !== 'lu90614' && thermometer.driver !== 'idc-50';
}
