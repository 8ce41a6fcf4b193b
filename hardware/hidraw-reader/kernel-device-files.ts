import { GatepostError, messageOf } from '../../src/core/errors.ts';
import type { DeviceFiles, DeviceLink } from '../../src/ports/device-link.ts';
import { readByCat } from './cat-reader.ts';
import { loadEpoll } from './epoll-library.ts';
import { readByEpoll } from './epoll-reader.ts';
import { openProblem } from './open-error.ts';

/** How a device is read. `auto`: by epoll if its package loads, else by a child process. */
type DeviceBackEnd = 'auto' | 'epoll' | 'cat';

/**
 * Device files of this machine. Neither back end ever has a blocking read in this process: Node's own file reads
 * occupy one of its four pool threads each, and process.exit() does not return while one is pending
 * (hardware/FACTS.md#character-devices).
 */
export class KernelDeviceFiles implements DeviceFiles {
  readonly #backEnd: DeviceBackEnd;

  constructor(backEnd: DeviceBackEnd = 'auto') {
    this.#backEnd = backEnd;
  }

  open(path: string, onBytes: (bytes: Uint8Array) => void, signal: AbortSignal): Promise<DeviceLink> {
    return openDeviceReader(path, onBytes, signal, this.#backEnd);
  }
}

/** Opens one device file for reading; see DeviceFiles.open(). */
export async function openDeviceReader(
  path: string,
  onBytes: (bytes: Uint8Array) => void,
  signal: AbortSignal,
  backEnd: DeviceBackEnd = 'auto',
): Promise<DeviceLink> {
  const problem = await openProblem(path);
  if (problem !== undefined) throw problem;
  if (signal.aborted) {
    throw new GatepostError(
      'device.failed',
      `Opening ${path} was called off (${messageOf(signal.reason)}). Nothing to do if the program is stopping.`,
      { cause: signal.reason },
    );
  }
  const Epoll = backEnd === 'cat' ? undefined : loadEpoll();
  if (Epoll !== undefined) return readByEpoll(Epoll, path, onBytes, signal);
  if (backEnd === 'epoll') {
    throw new GatepostError(
      'device.failed',
      'The npm package epoll is not usable here. Install onoff with a compiler at hand, or let cat read.',
    );
  }
  return readByCat(path, onBytes, signal);
}
