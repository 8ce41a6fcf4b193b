import { describe, expect, it } from 'vitest';
import { SENSORS } from '../../hardware/sensors.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { mistakesAfter, SOUND_CONFIG } from './sound-config.ts';

const SERIAL = '{ driver: serial, path: /dev/ttyACM0 }';

describe('scanners of the config', () => {
  it.each([
    [SERIAL, { driver: 'serial', baudRate: 9600, idleMs: 80, family: 'plain', disableSetUpCodes: true }],
    ['{ driver: serial, path: /dev/serial0, family: gm65 }', { family: 'gm65', disableSetUpCodes: true }],
    ['{ driver: hid-keyboard, path: /dev/gatepost/scanner-1 }', { layout: 'us', idleMs: 100 }],
    ['{ driver: hid-pos, path: /dev/gatepost/scanner-1 }', { path: '/dev/gatepost/scanner-1' }],
    [
      '{ driver: camera, source: v4l2, path: /dev/v4l/by-id/cam }',
      { width: 640, height: 480, framesPerSecond: 10 },
    ],
    ['{ driver: camera, source: rpicam, path: camera0 }', { source: 'rpicam', path: 'camera0' }],
  ])('%s', (written, read) => {
    const { accessPoints } = parseConfig(SOUND_CONFIG.replace(SERIAL, written), 'gate.yaml', SENSORS);
    expect(accessPoints['way-in']?.scanner).toMatchObject(read);
  });

  it.each([
    ['{ driver: camera, source: rpicam, path: /dev/video0 }', 'camera0 to camera3'],
    ['{ driver: camera, source: v4l2, path: camera0 }', 'camera0 to camera3'],
    ['{ driver: camera, path: /dev/video0 }', 'source'],
    ['{ driver: camera, source: v4l2, path: /dev/video0, width: 641 }', 'width'],
    ['{ driver: camera, source: rpicam, path: camera0, width: 720 }', 'multiple of 64'],
    ['{ driver: hid-keyboard, path: hidraw0 }', 'hidraw device'],
    ['{ driver: hid-keyboard, path: /dev/hidraw0, layout: it }', 'layout'],
    ['{ driver: hid-pos, path: /dev/hidraw0, layout: us }', 'layout'],
    ['{ driver: serial, path: /dev/serial0, family: gm67 }', 'family'],
  ])('%s is a mistake', (written, named) => {
    const mistakes = mistakesAfter(SERIAL, written);
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]).toContain(named);
  });
});
