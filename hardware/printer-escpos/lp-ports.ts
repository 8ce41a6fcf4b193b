import { closeSync, constants, existsSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';
import { GatepostError, messageOf } from '../../src/core/errors.ts';
import type { Cancel, Clock } from '../../src/ports/clock.ts';
import type { SerialLink, SerialPorts, SerialSettings } from '../../src/ports/serial-ports.ts';

/** Pauses between two looks, in milliseconds: while something is under way, and while nothing is. */
const SOON_MS = 20;
const LATER_MS = 1_000;
/** For so long after the last byte went out an answer is looked for soon, in milliseconds. */
const TALK_MS = 3_000;
const CHUNK_BYTES = 4_096;

/**
 * Printers on USB, as the kernel's usblp gives them (`/dev/usb/lp0`). They are no terminals, so nothing is set on them. All
 * reads and writes are non-blocking and made again by timer: one that waits would hold a thread of Node's pool, and keep
 * the process from ending (hardware/FACTS.md#character-devices).
 */
export class LpPorts implements SerialPorts {
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async open(
    { path }: SerialSettings,
    onBytes: (bytes: Uint8Array) => void,
    signal: AbortSignal,
  ): Promise<SerialLink> {
    signal.throwIfAborted();
    const link = new LpLink(openDevice(path), path, this.#clock, onBytes);
    link.start(signal);
    return link;
  }
}

function openDevice(path: string): number {
  let fd: number;
  try {
    fd = openSync(path, constants.O_RDWR | constants.O_NONBLOCK | constants.O_NOCTTY);
  } catch (error) {
    throw explain(path, error);
  }
  if (fstatSync(fd).isCharacterDevice()) return fd;
  closeSync(fd);
  throw new GatepostError('device.failed', `${path} is no device. Correct the path in the config.`);
}

interface Writing {
  readonly bytes: Uint8Array;
  at: number;
  readonly done: () => void;
  readonly fail: (error: GatepostError) => void;
}

class LpLink implements SerialLink {
  readonly closed: Promise<GatepostError | undefined>;
  readonly #fd: number;
  readonly #path: string;
  readonly #clock: Clock;
  readonly #onBytes: (bytes: Uint8Array) => void;
  readonly #writings: Writing[] = [];
  readonly #buffer = new Uint8Array(CHUNK_BYTES);
  #settle: (error: GatepostError | undefined) => void = () => undefined;
  #isOpen = true;
  #canRead = true;
  #talksUntilMs = 0;
  #cancel: Cancel | undefined;

  constructor(fd: number, path: string, clock: Clock, onBytes: (bytes: Uint8Array) => void) {
    this.#fd = fd;
    this.#path = path;
    this.#clock = clock;
    this.#onBytes = onBytes;
    this.closed = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  start(signal: AbortSignal): void {
    const stop = (): void => this.#end();
    signal.addEventListener('abort', stop, { once: true });
    void this.closed.then(() => signal.removeEventListener('abort', stop));
    this.#look();
  }

  write(bytes: Uint8Array): Promise<void> {
    if (!this.#isOpen) return Promise.reject(lost(this.#path, 'it is closed'));
    return new Promise((done, fail) => {
      this.#writings.push({ bytes, at: 0, done, fail });
      this.#talksUntilMs = this.#nowMs() + TALK_MS;
      this.#look();
    });
  }

  async close(): Promise<void> {
    this.#end();
    await this.closed;
  }

  #look(): void {
    this.#cancel?.();
    if (!this.#isOpen) return;
    try {
      this.#writeWhatGoes();
      this.#readWhatCame();
      if (!existsSync(this.#path)) throw new Error('it was unplugged');
    } catch (error) {
      this.#end(lost(this.#path, messageOf(error), error));
      return;
    }
    const isTalking = this.#writings.length > 0 || this.#nowMs() < this.#talksUntilMs;
    this.#cancel = this.#clock.schedule(isTalking ? SOON_MS : LATER_MS, () => this.#look());
  }

  #writeWhatGoes(): void {
    for (let first = this.#writings[0]; first !== undefined; first = this.#writings[0]) {
      const written = unlessBusy(() => writeSync(this.#fd, first.bytes, first.at)) ?? 0;
      if (written === 0) return;
      first.at += written;
      this.#talksUntilMs = this.#nowMs() + TALK_MS;
      if (first.at < first.bytes.length) continue;
      this.#writings.shift();
      first.done();
    }
  }

  /** A read of nothing is no end here: some printers send empty packets. */
  #readWhatCame(): void {
    if (!this.#canRead) return;
    try {
      const length = unlessBusy(() => readSync(this.#fd, this.#buffer)) ?? 0;
      if (length > 0) this.#onBytes(this.#buffer.slice(0, length));
    } catch (error) {
      // What a printer without a way back answers to a read.
      if (codeOf(error) !== 'EINVAL') throw error;
      this.#canRead = false;
    }
  }

  #end(error?: GatepostError): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#cancel?.();
    closeSync(this.#fd);
    for (const { fail } of this.#writings.splice(0)) fail(error ?? lost(this.#path, 'it is closed'));
    this.#settle(error);
  }

  #nowMs(): number {
    return this.#clock.read().monotonicMs;
  }
}

/** Undefined while the device is not ready for it. */
function unlessBusy(act: () => number): number | undefined {
  try {
    return act();
  } catch (error) {
    if (['EAGAIN', 'EINTR'].includes(codeOf(error))) return undefined;
    throw error;
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function lost(path: string, why: string, cause?: unknown): GatepostError {
  const text = `The printer ${path} is gone: ${why}. Check its plug, its cable and whether it is switched on.`;
  return new GatepostError('device.lost', text, { cause });
}

function explain(path: string, cause: unknown): GatepostError {
  const say = (code: GatepostError['code'], text: string) => new GatepostError(code, text, { cause });
  switch (codeOf(cause)) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ENODEV':
    case 'ENXIO':
      return say(
        'device.missing',
        `${path} does not exist. Switch the printer on and plug it in; its name is below /dev/usb.`,
      );
    case 'EACCES':
    case 'EPERM':
      return say(
        'device.denied',
        `${path} may not be used by this user, who has to be in the group lp: run scripts/install again, or: sudo usermod -aG lp <user>`,
      );
    case 'EBUSY':
      return say(
        'device.busy',
        `${path} is in use by another program, such as CUPS. This names it: sudo fuser -v ${path}`,
      );
    default:
      return say(
        'device.failed',
        `${path} could not be opened (${messageOf(cause)}). Check that the path names the printer.`,
      );
  }
}
