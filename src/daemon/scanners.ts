import { KernelDeviceFiles } from '../../hardware/hidraw-reader/kernel-device-files.ts';
import { QrWorker } from '../../hardware/qr-image/qr-worker.ts';
import { CameraCodeReader } from '../../hardware/scanner-camera/camera-reader.ts';
import { KeyboardCodeReader } from '../../hardware/scanner-hid/keyboard-reader.ts';
import { PosCodeReader } from '../../hardware/scanner-hid/pos-reader.ts';
import { SerialCodeReader } from '../../hardware/scanner-serial/driver.ts';
import { NodeSerialPorts } from '../../hardware/serial/serial-ports.ts';
import type { ScannerConfig } from '../config/devices.ts';
import type { CodeReader } from '../ports/code-reader.ts';
import type { DeviceContext } from './context.ts';

/** The path in the config of a simulated scanner. */
const SIMULATED = 'simulated';

/** The reader for one scanner of the config; a simulated scanner is added to the simulated world. */
export function assembleScanner(
  accessPoint: string,
  scanner: ScannerConfig,
  deps: Omit<DeviceContext, 'config'>,
): CodeReader {
  const { clock } = deps;
  switch (scanner.driver) {
    case 'serial':
      return serialReader(accessPoint, scanner, deps);
    case 'hid-keyboard':
      return new KeyboardCodeReader({
        // Read by a child process: the kernel keeps only 64 reports (32 keys), so a slow disk that blocks this process
        // for a moment would lose some. The pipe from the child keeps thousands.
        devices: new KernelDeviceFiles('cat'),
        clock,
        path: scanner.path,
        layout: scanner.layout,
        idleMs: scanner.idleMs,
        simulated: false,
      });
    case 'hid-pos':
      return new PosCodeReader({
        devices: new KernelDeviceFiles(),
        clock,
        path: scanner.path,
        simulated: false,
      });
    case 'camera': {
      const { source, path, width, height, framesPerSecond } = scanner;
      return new CameraCodeReader({
        camera: { source, path: path.replace(/^camera/, ''), width, height, framesPerSecond },
        decoder: new QrWorker(clock),
        clock,
        simulated: false,
      });
    }
  }
}

function serialReader(
  accessPoint: string,
  scanner: Extract<ScannerConfig, { driver: 'serial' }>,
  { clock, world }: Omit<DeviceContext, 'config'>,
): CodeReader {
  const { baudRate, idleMs, family, disableSetUpCodes } = scanner;
  if (scanner.path === SIMULATED) {
    // The simulated scanner takes no commands, independent of the family in the config.
    const path = world.addScanner(accessPoint);
    return new SerialCodeReader({ serialPorts: world.ports, clock, path, baudRate, idleMs, simulated: true });
  }
  return new SerialCodeReader({
    serialPorts: new NodeSerialPorts(),
    clock,
    path: scanner.path,
    baudRate,
    idleMs,
    ...(family === 'gm65' ? { gm65: { disableSetUpCodes } } : {}),
    simulated: false,
  });
}
