import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { NodeSerialPorts } from '../../../hardware/serial/serial-ports.ts';
import { type OpenWire, openWire, type Wire } from '../../../hardware/simulators/wire.ts';
import { packageRoot } from '../../../src/version.ts';
import { FifoDevice } from './fifo-device.ts';
import { openPtyPair, type PtyPair } from './pty-pair.ts';

/** The name of a plugged device, as udev makes it; with the last name its folders are removed. */
class UdevLink {
  readonly path: string;

  constructor(folder: string, name: string) {
    this.path = join(folder, 'dev', name, 'by-id', name);
  }

  pointTo(node: string): void {
    mkdirSync(dirname(this.path), { recursive: true });
    symlinkSync(node, `${this.path}.new`);
    renameSync(`${this.path}.new`, this.path);
  }

  remove(): void {
    rmSync(this.path, { force: true });
    for (let at = dirname(this.path), levels = 0; levels < 2; at = dirname(at), levels++) {
      try {
        rmdirSync(at);
      } catch (error) {
        if (['ENOTEMPTY', 'ENOENT'].includes((error as NodeJS.ErrnoException).code ?? '')) return;
        throw error;
      }
    }
  }
}

/**
 * A device with a serial line on USB: each plugging in makes another terminal under the same name. It is a wire for
 * simulators, which stay connected to it when the cable is unplugged.
 */
export class SerialCable implements Wire {
  readonly #link: UdevLink;
  readonly #listeners = new Set<(bytes: Uint8Array) => void>();
  #pair: PtyPair | undefined;
  #wire: OpenWire | undefined;

  constructor(folder: string, name: string) {
    this.#link = new UdevLink(folder, name);
  }

  get path(): string {
    return this.#link.path;
  }

  write(bytes: Uint8Array): void {
    this.#wire?.write(bytes);
  }

  onBytes(listener: (bytes: Uint8Array) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** @param before called with the terminal before it has its name */
  async plug(before?: (terminal: string) => Promise<void>): Promise<void> {
    const pair = await openPtyPair();
    await before?.(pair.kioskPath);
    const line = { path: pair.devicePath, baudRate: 9600 };
    this.#wire = await openWire(new NodeSerialPorts(), line, new AbortController().signal);
    this.#wire.onBytes((bytes) => {
      for (const listener of this.#listeners) listener(bytes);
    });
    this.#pair = pair;
    this.#link.pointTo(pair.kioskPath);
  }

  /** Hangs the terminal up, then removes its name. */
  async unplug(): Promise<void> {
    const pair = this.#pair;
    this.#pair = undefined;
    await pair?.dispose();
    this.#link.remove();
  }

  /** Plugs it in again under its name while the kiosk still has the old terminal open; that is hung up afterwards. */
  async move(): Promise<void> {
    const old = this.#pair;
    await this.plug();
    await old?.dispose();
  }

  dispose(): Promise<void> {
    return this.unplug();
  }
}

/** A HID scanner: named pipes in place of hidraw devices; each plugging in makes one with another number. */
export class HidCable {
  readonly #link: UdevLink;
  readonly #describe: (node: string) => void;
  readonly #name: string;
  #node: FifoDevice | undefined;
  #number = 0;

  /** @param describe adds a device of this name to the kernel's folder of HID devices */
  constructor(folder: string, name: string, describe: (node: string) => void) {
    this.#link = new UdevLink(folder, name);
    this.#name = name;
    this.#describe = describe;
  }

  get path(): string {
    return this.#link.path;
  }

  write(bytes: Uint8Array): void {
    this.#node?.write(bytes);
  }

  async plug(): Promise<void> {
    const node = `hidraw-${this.#name}-${this.#number++}`;
    this.#node = new FifoDevice(node);
    this.#describe(node);
    this.#link.pointTo(this.#node.path);
  }

  async unplug(): Promise<void> {
    this.#node?.dispose();
    this.#node = undefined;
    this.#link.remove();
  }

  async move(): Promise<void> {
    const old = this.#node;
    await this.plug();
    old?.dispose();
  }

  dispose(): Promise<void> {
    return this.unplug();
  }
}

/** A camera on USB. The program that takes its pictures runs while it is plugged in. */
export class CameraCable {
  /** The folder that camera.child.ts reads. */
  readonly stage: string;
  readonly #link: UdevLink;

  constructor(folder: string, name: string) {
    this.stage = mkdtempSync(join(tmpdir(), 'gatepost-camera-'));
    this.#link = new UdevLink(folder, name);
  }

  get path(): string {
    return this.#link.path;
  }

  /** A folder with a program that replaces ffmpeg for this camera, to be the first in PATH. */
  addProgram(pictureBytes: number): string {
    // The built program, because it starts as quickly as a real one.
    const child = join(packageRoot(), 'dist/test/support/devices/camera.child.js');
    const words = [process.execPath, child, this.stage, pictureBytes];
    const program = join(this.stage, 'ffmpeg');
    writeFileSync(program, `#!/bin/sh\nexec ${words.map((word) => `'${word}'`).join(' ')}\n`);
    chmodSync(program, 0o755);
    return this.stage;
  }

  /** Shows a picture for half a second. */
  show(picture: Uint8Array): void {
    const file = join(this.stage, 'new');
    writeFileSync(file, picture);
    renameSync(file, join(this.stage, 'picture'));
  }

  /** Stops the pictures without any other sign. */
  setHanging(hangs: boolean): void {
    if (hangs) writeFileSync(join(this.stage, 'hang'), '');
    else rmSync(join(this.stage, 'hang'), { force: true });
  }

  async plug(): Promise<void> {
    writeFileSync(join(this.stage, 'plugged'), '');
    this.#link.pointTo(join(this.stage, 'plugged'));
  }

  async unplug(): Promise<void> {
    rmSync(join(this.stage, 'plugged'), { force: true });
    this.#link.remove();
  }

  async move(): Promise<void> {
    await this.unplug();
    await this.plug();
  }

  async dispose(): Promise<void> {
    rmSync(this.stage, { recursive: true });
  }
}
