import { execFile } from 'node:child_process';
import type { Cancel } from '../../ports/clock.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { SystemClock } from './system-clock.ts';

/** How often to check whether the kernel has to be asked, in milliseconds. */
const LOOK_EVERY_MS = 5_000;
/**
 * Used while the clock is not synchronized, or a jump waits to be confirmed. The answering service exits after 30 s.
 */
const ASK_SOON_MS = 20_000;
/**
 * Used otherwise: the kernel takes hours to lose synchronization by itself, and setting the clock shows as a jump.
 */
const ASK_CALMLY_MS = 10 * 60_000;
/** The first call has to wait until the service has started. */
const ANSWER_MS = 5_000;

/** Whether the kernel says that its clock is synchronized; undefined if it cannot be asked. Never throws. */
type AskKernel = () => Promise<boolean | undefined>;

interface KernelWatchDeps {
  readonly clock: SystemClock;
  readonly ask?: AskKernel;
}

/**
 * Asks the kernel whether its clock is synchronized, and passes the answer to the clock. Every time service tells the
 * kernel (adjtimex): systemd-timesyncd, chrony, ntpd, a PTP daemon. Start it before the clock's floor is read.
 */
export class KernelWatch implements Lifecycle {
  readonly #clock: SystemClock;
  readonly #ask: AskKernel;
  #cancel: Cancel | undefined;
  #asking: Promise<void> | undefined;
  /** Monotonic time at which the last answered question was asked. */
  #askedMs = Number.NEGATIVE_INFINITY;
  #answered: boolean | undefined;

  constructor({ clock, ask = askTimedated }: KernelWatchDeps) {
    this.#clock = clock;
    this.#ask = ask;
  }

  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#cancel !== undefined) return;
    await this.#put();
    this.#arm();
  }

  async stop(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
    await this.#asking;
  }

  #arm(): void {
    this.#cancel = this.#clock.schedule(LOOK_EVERY_MS, () => {
      this.#arm();
      if (this.#isDue()) void this.#put();
    });
  }

  #isDue(): boolean {
    const { doubt, isSettled } = this.#clock;
    const ageMs = this.#clock.read().monotonicMs - this.#askedMs;
    // An answer from before the jump says nothing about the time after it.
    if (doubt !== undefined && doubt.sinceMs > this.#askedMs) return true;
    return ageMs >= (isSettled || this.#answered === undefined ? ASK_CALMLY_MS : ASK_SOON_MS);
  }

  async #put(): Promise<void> {
    this.#asking ??= this.#question();
    await this.#asking;
  }

  async #question(): Promise<void> {
    const askedMs = this.#clock.read().monotonicMs;
    this.#askedMs = askedMs;
    const inStep = await this.#ask();
    this.#answered = inStep;
    this.#asking = undefined;
    this.#clock.kernelSays(inStep, askedMs);
  }
}

/**
 * Asks systemd-timedated for the kernel's answer: synchronized means that the largest error of its clock (adjtimex,
 * maxerror) is below 16 s, at which it counts as unset. The daemon cannot ask itself, because ProtectClock= forbids
 * it every call that could set the clock, even in its read-only form. The unsynchronized flag of the kernel's status
 * is not used: it is also set where only the kernel may write the battery clock (chrony without rtcsync). Setting the
 * clock by hand raises the largest error to its limit as well as that flag.
 */
export function askTimedated(): Promise<boolean | undefined> {
  const args = ['show', '--property=NTPSynchronized', '--value'];
  const options = { timeout: ANSWER_MS, killSignal: 'SIGKILL', encoding: 'utf8' } as const;
  return new Promise((resolve) => {
    execFile('timedatectl', args, options, (error, stdout) => {
      resolve(error === null ? inStepFrom(stdout) : undefined);
    });
  });
}

/** @param said output of timedatectl for NTPSynchronized, with or without the name */
export function inStepFrom(said: string | undefined): boolean | undefined {
  const value = /^(?:NTPSynchronized=)?(yes|no)$/m.exec(said ?? '')?.[1];
  return value === undefined ? undefined : value === 'yes';
}
