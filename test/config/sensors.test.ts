import { describe, expect, it } from 'vitest';
import { SENSORS } from '../../hardware/sensors.ts';
import { parseConfig, readConfig } from '../../src/config/load-config.ts';
import type { DistanceTraits, ThermometerTraits } from '../../src/core/screening/sensor-traits.ts';
import { mistakesAfter, SOUND_CONFIG } from './sound-config.ts';

const SCANNER = '    scanner: { driver: serial, path: /dev/ttyACM0 }\n';

const withSensor = (line: string) => `${SCANNER}    ${line}\n`;

function entry(line: string) {
  return parseConfig(SOUND_CONFIG.replace(SCANNER, withSensor(line)), 'gate.yaml', SENSORS).accessPoints[
    'way-in'
  ];
}

describe('sensors in the config', () => {
  it.each([
    ['gy-614v3', { baudRate: 9600 }],
    ['lu90614', {}],
    ['cjmcu-90614', { baudRate: 115_200 }],
    ['idc-50', {}],
  ])('takes a %s with its own defaults', (driver, defaults) => {
    const path = '/dev/ttyUSB0';
    expect(entry(`thermometer: { driver: ${driver}, path: ${path} }`)?.thermometer).toEqual({
      driver,
      path,
      ...defaults,
    });
  });

  it.each(SENSORS.thermometers.flatMap((family) => (family.settings === 'speed' ? [family] : [])))(
    'takes every speed of a $driver, and no other',
    ({ driver, speeds }) => {
      const written = (speed: number | string) =>
        withSensor(`thermometer: { driver: ${driver}, path: /d, baudRate: ${speed} }`);
      for (const speed of [...speeds, 4711]) {
        const isTaken = speeds.length > 1 && speed !== 4711;
        expect(mistakesAfter(SCANNER, written(speed)).length, String(speed)).toBe(isTaken ? 0 : 1);
      }
    },
  );

  it.each(SENSORS.distances)('refuses a window that a $driver never sees into', ({ driver, seesMm }) => {
    const written = (minMm: number, maxMm: number) =>
      withSensor(`distance: { driver: ${driver}, path: /d, minMm: ${minMm}, maxMm: ${maxMm} }`);
    const { from, to } = seesMm;
    expect(mistakesAfter(SCANNER, written(0, from))).toEqual([
      expect.stringContaining(`sees nothing nearer than ${from}`),
    ]);
    expect(mistakesAfter(SCANNER, written(0, from + 1))).toEqual([]);
    if (to >= 5000) return;
    expect(mistakesAfter(SCANNER, written(to, 5000))).toEqual([
      expect.stringContaining(`sees nothing further away than ${to}`),
    ]);
  });

  it.each(SENSORS.thermometers)('lets a $driver screen as far as it says it can', (family) => {
    const { driver, tellsAmbient, tellsEstimate } = family;
    const registers = family.settings === 'registers' ? ', objectRegister: 1' : '';
    const sensor = withSensor(`thermometer: { driver: ${driver}, path: /d${registers} }`);
    const mistakes = (screening: string) =>
      mistakesAfter(SCANNER, `${sensor}screening: { in: advise, ${screening} }\n`).length;
    expect(mistakes('unknownAmbient: refuse')).toBe(tellsAmbient === true ? 0 : 1);
    expect(mistakes('unknownAmbient: accept, estimate: module')).toBe(tellsEstimate ? 0 : 1);
  });

  it('takes the registers of a Modbus sensor, also in hexadecimal', () => {
    const line =
      'thermometer: { driver: modbus, path: /dev/ttyUSB0, objectRegister: 0x12, ambientRegister: 0x14, status: { register: 0x15, bits: { 0: measurement error } } }';
    expect(entry(line)?.thermometer).toMatchObject({
      address: 1,
      parity: 'none',
      stopBits: 1,
      function: 3,
      type: 'int16',
      stepsPerDegree: 10,
      objectRegister: 18,
      ambientRegister: 20,
      status: { register: 21, bits: { 0: 'measurement error' } },
    });
  });

  it.each([
    ['even', 1, 255],
    ['odd', 2, 248],
    ['none', 2, 247],
  ])(
    'takes the parity %s, %d stop bits and the address %d of a Modbus sensor',
    (parity, stopBits, address) => {
      const line = `thermometer: { driver: modbus, path: /dev/ttyUSB0, objectRegister: 1, ambientRegister: 2, parity: ${parity}, stopBits: ${stopBits}, address: ${address} }`;
      expect(entry(line)?.thermometer).toMatchObject({ parity, stopBits, address });
    },
  );

  it('takes a distance sensor with its window', () => {
    expect(entry('distance: { driver: gy-53, path: /dev/ttyUSB1 }')?.distance).toEqual({
      driver: 'gy-53',
      path: '/dev/ttyUSB1',
      minMm: 30,
      maxMm: 150,
      baudRate: 9600,
    });
  });

  it.each([
    [
      'a bit beyond the register',
      'thermometer: { driver: modbus, path: /d, objectRegister: 1, status: { register: 2, bits: { 16: x } } }',
      'must be a bit from 0 to 15',
    ],
    [
      'registers far apart',
      'thermometer: { driver: modbus, path: /d, objectRegister: 1, ambientRegister: 500 }',
      'lies too far from the other registers',
    ],
    [
      'registers that are too far apart by the second half of a value',
      'thermometer: { driver: modbus, path: /d, type: float32, objectRegister: 124, ambientRegister: 0 }',
      'lies too far from the other registers',
    ],
    [
      'one register for two values',
      'thermometer: { driver: modbus, path: /d, objectRegister: 2, ambientRegister: 2 }',
      'lies in a register of another value (int16 takes 1)',
    ],
    [
      'a value of 32 bits in the register of the next one',
      'thermometer: { driver: modbus, path: /d, type: float32, objectRegister: 2, ambientRegister: 3 }',
      'lies in a register of another value (float32 takes 2)',
    ],
    [
      'a status in the second half of a value',
      'thermometer: { driver: modbus, path: /d, type: int32, objectRegister: 2, status: { register: 3, bits: { 0: x } } }',
      'lies in a register of another value (int32 takes 2)',
    ],
    [
      'half a value behind the last register',
      'thermometer: { driver: modbus, path: /d, type: int32, objectRegister: 65535 }',
      'needs 2 registers, but it is the last one',
    ],
    [
      'a window upside down',
      'distance: { driver: gy-53, path: /d, minMm: 200 }',
      'must be above minMm (200), not 150',
    ],
    ['a TF-Luna for foreheads', 'distance: { driver: tf-luna, path: /d }', 'sees nothing nearer than 200'],
    ['one path for two devices', 'distance: { driver: gy-53, path: /dev/ttyACM0 }', 'already uses'],
  ])('refuses %s', (_name, line, message) => {
    expect(mistakesAfter(SCANNER, withSensor(line))).toEqual([expect.stringContaining(message)]);
  });

  it.each([
    ['lu90614', 'in: enforce', 'does not tell the air temperature'],
    ['idc-50', 'in: advise', 'does not tell the air temperature'],
    ['gy-mcu9061x', 'in: advise, estimate: module', 'sends no estimate of its own'],
  ])('refuses screening that a %s cannot do', (driver, screening, message) => {
    const text = `${withSensor(`thermometer: { driver: ${driver}, path: /dev/ttyUSB0 }`)}screening: { ${screening} }\n`;
    expect(mistakesAfter(SCANNER, text)).toEqual([expect.stringContaining(message)]);
  });

  it('refuses a level that screens with a thermometer that cannot', () => {
    const text = `${withSensor('thermometer: { driver: idc-50, path: /d }')}policy: { levels: { strict: { screening: { in: enforce } } } }\n`;
    expect(mistakesAfter(SCANNER, text)).toEqual([
      expect.stringContaining('does not tell the air temperature'),
    ]);
  });

  it('takes a Modbus sensor for one that tells the air only with the register for it', () => {
    const screening = 'screening: { in: advise }\n';
    const sensor = (more: string) =>
      withSensor(`thermometer: { driver: modbus, path: /d, objectRegister: 1${more} }`) + screening;
    expect(mistakesAfter(SCANNER, sensor(', ambientRegister: 2'))).toEqual([]);
    expect(mistakesAfter(SCANNER, sensor(''))).toEqual([
      expect.stringContaining('does not tell the air temperature'),
    ]);
  });

  it.each([
    ['lu90614', 'in: enforce, unknownAmbient: accept'],
    ['lu90614', 'in: "off"'],
    ['gy-614v3', 'in: enforce, estimate: module'],
  ])('takes screening that a %s can do', (driver, screening) => {
    const text = `${withSensor(`thermometer: { driver: ${driver}, path: /dev/ttyUSB0 }`)}screening: { ${screening} }\n`;
    expect(mistakesAfter(SCANNER, text)).toEqual([]);
  });
});

describe('a family that nobody has thought of yet', () => {
  const said = { driver: 'new-one', settings: 'speed', speeds: [9600], silenceMs: 2000 } as const;

  it('has to say what it measures before it compiles', () => {
    // @ts-expect-error It says nothing of its own temperature.
    const ambient: ThermometerTraits = { ...said, resolutionC: 0.1, tellsEstimate: false };
    // @ts-expect-error It says nothing of an estimate.
    const estimate: ThermometerTraits = { ...said, resolutionC: 0.1, tellsAmbient: false };
    // @ts-expect-error It says nothing of how near and how far it sees.
    const reach: DistanceTraits = { ...said };
    expect([ambient.driver, estimate.driver, reach.driver]).toEqual(['new-one', 'new-one', 'new-one']);
  });

  it('is in the schema, the checks and the messages by what it says', () => {
    const family = { ...said, resolutionC: 0.1, tellsAmbient: false, tellsEstimate: false };
    const families = { ...SENSORS, thermometers: [family] as const };
    const text = (driver: string, screening: string) =>
      SOUND_CONFIG.replace(
        SCANNER,
        `${withSensor(`thermometer: { driver: ${driver}, path: /d }`)}screening: { ${screening} }\n`,
      );
    const accept = 'in: advise, unknownAmbient: accept';
    expect(readConfig(text('new-one', accept), 'gate.yaml', families).status).toBe('valid');
    expect(readConfig(text('new-one', 'in: advise'), 'gate.yaml', families)).toMatchObject({
      mistakes: [{ message: expect.stringContaining('(new-one) does not tell the air temperature') }],
    });
    expect(readConfig(text('gy-614v3', accept), 'gate.yaml', families)).toMatchObject({
      mistakes: [{ message: expect.stringContaining('must be new-one') }],
    });
  });
});
