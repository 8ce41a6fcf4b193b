import type { DistanceTraits, SensorFamilies, ThermometerTraits } from '../core/screening/sensor-traits.ts';
import type { Conflict } from './conflicts.ts';
import type { DistanceConfig, RegisterThermometerConfig, ThermometerConfig } from './devices.ts';
import type { Config } from './schema.ts';
import type { ConfigPath } from './yaml-source.ts';

interface SensorParts {
  readonly accessPoints: Config['accessPoints'];
  readonly screening?: Config['screening'] | undefined;
  readonly policy?: Config['policy'] | undefined;
}

/** Most registers of one Modbus request. */
const MODBUS_BLOCK = 125;
const REGISTERS = 65_536;

/** The mistakes between settings of thermometers, of distance sensors, and of the screening that uses them. */
export function sensorConflicts(parts: SensorParts, families: SensorFamilies): Conflict[] {
  const { screening } = parts;
  const levels = Object.values(parts.policy?.levels ?? {}).flatMap((level) => level.screening ?? []);
  return Object.entries(parts.accessPoints).flatMap(([id, { thermometer, distance }]) => [
    ...(thermometer !== undefined && keepsRegisters(thermometer) ? modbusRegisters(id, thermometer) : []),
    ...(distance === undefined ? [] : distanceWindow(id, distance, families)),
    ...(thermometer === undefined || screening === undefined || [screening, ...levels].every(isOff)
      ? []
      : unfitThermometer({ id, thermometer, screening, families })),
  ]);
}

/** Whether nobody is screened. */
export function isOff({
  in: inward,
  out,
  kinds,
}: Pick<Config['screening'], 'in' | 'out' | 'kinds'>): boolean {
  return [inward, out, ...Object.values(kinds)].every((mode) => mode === 'off');
}

function keepsRegisters(thermometer: ThermometerConfig): thermometer is RegisterThermometerConfig {
  return 'objectRegister' in thermometer;
}

/** The registers of one value of a Modbus sensor: `end` is the register behind it. */
interface RegisterPlace {
  readonly path: ConfigPath;
  readonly first: number;
  readonly end: number;
}

function modbusRegisters(id: string, sensor: RegisterThermometerConfig): Conflict[] {
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

function registerPlaces(id: string, sensor: RegisterThermometerConfig): readonly RegisterPlace[] {
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

function registersOf({ type }: RegisterThermometerConfig): 1 | 2 {
  return type === 'int16' || type === 'uint16' ? 1 : 2;
}

function distanceWindow(
  id: string,
  { driver, minMm, maxMm }: DistanceConfig,
  { distances }: SensorFamilies,
): Conflict[] {
  const at = (key: 'minMm' | 'maxMm') => ['accessPoints', id, 'distance', key];
  if (minMm >= maxMm) return [{ path: at('maxMm'), message: `must be above minMm (${minMm}), not ${maxMm}` }];
  const sees = familyOf<DistanceTraits>(distances, driver)?.seesMm;
  if (sees === undefined) return [];
  const nobody = 'nobody would ever stand right';
  if (maxMm <= sees.from) {
    const message = `is ${maxMm}, but a ${driver} sees nothing nearer than ${sees.from}: ${nobody}; let people stand further away, or take a sensor that sees nearer`;
    return [{ path: at('maxMm'), message }];
  }
  if (minMm < sees.to) return [];
  const message = `is ${minMm}, but a ${driver} sees nothing further away than ${sees.to}: ${nobody}; let people stand nearer`;
  return [{ path: at('minMm'), message }];
}

function unfitThermometer(options: {
  id: string;
  thermometer: ThermometerConfig;
  screening: Config['screening'];
  families: SensorFamilies;
}): Conflict[] {
  const { id, thermometer, families } = options;
  const { estimate, unknownAmbient } = options.screening;
  const family = familyOf<ThermometerTraits>(families.thermometers, thermometer.driver);
  const conflicts: Conflict[] = [];
  if (estimate === 'module' && family?.tellsEstimate !== true) {
    conflicts.push({
      path: ['screening', 'estimate'],
      message: `is module, but the thermometer of access point \`${id}\` (${thermometer.driver}) sends no estimate of its own: choose object or offset`,
    });
  }
  if (unknownAmbient === 'refuse' && !tellsAmbient(thermometer, family)) {
    conflicts.push({
      path: ['screening', 'unknownAmbient'],
      message: `is refuse, but the thermometer of access point \`${id}\` (${thermometer.driver}) does not tell the air temperature, so nobody could be measured there: set \`unknownAmbient: accept\` if the room keeps within ambientMinC and ambientMaxC`,
    });
  }
  return conflicts;
}

function tellsAmbient(thermometer: ThermometerConfig, family: ThermometerTraits | undefined): boolean {
  const tells = family?.tellsAmbient ?? false;
  if (typeof tells === 'boolean') return tells;
  return tells in thermometer;
}

function familyOf<T extends { readonly driver: string }>(
  families: readonly T[],
  name: string,
): T | undefined {
  return families.find(({ driver }) => driver === name);
}
