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
/** A TF-Luna sees nothing nearer than this (hardware-facts 1.7). */
const TF_LUNA_BLIND_MM = 200;

/** The mistakes between settings of thermometers, of distance sensors, and of the screening that uses them. */
export function sensorConflicts(parts: SensorParts): Conflict[] {
  const { screening } = parts;
  return Object.entries(parts.accessPoints).flatMap(([id, { thermometer, distance }]) => [
    ...(thermometer?.driver === 'modbus' ? modbusBlock(id, thermometer) : []),
    ...(distance === undefined ? [] : distanceWindow(id, distance)),
    ...(thermometer === undefined || screening === undefined || isOff(screening)
      ? []
      : unfitThermometer(id, thermometer, screening)),
  ]);
}

function isOff({ in: inward, out, kinds }: Config['screening']): boolean {
  return [inward, out, ...Object.values(kinds)].every((mode) => mode === 'off');
}

function modbusBlock(id: string, sensor: ModbusThermometerConfig): Conflict[] {
  const registers = [sensor.objectRegister, sensor.ambientRegister, sensor.status?.register].filter(
    (register) => register !== undefined,
  );
  if (Math.max(...registers) - Math.min(...registers) < MODBUS_BLOCK - 1) return [];
  return [
    {
      path: ['accessPoints', id, 'thermometer', 'objectRegister'],
      message: `lies too far from the other registers: all are read at once, at most ${MODBUS_BLOCK}; leave out what is far away`,
    },
  ];
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
