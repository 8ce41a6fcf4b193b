import type { Command } from 'commander';
import { toString as drawQr } from 'qrcode';
import { KernelDeviceFiles } from '../../../hardware/hidraw-reader/kernel-device-files.ts';
import { CALIBRATION_TEXT, type Calibration, calibrate } from '../../../hardware/scanner-hid/calibration.ts';
import { readStrokes } from '../../../hardware/scanner-hid/read-strokes.ts';
import { SystemClock } from '../../adapters/clock/system-clock.ts';
import { commandGroup } from '../command-group.ts';

/** Time to walk to the scanner. */
const WAIT_MS = 120_000;

/** `gatepost scanner calibrate [DEVICE]`: exit code 0 when the layout was found, 1 when not, 2 wrong use. */
export function registerScannerCalibrate(program: Command): void {
  commandGroup(program, 'scanner', 'set up scanners')
    .command('calibrate')
    .description('show the calibration code, and find the keyboard layout of a scanner that plays keyboard')
    .argument(
      '[device]',
      'its hidraw device, e.g. /dev/gatepost/scanner-…; only the code is shown without it',
    )
    .action(async (device: string | undefined) => {
      console.log(await drawQr(CALIBRATION_TEXT, { type: 'utf8', errorCorrectionLevel: 'M' }));
      console.log(CALIBRATION_TEXT);
      if (device === undefined) return;
      console.log(`Hold this code in front of the scanner within ${WAIT_MS / 60_000} minutes.`);
      const parts = { devices: new KernelDeviceFiles(), clock: new SystemClock(), path: device };
      const strokes = await readStrokes(parts, AbortSignal.timeout(WAIT_MS));
      const calibration = calibrate(strokes);
      console.log(strokes.length === 0 ? 'Nothing was scanned.' : inWords(calibration));
      if (calibration.status !== 'fits') process.exitCode = 1;
    });
}

function inWords(calibration: Calibration): string {
  switch (calibration.status) {
    case 'fits':
      return `Every character arrives. Write: layout: ${calibration.layout}`;
    case 'wrong_case':
      return `The layout is ${calibration.layout}, but small and capital letters are exchanged. Switch Caps Lock emulation and case conversion of the scanner off.`;
    case 'unknown':
      return `No layout fits. Read as ${calibration.nearest} it is ${JSON.stringify(calibration.read)}. Set the scanner to keyboard country USA, or better to USB virtual COM port.`;
  }
}
