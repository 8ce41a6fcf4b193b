import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { TimeQuality } from '../../core/access/vocabulary.ts';

/** The files are read again after this time, not at every reading of the clock. */
const CHECK_EVERY_MS = 5_000;
/** A clock that was last synchronized longer ago than this runs on its own crystal. */
const SYNC_GOOD_FOR_MS = 24 * 60 * 60 * 1000;
/** If the battery clock differs by more than this from the system clock, the system clock was not set from it. */
const RTC_TOLERANCE_MS = 120_000;

export interface TimeSignsSettings {
  /**
   * The operator of the site guarantees the clock of this machine: it counts as synchronized whatever the signs say.
   */
  readonly trusted?: boolean;
  /** Folder that contains `run`, `sys` and `proc`; `/` except in tests. */
  readonly root?: string;
}

/** What the signs say, and when (monotonic milliseconds) they were read. */
interface SignsRead {
  readonly quality: TimeQuality;
  readonly askedMs: number;
}

/**
 * How far the system clock can be trusted, from the kernel's answer and from files of the operating system
 * (hardware/FACTS.md#clock). The first rule that applies counts:
 *
 * 1. The operator guarantees it: `synced`.
 * 2. The kernel says that its clock is synchronized, by whichever time service: `synced`. If it gave no answer,
 * systemd-timesyncd's `/run/systemd/timesync/synchronized` touched within 24 hours counts the same.
 * 3. It was `synced` before, in this process or (if that file exists) in this boot: `holdover`.
 * 4. The battery clock `/sys/class/rtc/rtc0` agrees with the system clock within 2 minutes: `holdover`. A Pi 5 has
 * one even without a battery; after a power cut that one is years off and does not count.
 * 5. There is no `/run/systemd/timesync` folder and the machine is not a Raspberry Pi: `holdover`. It is a laptop, a
 * server or a container, and something else keeps its time.
 * 6. `unsynced`.
 */
export class TimeSigns {
  readonly #trusted: boolean;
  readonly #timesync: string;
  readonly #rtc: string;
  readonly #model: string;
  #kernel: { readonly inStep: boolean; readonly askedMs: number } | undefined;
  #wasSynced = false;
  #read: SignsRead = { quality: 'unsynced', askedMs: Number.NEGATIVE_INFINITY };
  #checkedAtMs = Number.NEGATIVE_INFINITY;

  constructor({ trusted = false, root = '/' }: TimeSignsSettings = {}) {
    this.#trusted = trusted;
    this.#timesync = join(root, 'run/systemd/timesync');
    this.#rtc = join(root, 'sys/class/rtc/rtc0/since_epoch');
    this.#model = join(root, 'proc/device-tree/model');
  }

  /**
   * @param inStep undefined if the kernel could not be asked
   * @param askedMs monotonic time of the question
   */
  kernelSays(inStep: boolean | undefined, askedMs: number): void {
    this.#kernel = inStep === undefined ? undefined : { inStep, askedMs };
    this.#checkedAtMs = Number.NEGATIVE_INFINITY;
  }

  /**
   * @param systemMs system clock, Unix milliseconds
   * @param monotonicMs for the age of the last reading
   */
  look(systemMs: number, monotonicMs: number): SignsRead {
    if (this.#trusted) return { quality: 'synced', askedMs: monotonicMs };
    if (monotonicMs - this.#checkedAtMs >= CHECK_EVERY_MS) {
      this.#checkedAtMs = monotonicMs;
      const quality = this.#look(systemMs);
      this.#read = { quality, askedMs: this.#kernel?.askedMs ?? monotonicMs };
      this.#wasSynced ||= quality === 'synced';
    }
    return this.#read;
  }

  #look(systemMs: number): TimeQuality {
    const syncedMs = statSync(join(this.#timesync, 'synchronized'), { throwIfNoEntry: false })?.mtimeMs;
    const markIsFresh = syncedMs !== undefined && Math.abs(systemMs - syncedMs) <= SYNC_GOOD_FOR_MS;
    if (this.#kernel?.inStep ?? markIsFresh) return 'synced';
    if (syncedMs !== undefined || this.#wasSynced) return 'holdover';
    const rtcSeconds = Number(readIfThere(this.#rtc) ?? Number.NaN);
    if (Math.abs(rtcSeconds * 1000 - systemMs) <= RTC_TOLERANCE_MS) return 'holdover';
    const isPi = readIfThere(this.#model)?.startsWith('Raspberry Pi') === true;
    return existsSync(this.#timesync) || isPi ? 'unsynced' : 'holdover';
  }
}

/** The text of a small system file; undefined if it is missing or not readable, which counts as no sign at all. */
function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
