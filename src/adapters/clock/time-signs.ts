import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { TimeQuality } from '../../core/access/vocabulary.ts';

/** The files are looked at again after this long, not at every reading of the clock. */
const CHECK_EVERY_MS = 5_000;
/** A clock that was synchronized longer ago than this runs on its own crystal. */
const SYNC_GOOD_FOR_MS = 24 * 60 * 60 * 1000;
/** A battery clock further than this from the system clock was not what set it. */
const RTC_TOLERANCE_MS = 120_000;

export interface TimeSignsOptions {
  /** Says `synced` whatever the files say: for machines kept in time by something that leaves no sign (chrony). */
  readonly assumeSynced?: boolean;
  /** Folder that holds `run`, `sys` and `proc`; `/` but for tests. */
  readonly root?: string;
}

/**
 * How far the system clock can be believed, from what the operating system leaves in its file system
 * (hardware-facts 4.6). The first rule that fits counts:
 *
 * 1. `assumeSynced` is set: `synced`.
 * 2. systemd-timesyncd's `/run/systemd/timesync/synchronized` was touched within 24 hours: `synced`.
 * 3. it was `synced` before, in this process or (the file is there, but old) in this boot: `holdover`.
 * 4. the battery clock `/sys/class/rtc/rtc0` agrees with the system clock within 2 minutes: `holdover`. A Pi 5
 *    has one even without a battery; after a power cut that one is years away and does not count.
 * 5. there is no `/run/systemd/timesync` folder and the machine is not a Raspberry Pi: `holdover`. It is a laptop,
 *    a server or a container, and something else keeps its time.
 * 6. `unsynced`.
 */
export class TimeSigns {
  readonly #assumeSynced: boolean;
  readonly #timesync: string;
  readonly #rtc: string;
  readonly #model: string;
  #wasSynced = false;
  #quality: TimeQuality = 'unsynced';
  #checkedAtMs = Number.NEGATIVE_INFINITY;

  constructor({ assumeSynced = false, root = '/' }: TimeSignsOptions = {}) {
    this.#assumeSynced = assumeSynced;
    this.#timesync = join(root, 'run/systemd/timesync');
    this.#rtc = join(root, 'sys/class/rtc/rtc0/since_epoch');
    this.#model = join(root, 'proc/device-tree/model');
  }

  /** @param systemMs system clock, Unix milliseconds; @param monotonicMs for the age of the last look */
  quality(systemMs: number, monotonicMs: number): TimeQuality {
    if (monotonicMs - this.#checkedAtMs >= CHECK_EVERY_MS) {
      this.#checkedAtMs = monotonicMs;
      this.#quality = this.#look(systemMs);
      this.#wasSynced ||= this.#quality === 'synced';
    }
    return this.#quality;
  }

  #look(systemMs: number): TimeQuality {
    if (this.#assumeSynced) return 'synced';
    const syncedMs = statSync(join(this.#timesync, 'synchronized'), { throwIfNoEntry: false })?.mtimeMs;
    if (syncedMs !== undefined && Math.abs(systemMs - syncedMs) <= SYNC_GOOD_FOR_MS) return 'synced';
    if (syncedMs !== undefined || this.#wasSynced) return 'holdover';
    const rtcSeconds = Number(readIfThere(this.#rtc) ?? Number.NaN);
    if (Math.abs(rtcSeconds * 1000 - systemMs) <= RTC_TOLERANCE_MS) return 'holdover';
    const isPi = readIfThere(this.#model)?.startsWith('Raspberry Pi') === true;
    return existsSync(this.#timesync) || isPi ? 'unsynced' : 'holdover';
  }
}

/** The text of a small system file; undefined where it is missing or may not be read, which is no sign either way. */
function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
