import { KernelDeviceFiles } from '../../../hardware/hidraw-reader/kernel-device-files.ts';
import { KeyboardCodeReader } from '../../../hardware/scanner-hid/keyboard-reader.ts';
import type { LayoutName } from '../../../hardware/scanner-hid/layouts.ts';
import { PosCodeReader } from '../../../hardware/scanner-hid/pos-reader.ts';
import {
  KEYBOARD_DESCRIPTOR,
  KeyboardScannerSimulator,
  POS_DESCRIPTOR,
  PosScannerSimulator,
  posReports,
  type ReportSink,
} from '../../../hardware/scanner-hid/simulator.ts';
import { SimulatedDeviceFiles } from '../../../hardware/simulators/simulated-device-files.ts';
import { SystemClock } from '../../../src/adapters/clock/system-clock.ts';
import type { CodeReader } from '../../../src/ports/code-reader.ts';
import type { DeviceFiles } from '../../../src/ports/device-link.ts';
import type { CodeReaderRig } from '../../contract/code-reader.ts';
import { FifoDevice } from './fifo-device.ts';

/** Carries reports from a simulator to a reader. */
interface ReportCable extends ReportSink {
  readonly devices: DeviceFiles;
  readonly path: string;
  unplug(): void;
  plug(): void;
  dispose(): void;
}

export function inMemoryCable(): ReportCable {
  const devices = new SimulatedDeviceFiles();
  const file = devices.file('/dev/hidraw0');
  return {
    devices,
    path: file.path,
    write: (bytes) => file.write(bytes),
    unplug: () => file.unplug(),
    plug: () => file.plug(),
    dispose: () => undefined,
  };
}

export function fifoCable(backEnd: 'epoll' | 'cat'): ReportCable {
  const fifo = new FifoDevice();
  return {
    devices: new KernelDeviceFiles(backEnd),
    path: fifo.path,
    write: (bytes) => fifo.write(bytes),
    unplug: () => fifo.unplug(),
    plug: () => fifo.plug(),
    dispose: () => fifo.dispose(),
  };
}

/** Longer than any test, so that a slow machine does not end a code between two of its keys. */
const NEVER_IDLE_MS = 600_000;
const LEFT_ALT = 0x04;

export async function keyboardRig(cable: ReportCable, layout: LayoutName): Promise<CodeReaderRig> {
  const scanner = new KeyboardScannerSimulator(cable, layout);
  const reader = (path: string): CodeReader =>
    new KeyboardCodeReader({
      devices: cable.devices,
      clock: new SystemClock(),
      path,
      layout,
      idleMs: NEVER_IDLE_MS,
      simulated: true,
      descriptorOf: async () => KEYBOARD_DESCRIPTOR,
    });
  return {
    ...cableRig(cable),
    reader: reader(cable.path),
    missing: reader(`${cable.path}-none`),
    present: async (text) => scanner.present(text),
    presentHalf: async () => scanner.present('HALF', null),
    presentRubbish: async () => {
      scanner.press(0x59, LEFT_ALT);
      scanner.press(0x28);
    },
  };
}

export async function posRig(cable: ReportCable): Promise<CodeReaderRig> {
  const scanner = new PosScannerSimulator(cable);
  const reader = (path: string): CodeReader =>
    new PosCodeReader({
      devices: cable.devices,
      clock: new SystemClock(),
      path,
      simulated: true,
      descriptorOf: async () => POS_DESCRIPTOR,
    });
  return {
    ...cableRig(cable),
    reader: reader(cable.path),
    missing: reader(`${cable.path}-none`),
    present: async (text) => scanner.present(text),
    presentHalf: async () => {
      const [first] = posReports(new Uint8Array(100).fill(0x41));
      cable.write(first ?? new Uint8Array());
    },
    presentRubbish: async () => {
      const report = new Uint8Array(64);
      report.set([0x02, 0xff]);
      cable.write(report);
    },
  };
}

function cableRig(cable: ReportCable): Pick<CodeReaderRig, 'unplug' | 'plug' | 'dispose'> {
  return {
    unplug: async () => cable.unplug(),
    plug: async () => cable.plug(),
    dispose: async () => cable.dispose(),
  };
}
