import { expect, it } from 'vitest';
import { SENSORS } from '../../hardware/sensors.ts';
import { readConfig } from '../../src/config/load-config.ts';
import { summaryOf } from '../../src/config/summary.ts';
import { SOUND_CONFIG } from './sound-config.ts';

const WITH_DESK = SOUND_CONFIG.replace('passes:', 'passes:\n  atDesk: {}');
const read = (printer: string, config = WITH_DESK) =>
  readConfig(`${config}printer: ${printer}\n`, 'gate.yaml', SENSORS);
const mistakesOf = (reading: ReturnType<typeof read>) =>
  reading.status === 'valid' ? [] : reading.mistakes.map(({ message }) => message);

it.each([
  ['on USB', '{ driver: usb, path: /dev/usb/lp0 }', undefined],
  ['on a serial line', '{ driver: serial, path: /dev/ttyUSB7, baudRate: 38400, widthMm: 58 }', undefined],
  ['that is simulated', '{ driver: usb, path: simulated }', undefined],
  ['of another width', '{ driver: usb, path: /dev/usb/lp0, widthMm: 76 }', 'widthMm'],
  ['of another driver', '{ driver: cups, path: receipt }', 'driver'],
  ['with a speed on USB', '{ driver: usb, path: /dev/usb/lp0, baudRate: 9600 }', 'baudRate'],
  ['without a path', '{ driver: usb, path: lp0 }', 'must be `simulated` or a printer'],
  ['on the line of the scanner', '{ driver: serial, path: /dev/ttyACM0 }', 'already uses'],
])('a printer %s', (_, printer, mistake) => {
  expect(mistakesOf(read(printer))).toEqual(mistake === undefined ? [] : [expect.stringContaining(mistake)]);
});

it('needs passes that are made at the desk', () => {
  const reading = read('{ driver: usb, path: /dev/usb/lp0 }', SOUND_CONFIG);
  expect(mistakesOf(reading)).toEqual([expect.stringContaining('needs `passes.atDesk`')]);
});

it('is told in the summary', () => {
  const reading = read('{ driver: usb, path: /dev/usb/lp0, tellsStatus: false }');
  const said = reading.status === 'valid' ? summaryOf(reading.config, 0).join('\n') : '';
  expect(said).toContain('Receipt printer: usb, /dev/usb/lp0, 80 mm; it is not asked how it is');
});
