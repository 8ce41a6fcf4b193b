import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { GatepostError, messageOf } from '../../src/core/errors.ts';

/** What is wrong with a device file that is to be read, or undefined. */
export async function openProblem(path: string): Promise<GatepostError | undefined> {
  try {
    const found = await stat(path);
    if (!found.isCharacterDevice() && !found.isFIFO()) {
      return new GatepostError('device.failed', `${path} is no device. Correct the path in the config.`);
    }
    await access(path, constants.R_OK);
    return undefined;
  } catch (error) {
    return explainOpenError(path, error);
  }
}

/** Explains why a device file could not be opened, and what to do. */
export function explainOpenError(path: string, cause: unknown): GatepostError {
  switch (cause instanceof Error && 'code' in cause ? cause.code : undefined) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ENODEV':
    case 'ENXIO':
      return new GatepostError(
        'device.missing',
        `${path} does not exist. Plug the device in, and compare the path with what is there: ls -l /dev/gatepost /dev/hidraw*`,
        { cause },
      );
    case 'EACCES':
    case 'EPERM':
      return new GatepostError(
        'device.denied',
        `${path} may not be read by this user. Install the udev rules of Gatepost, add the maker's number of this device to them, and plug it in again.`,
        { cause },
      );
    case 'EBUSY':
      return new GatepostError(
        'device.busy',
        `${path} is in use by another program. This names it: sudo fuser -v ${path}`,
        { cause },
      );
    default:
      return new GatepostError(
        'device.failed',
        `${path} could not be opened (${messageOf(cause)}). Check that the path names the right device.`,
        { cause },
      );
  }
}

/** The error for a device that was lost while it was read. */
export function lost(path: string, why: string, cause?: unknown): GatepostError {
  return new GatepostError(
    'device.lost',
    `The device ${path} is gone: ${why}. Check plug, cable and power of the device.`,
    { cause },
  );
}
