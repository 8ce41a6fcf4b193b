import { open, realpath } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { GatepostError, messageOf } from '../../src/core/errors.ts';
import type { Clock } from '../../src/ports/clock.ts';
import type { DeviceFiles, DeviceLink } from '../../src/ports/device-link.ts';
import { DESCRIPTOR_BYTES_MAX, type InputReport, inputReports } from './descriptor.ts';
import { ReportSplitter } from './report-splitter.ts';

/** Where a HID scanner is, and what is needed to use it. */
export interface HidrawDeps {
  readonly devices: DeviceFiles;
  readonly clock: Clock;
  /** A hidraw device or a link to one, preferably /dev/gatepost/scanner-… of the udev rules. */
  readonly path: string;
  /** The report descriptor of the device at a path; by default the kernel's. */
  readonly descriptorOf?: (path: string) => Promise<Uint8Array>;
}

/**
 * Opens a hidraw device and gives its reports of one kind, without their number.
 * @param choose picks the kind that is understood; throws when there is none
 */
export async function openHidraw(options: {
  readonly deps: HidrawDeps;
  readonly choose: (reports: readonly InputReport[]) => InputReport;
  readonly onReport: (report: Uint8Array, atMs: number) => void;
  readonly signal: AbortSignal;
}): Promise<DeviceLink> {
  const { deps, choose, onReport, signal } = options;
  const { devices, clock, path, descriptorOf = descriptorFromKernel } = deps;
  const kinds = inputReports(await descriptorOf(path));
  const chosen = choose(kinds);
  const splitter = new ReportSplitter(kinds);
  const receive = (bytes: Uint8Array): void => {
    const atMs = clock.read().monotonicMs;
    for (const report of splitter.push(bytes, atMs)) {
      if (chosen.id === 0) onReport(report, atMs);
      else if (report[0] === chosen.id) onReport(report.subarray(1), atMs);
    }
  };
  return devices.open(path, receive, signal);
}

/** Reads it below /sys/class/hidraw. @throws GatepostError `device.missing` or `device.failed` */
async function descriptorFromKernel(path: string): Promise<Uint8Array> {
  try {
    const name = basename(await realpath(path));
    const file = await open(join('/sys/class/hidraw', name, 'device/report_descriptor'));
    try {
      const { buffer, bytesRead } = await file.read(new Uint8Array(DESCRIPTOR_BYTES_MAX + 1));
      return buffer.subarray(0, bytesRead);
    } finally {
      await file.close();
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      throw new GatepostError(
        'device.missing',
        `${path} is no hidraw device that is plugged in. Plug the scanner in, and compare the path with: ls -l /dev/gatepost /dev/hidraw*`,
        { cause: error },
      );
    }
    throw new GatepostError(
      'device.failed',
      `The description of ${path} could not be read (${messageOf(error)}). Check the path.`,
      { cause: error },
    );
  }
}
