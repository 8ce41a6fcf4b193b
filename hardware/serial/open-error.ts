import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { GatepostError, messageOf } from '../../src/core/errors.ts';

const LOCKED = /cannot lock port|resource busy/i;

/**
 * Explains why a serial line did not open. The library throws plain sentences without a code, so the file system is
 * checked first, and the sentence is parsed only for a lock.
 */
export async function explainOpenError(path: string, cause: unknown): Promise<GatepostError> {
  const failure = await accessError(path);
  if (failure === 'ENOENT' || failure === 'ENOTDIR') {
    return new GatepostError(
      'device.missing',
      `${path} does not exist. Plug the device in, and compare the path with the names in /dev/serial/by-id and /dev/serial/by-path.`,
      { cause },
    );
  }
  if (failure === 'EACCES' || failure === 'EPERM') {
    return new GatepostError(
      'device.denied',
      `${path} belongs to group ${await groupOf(path)} and may not be opened by this user. Add the user to that group (sudo usermod -aG dialout <user>, or whatever the group is called) and start again.`,
      { cause },
    );
  }
  if (LOCKED.test(messageOf(cause))) {
    return new GatepostError(
      'device.busy',
      `${path} is in use by another program. Look for a second gatepost, ModemManager, brltty or a login console on the line: sudo fuser -v ${path}`,
      { cause },
    );
  }
  return new GatepostError(
    'device.failed',
    `${path} could not be opened as a serial line (${messageOf(cause)}). Check that the path names a serial device and that the speed is one it knows.`,
    { cause },
  );
}

async function accessError(path: string): Promise<string | undefined> {
  try {
    await access(path, constants.R_OK | constants.W_OK);
    return undefined;
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  }
}

async function groupOf(path: string): Promise<string> {
  try {
    return `number ${(await stat(path)).gid}`;
  } catch (error) {
    return `unknown (${messageOf(error)})`;
  }
}
