import type { Policy } from '../../core/policy/policy.ts';
import {
  levelToTake,
  nextChange,
  type ScheduledLevel,
  type ScheduledPolicy,
  scheduledAt,
} from '../../core/policy/schedule.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { GateState, ScheduleView } from '../../ports/gate-state.ts';
import type { RulesInForce } from './rules-in-force.ts';

/** Between two looks at the longest, because the clock may be put right meanwhile, in milliseconds. */
const LOOK_EVERY_MS = 60_000;

interface LevelScheduleDeps {
  readonly rules: Pick<RulesInForce, 'policy'>;
  readonly clock: Clock;
  readonly state: Pick<GateState, 'clock'>;
  /** IANA name. */
  readonly timeZone: string;
  /** Called at each moment at which another level may be due, and when the quality of the clock has changed. */
  readonly onLook: () => void;
}

/** From so long before it everybody at the gate is told of a change, in milliseconds. */
const SOON_MS = 3_600_000;

/** What comes next, for as long as that is known. */
interface Foretold {
  readonly policy: Policy;
  readonly fromMs: number;
  readonly next: ScheduledLevel | undefined;
}

/** Reads the schedule of the policy in force by the clock of the site, and calls when it is time. Without one it does nothing. */
export class LevelSchedule {
  readonly #deps: LevelScheduleDeps;
  #foretold: Foretold | undefined;
  #timer: Cancel | undefined;
  #unfollow: Cancel | undefined;

  constructor(deps: LevelScheduleDeps) {
    this.#deps = deps;
  }

  /** Begins to call, or looks again for the next time. */
  start(): void {
    const { clock, state, onLook } = this.#deps;
    this.#timer?.();
    this.#timer = undefined;
    const policy = this.#policy;
    if (policy === undefined) return;
    let quality = clock.read().quality;
    this.#unfollow ??= state.clock.follow((view) => {
      if (view.quality === quality) return;
      quality = view.quality;
      onLook();
    });
    const { wallMs } = clock.read();
    const nextMs = this.#next(policy, wallMs)?.atMs ?? Number.POSITIVE_INFINITY;
    const waitMs = Math.min(LOOK_EVERY_MS, Math.max(1, nextMs - wallMs));
    this.#timer = clock.schedule(waitMs, () => {
      onLook();
      this.start();
    });
  }

  stop(): void {
    this.#timer?.();
    this.#unfollow?.();
    this.#timer = undefined;
    this.#unfollow = undefined;
  }

  /** The level to take now; `present` where there is no schedule. */
  levelNow(present: string, { starts }: { readonly starts: boolean }): string {
    const policy = this.#policy;
    if (policy === undefined) return present;
    const { wallMs, quality } = this.#deps.clock.read();
    const { level: due } = scheduledAt(policy, wallMs, this.#deps.timeZone);
    return levelToTake(policy, { present, due, trusted: quality !== 'unsynced', starts });
  }

  /** What it says now, for the screens; undefined where there is none. */
  view(present: string, held: boolean): ScheduleView | undefined {
    const policy = this.#policy;
    if (policy === undefined) return undefined;
    const { wallMs } = this.#deps.clock.read();
    const { level } = scheduledAt(policy, wallMs, this.#deps.timeZone);
    const next = this.#next(policy, wallMs);
    return {
      state: held ? 'held' : level === present ? 'follows' : 'waits',
      level,
      ...(next === undefined ? {} : { next: { level: next.level, atMs: next.atMs } }),
      ...(next !== undefined && next.atMs - wallMs <= SOON_MS ? { soon: true } : {}),
    };
  }

  get #policy(): (Policy & ScheduledPolicy) | undefined {
    const { policy } = this.#deps.rules;
    return policy.schedule === undefined ? undefined : { ...policy, schedule: policy.schedule };
  }

  #next(policy: Policy & ScheduledPolicy, wallMs: number): ScheduledLevel | undefined {
    const { rules, timeZone } = this.#deps;
    const known = this.#foretold;
    const holds =
      known?.policy === rules.policy &&
      wallMs >= known.fromMs &&
      wallMs < (known.next?.atMs ?? known.fromMs + LOOK_AGAIN_MS);
    if (holds) return known.next;
    const next = nextChange(policy, wallMs, timeZone);
    this.#foretold = { policy: rules.policy, fromMs: wallMs, next };
    return next;
  }
}

/** Where nothing follows, it is looked for again after this time: another year has come nearer. Milliseconds. */
const LOOK_AGAIN_MS = 86_400_000;
