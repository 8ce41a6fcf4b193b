import { z } from 'zod';
import { filePath, serialPath } from './fields.ts';

/** Device entries of the config: one variant a driver, told apart by `driver`. */

const level = z.enum(['high', 'low']);
/** BCM number on the 40-pin header; 0 and 1 belong to the HAT's identification. */
const line = z.number().int().min(2).max(27);

const outputLine = {
  line: line.describe('GPIO line by its BCM number.'),
  activeLevel: level.describe('Level that releases the door: look at what the relay board wants.'),
};

export const doorLock = z.discriminatedUnion('driver', [
  z.strictObject({
    driver: z.literal('simulated'),
    levelFile: filePath.exactOptional().describe('File that shows the level, 0 or 1, as it changes.'),
  }),
  z.strictObject({ driver: z.literal('onoff'), ...outputLine }),
  z.strictObject({ driver: z.literal('auto'), ...outputLine }),
]);
export type DoorLockConfig = z.output<typeof doorLock>;

export const doorContact = z.discriminatedUnion('driver', [
  z.strictObject({
    driver: z.literal('simulated'),
    walkThrough: z.boolean().default(true).describe('Whether somebody walks through after each release.'),
    stateFile: filePath.exactOptional().describe('File that shows the state, open or closed, as it changes.'),
  }),
  z.strictObject({
    driver: z.literal('onoff'),
    line: line.describe('GPIO line by its BCM number.'),
    openLevel: level.describe('Level while the door stands open.'),
  }),
]);
export type DoorContactConfig = z.output<typeof doorContact>;

export const scanner = z.discriminatedUnion('driver', [
  z.strictObject({
    driver: z.literal('serial'),
    path: serialPath.describe('Serial device, best below /dev/serial/by-id; or `simulated`.'),
    baudRate: z
      .number()
      .int()
      .min(1200)
      .max(921_600)
      .default(9600)
      .describe('Bits per second; means nothing to a scanner on USB.'),
    idleMs: z
      .number()
      .int()
      .min(10)
      .max(1000)
      .default(80)
      .describe('Silence that ends a code of a scanner without line ends, in milliseconds.'),
    family: z
      .enum(['plain', 'gm65'])
      .default('plain')
      .describe('gm65: a Grow or Waveshare module that takes commands; plain: nothing is sent to it.'),
    disableSetUpCodes: z
      .boolean()
      .default(true)
      .describe('Make a gm65 ignore set-up codes, which anybody can show it.'),
  }),
]);
export type ScannerConfig = z.output<typeof scanner>;

export const thermometer = z.discriminatedUnion('driver', [
  z.strictObject({
    driver: z.literal('gy-mcu9061x'),
    path: serialPath.describe('Serial device, best below /dev/serial/by-path; or `simulated`.'),
    baudRate: z
      .literal(['auto', 9600, 115_200])
      .default('auto')
      .describe('Bits per second; models differ, `auto` tries both.'),
  }),
]);
export type ThermometerConfig = z.output<typeof thermometer>;
