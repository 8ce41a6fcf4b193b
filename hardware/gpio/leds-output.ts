import { closeSync, constants, openSync, readFileSync, writeSync } from 'node:fs';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { GatepostError, messageOf } from '../../src/core/errors.ts';
import type { OutputDriver, TakenOutput } from './timed-output.ts';
import { waitUntil } from './wait-until.ts';

/** Where Linux shows LEDs, unless a test says otherwise. */
export const SYSFS_LEDS = '/sys/class/leds';

/** Longest time until udev has given the files of a trigger to this user; until then they belong to root. */
const GRANT_MS = 500;
/** Longest time until the kernel has switched: it does so one tick after the order, 10 ms at 100 Hz. */
const SWITCH_MS = 100;

interface LedsOutputSettings {
  /** Folder below the root; the `label` of the overlay: `gatepost:main`. */
  readonly led: string;
  /** {@link SYSFS_LEDS} when left out. */
  readonly root?: string;
  /** How long the kernel may take to switch, in milliseconds; {@link SWITCH_MS} when left out. */
  readonly switchMs?: number;
}

/**
 * A relay that the kernel treats as an LED (`dtoverlay=gpio-led`). The oneshot trigger ends a pulse in the kernel,
 * even if this process hangs or died (hardware/FACTS.md#leds-as-outputs; Documentation/leds/ledtrig-oneshot.rst). The
 * overlay says which level releases (`active_low`).
 */
export class LedsOutput implements OutputDriver {
  readonly driver = 'leds';
  readonly simulated = false;
  readonly #led: string;
  readonly #folder: string;
  readonly #switchMs: number;
  /**
   * Whether the output is at rest with an unused trigger. Its files already belong to this user, so the next pulse need
   * not wait for udev.
   */
  #armed = false;

  constructor({ led, root = SYSFS_LEDS, switchMs = SWITCH_MS }: LedsOutputSettings) {
    this.#led = led;
    this.#switchMs = switchMs;
    this.#folder = join(root, led);
  }

  async take(): Promise<TakenOutput> {
    try {
      await access(join(this.#folder, 'brightness'), constants.W_OK);
      if (!/\boneshot\b/.test(this.#read('trigger'))) {
        throw new Error('its kernel has no oneshot trigger; try: modprobe ledtrig-oneshot');
      }
    } catch (cause) {
      throw new GatepostError(
        'gpio.unavailable',
        `The LED ${this.#folder} cannot be used: ${messageOf(cause)}. ` +
          `Write "dtoverlay=gpio-led,gpio=17,label=${this.#led}" into /boot/firmware/config.txt (with your line), ` +
          'install systemd/70-gatepost.rules, and start the Pi anew.',
        { cause },
      );
    }
    this.#write(false, undefined);
    return {
      restLine: `led ${this.#led} 0`,
      write: (released, endsAfterMs) => this.#write(released, endsAfterMs),
    };
  }

  #write(released: boolean, endsAfterMs: number | undefined): void {
    try {
      const armed = this.#armed && this.#read('trigger').includes('[oneshot]');
      this.#armed = false;
      if (!armed || endsAfterMs === undefined) {
        // Switches off. This also removes the trigger and a running pulse, because the kernel ignores a second shot.
        this.#put('brightness', '0');
        this.#await('its trigger stays', () => this.#read('trigger').includes('[none]'));
        if (!released || endsAfterMs !== undefined) this.#arm();
      }
      if (!released) this.#armed = true;
      else if (endsAfterMs === undefined) this.#put('brightness', this.#read('max_brightness'));
      else this.#shoot(endsAfterMs);
      this.#await(
        `it stays ${released ? 'off' : 'on'}`,
        () => (this.#read('brightness') !== '0') === released,
      );
    } catch (cause) {
      throw new GatepostError('gpio.failed', `The LED ${this.#led} does not obey: ${messageOf(cause)}.`, {
        cause,
      });
    }
  }

  #shoot(endsAfterMs: number): void {
    this.#putWhenGranted('delay_on', String(Math.round(endsAfterMs)));
    // Not 0: to the kernel that means "never off".
    this.#putWhenGranted('delay_off', '1');
    this.#putWhenGranted('shot', '1');
  }

  /** udev gives the trigger's files to this user one after the other. */
  #putWhenGranted(name: string, value: string): void {
    let denied: unknown;
    const isGranted = waitUntil(() => {
      try {
        this.#put(name, value);
        return true;
      } catch (error) {
        denied = error;
        return false;
      }
    }, GRANT_MS);
    if (!isGranted) throw denied;
  }

  #arm(): void {
    this.#put('trigger', 'oneshot');
    this.#await('it does not take the oneshot trigger', () => this.#read('trigger').includes('[oneshot]'));
  }

  #await(otherwise: string, isSo: () => boolean): void {
    if (!waitUntil(isSo, this.#switchMs)) throw new Error(otherwise);
  }

  #read(name: string): string {
    return readFileSync(join(this.#folder, name), 'utf8').trim();
  }

  /** Writes an existing file. Never creates one, because these files are the kernel's. */
  #put(name: string, value: string): void {
    const file = openSync(join(this.#folder, name), constants.O_WRONLY | constants.O_TRUNC);
    try {
      writeSync(file, `${value}\n`);
    } finally {
      closeSync(file);
    }
  }
}
