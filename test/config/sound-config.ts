import { expect } from 'vitest';
import { SENSORS } from '../../hardware/sensors.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { isGatepostError } from '../../src/core/errors.ts';

/** A small config in which nothing is wrong; tests change one thing in it. */
export const SOUND_CONFIG = `version: 1
site: { id: willow, name: Willow, timeZone: Europe/Berlin }
gate: { id: north, name: North }
doors:
  main:
    name: Main
    lock: { driver: onoff, line: 17, activeLevel: low }
accessPoints:
  way-in:
    door: main
    direction: in
    scanner: { driver: serial, path: /dev/ttyACM0 }
passes:
  issuers:
    - { name: Office, publicKey: e-M1fFYaAlAxlg-eD8PAiv5FOnZpAmxo5Dv5aZZeiPI }
store: { folder: data }
`;

/** The mistakes of SOUND_CONFIG after one change, without the file name. */
export function mistakesAfter(from: string, to: string): string[] {
  expect(SOUND_CONFIG).toContain(from);
  return mistakesOf(SOUND_CONFIG.replace(from, to));
}

/** The lines of the message that refuses `text`, without the file name; none for a sound config. */
export function mistakesOf(text: string): string[] {
  try {
    parseConfig(text, 'gate.yaml', SENSORS);
    return [];
  } catch (error) {
    if (!isGatepostError(error, 'config.invalid')) throw error;
    return error.message.split('\n').map((line) => line.replace(/^gate\.yaml:/, ''));
  }
}
