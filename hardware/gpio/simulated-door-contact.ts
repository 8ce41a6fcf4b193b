import {
  closeSync,
  existsSync,
  type FSWatcher,
  mkdirSync,
  openSync,
  readSync,
  watch,
  writeFileSync,
} from 'node:fs';
import { basename, dirname } from 'node:path';
import type { DoorPhysicalState } from '../../src/core/access/vocabulary.ts';
import { GatepostError, messageOf } from '../../src/core/errors.ts';
import type { Cancel, Clock } from '../../src/ports/clock.ts';
import type { DeviceLink } from '../../src/ports/device-link.ts';
import type { DoorContact } from '../../src/ports/door-devices.ts';

/** How long the simulated person takes to open the released door, and how long the door then stands open. */
const REACH_MS = 600;
const WALK_MS = 1_500;

interface SimulatedDoorContactDeps {
  readonly clock: Clock;
  /** File that sets and shows the state: `0` closed, `1` open. It is watched, so `echo` can open the door. */
  readonly stateFile?: string;
  /** Whether a simulated person walks through after each release. */
  readonly walkThrough?: boolean;
}

interface Listener {
  readonly onState: (state: DoorPhysicalState) => void;
  readonly end: (error: GatepostError | undefined) => void;
}

/** A door that opens on a call, or when a simulated person walks through. Closed at first. */
export class SimulatedDoorContact implements DoorContact {
  readonly driver = 'simulated';
  readonly simulated = true;
  walkThrough: boolean;
  readonly #clock: Clock;
  readonly #stateFile: string | undefined;
  #state: DoorPhysicalState = 'Closed';
  #unplugged = false;
  #released = false;
  #cancelWalk: Cancel | undefined;
  #listener: Listener | undefined;

  constructor({ clock, stateFile, walkThrough = false }: SimulatedDoorContactDeps) {
    this.#clock = clock;
    this.#stateFile = stateFile;
    this.walkThrough = walkThrough;
  }

  get isOpen(): boolean {
    return this.#state === 'Open';
  }

  get isUnplugged(): boolean {
    return this.#unplugged;
  }

  /** Opens or closes the door, independent of the lock. */
  setOpen(open: boolean): void {
    this.#take(open ? 'Open' : 'Closed');
    const path = this.#stateFile;
    if (path === undefined) return;
    try {
      writeFileSync(path, open ? '1\n' : '0\n');
    } catch (error) {
      this.#listener?.end(fileFailed(path, error));
    }
  }

  /** Unplugs the contact's cable or plugs it in. */
  setUnplugged(unplugged: boolean): void {
    this.#unplugged = unplugged;
    if (unplugged) this.#listener?.end(lost());
  }

  /** Takes the state of the lock's output, which the simulated person waits for. */
  lockMoved(released: boolean): void {
    this.#released = released;
    if (!released || !this.walkThrough || this.#cancelWalk !== undefined) return;
    this.#cancelWalk = this.#clock.schedule(REACH_MS, () => {
      this.#cancelWalk = undefined;
      // The door was locked again before the person opened it.
      if (!this.#released) return;
      this.setOpen(true);
      this.#cancelWalk = this.#clock.schedule(WALK_MS, () => {
        this.#cancelWalk = undefined;
        this.setOpen(false);
      });
    });
  }

  async open(onState: (state: DoorPhysicalState) => void, signal: AbortSignal): Promise<DeviceLink> {
    signal.throwIfAborted();
    if (this.#unplugged)
      throw new GatepostError('device.missing', 'The simulated door contact is unplugged.');
    if (this.#listener !== undefined) {
      throw new GatepostError('device.busy', 'The simulated door contact is open already.');
    }
    const watcher = this.#watchFile();
    let resolveClosed: (error: GatepostError | undefined) => void;
    const closed = new Promise<GatepostError | undefined>((resolve) => {
      resolveClosed = resolve;
    });
    const listener: Listener = {
      onState,
      end: (error) => {
        if (this.#listener !== listener) return;
        this.#listener = undefined;
        watcher?.close();
        resolveClosed(error);
      },
    };
    this.#listener = listener;
    onState(this.#state);
    return {
      closed,
      close: async () => {
        listener.end(undefined);
        // The person goes on walking while the cable is unplugged, but not after the program has stopped.
        if (signal.aborted) this.#stopWalking();
      },
    };
  }

  #stopWalking(): void {
    this.#cancelWalk?.();
    this.#cancelWalk = undefined;
  }

  /**
   * Takes the state of the file, or creates the file, and follows it. The folder is watched, because the file may be
   * replaced.
   */
  #watchFile(): FSWatcher | undefined {
    const path = this.#stateFile;
    if (path === undefined) return undefined;
    try {
      mkdirSync(dirname(path), { recursive: true });
      if (existsSync(path)) this.#readFile(path);
      else writeFileSync(path, this.#state === 'Open' ? '1\n' : '0\n');
      const watcher = watch(dirname(path), (_event, name) => {
        if (name === basename(path)) this.#readFile(path);
      });
      watcher.on('error', (error) => this.#listener?.end(fileFailed(path, error)));
      return watcher;
    } catch (error) {
      throw fileFailed(path, error);
    }
  }

  #readFile(path: string): void {
    let content: string;
    try {
      content = readStart(path);
    } catch (error) {
      // A file that is being replaced is missing for a moment; the next event follows.
      if (!existsSync(path)) return;
      this.#state = 'Fault';
      this.#listener?.end(fileFailed(path, error));
      return;
    }
    // The file is empty for a moment while it is written.
    if (content !== '') this.#take(content === '0' ? 'Closed' : content === '1' ? 'Open' : 'Fault');
  }

  #take(state: DoorPhysicalState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#listener?.onState(state);
  }
}

/** The first characters of a file, trimmed. */
function readStart(path: string): string {
  const file = openSync(path, 'r');
  try {
    const buffer = Buffer.alloc(16);
    return buffer.toString('latin1', 0, readSync(file, buffer)).trim();
  } finally {
    closeSync(file);
  }
}

function lost(): GatepostError {
  return new GatepostError('device.lost', 'The simulated door contact was unplugged.');
}

function fileFailed(path: string, error: unknown): GatepostError {
  return new GatepostError('device.failed', `The state file ${path} cannot be used: ${messageOf(error)}.`, {
    cause: error,
  });
}
