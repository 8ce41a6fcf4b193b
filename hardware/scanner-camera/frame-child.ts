import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { GatepostError, messageOf } from '../../src/core/errors.ts';
import type { DeviceLink } from '../../src/ports/device-link.ts';
import type { FrameProgram } from './sources.ts';

/** Number of characters kept of the program's last error output. */
const COMPLAINT_CHARACTERS = 300;

/** The running program. If it ends by itself the camera counts as lost. */
export class FrameChild implements DeviceLink {
  readonly closed: Promise<GatepostError | undefined>;
  readonly #child: ChildProcess;
  #failure: GatepostError | undefined;
  #ending = false;

  private constructor(child: ChildProcess, name: string) {
    this.#child = child;
    let complaint = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-COMPLAINT_CHARACTERS);
    });
    child.on('error', (error) => {
      complaint = error.message;
    });
    this.closed = new Promise((resolve) => {
      child.once('close', () => {
        const words = complaint.trim().replaceAll(/\s+/g, ' ');
        if (!this.#ending) this.#failure = lost(`${name} ended${words === '' ? '' : ` (${words})`}`);
        resolve(this.#failure);
      });
    });
  }

  /** @throws GatepostError `device.failed` when the program cannot be started */
  static async start(program: FrameProgram, onBytes: (bytes: Uint8Array) => void): Promise<FrameChild> {
    const child = spawn(program.command, program.args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const frameChild = new FrameChild(child, program.command);
    try {
      await once(child, 'spawn');
    } catch (error) {
      throw new GatepostError(
        'device.failed',
        `${program.command} cannot be started (${messageOf(error)}). Install it: apt install ${program.debianPackage}`,
        { cause: error },
      );
    }
    child.stdout.on('data', (bytes: Buffer) => {
      if (!frameChild.#ending) onBytes(bytes);
    });
    return frameChild;
  }

  /** Ends the program, because of `failure` if there is one. Idempotent. */
  end(failure?: GatepostError): void {
    if (this.#ending) return;
    this.#ending = true;
    this.#failure = failure;
    // SIGKILL, because it may hang in a driver and has nothing to save.
    this.#child.kill('SIGKILL');
  }

  async close(): Promise<void> {
    this.end();
    await this.closed;
  }
}

/** The error for a camera that gives no pictures any more, or never did. */
export function lost(why: string): GatepostError {
  return new GatepostError(
    'device.lost',
    `The camera gives no pictures: ${why}. Check plug and cable, that no other program uses it, and that it knows this size.`,
  );
}
