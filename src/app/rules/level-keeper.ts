import type { Given } from '../../core/desk/guard-order.ts';
import { isShutMode } from '../../core/door/door-mode.ts';
import { levelOf, type Policy, type PolicyLevel } from '../../core/policy/policy.ts';
import type { Clock } from '../../ports/clock.ts';
import type { GateState } from '../../ports/gate-state.ts';
import type { DeskAnswer } from '../../ports/guard-desk.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { Logger } from '../../ports/logger.ts';
import type { ChosenLevel, HolderState } from '../../ports/rule-store.ts';
import type { Attention } from '../board/attention.ts';
import type { Door } from '../door/door.ts';
import { type DeskRecords, type Planned, refused } from '../log/desk-records.ts';
import { LevelSchedule } from './level-schedule.ts';
import type { RulesInForce } from './rules-in-force.ts';

/** The operator in orders that the gate gives itself. */
const BY_ITSELF = 'auto';

interface LevelKeeperDeps {
  readonly rules: RulesInForce;
  readonly doors: readonly Door[];
  readonly records: DeskRecords;
  readonly holderState: HolderState;
  readonly attention: Pick<Attention, 'levelWaits'>;
  readonly state: Pick<GateState, 'rules' | 'clock'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Id of this kiosk, the subject of the events. */
  readonly gate: string;
  /** IANA name. */
  readonly timeZone: string;
}

/** Who takes a level and why. */
interface Taking extends ChosenLevel {
  readonly operator: string;
  readonly note?: string;
}

/**
 * Keeps the level: restores the one from before the restart, changes it on order and by the schedule, and opens or closes
 * the doors where a level holds the gate open.
 */
export class LevelKeeper implements Lifecycle {
  readonly #deps: LevelKeeperDeps;
  readonly #schedule: LevelSchedule;
  #started = false;
  #told: string | undefined;

  constructor(deps: LevelKeeperDeps) {
    this.#deps = deps;
    this.#schedule = new LevelSchedule({ ...deps, onLook: () => this.#follow() });
  }

  /** To be started after the doors, because a level that holds the gate open opens them again. */
  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#started) return;
    this.#started = true;
    const { rules } = this.#deps;
    rules.load();
    this.#follow({ starts: true });
    if (rules.level.gate === 'open') this.#moveByItself();
    this.publish();
    this.#schedule.start();
  }

  async stop(): Promise<void> {
    // The doors are not moved here; they go to rest in their own stop().
    this.#schedule.stop();
    this.#started = false;
  }

  /**
   * Plans a guard's change of the level; the doors are moved if the old or the new level holds the gate open. It stands
   * against a schedule until it is given back to that.
   */
  plan({ level, operator, note }: Given<'level'>): Planned {
    const { rules } = this.#deps;
    const holds = rules.policy.schedule !== undefined && !rules.isHeld;
    if (level === rules.level.level && !holds)
      return refused('level_already', `The level is ${level} already.`);
    return this.#take({ level, by: 'guard', operator, note });
  }

  /** Plans that the schedule has the level again. */
  planSchedule({ operator, note }: Given<'follow-schedule'>): Planned {
    const { rules } = this.#deps;
    if (rules.policy.schedule === undefined)
      return refused('no_schedule', 'This gate has no schedule of levels (policy.schedule).');
    if (!rules.isHeld) return refused('schedule_followed', 'The schedule has the level already.');
    const level = this.#schedule.levelNow(rules.level.level, { starts: false });
    const waits = this.#isHindered(level) ? rules.level.level : level;
    return this.#take({ level: waits, by: 'schedule', operator, note });
  }

  /** Uses a new set of rules whose arrival is recorded. Before start() nothing moves and nothing is shown. */
  replace(policy: Policy): void {
    const { rules } = this.#deps;
    const before = rules.level.gate;
    rules.replace(policy);
    if (!this.#started) return;
    this.#follow();
    if (rules.level.gate !== before) this.#moveByItself();
    this.publish();
    this.#schedule.start();
  }

  /** Publishes the rules and the number of people inside. */
  publish(): void {
    const { rules, state, holderState } = this.#deps;
    const { level, version, gate, occupancyLimit } = rules.level;
    const schedule = this.#schedule.view(rules.level.level, rules.isHeld);
    this.#told = this.#toTell();
    state.rules.set({
      level,
      version,
      gate,
      levels: Object.keys(rules.policy.levels),
      openLevels: Object.entries(rules.policy.levels)
        .filter(([, { gate }]) => gate === 'open')
        .map(([name]) => name),
      ...(schedule === undefined ? {} : { schedule }),
      occupancy: holderState.occupancy(),
      ...(occupancyLimit === undefined ? {} : { occupancyLimit }),
    });
  }

  /** Takes the level of the schedule, as far as the gate may now. On record before it acts; else it is tried again. */
  #follow({ starts } = { starts: false }): void {
    const { rules, records, attention, gate, clock, logger } = this.#deps;
    const present = rules.level.level;
    if (rules.policy.schedule !== undefined && !rules.isHeld) {
      const level = this.#schedule.levelNow(present, { starts });
      if (level !== present && !this.#isHindered(level)) {
        const answer = records.carryOut(this.#take({ level, by: 'schedule', operator: BY_ITSELF }));
        if (answer.status === 'refused') logger.warn({ level }, answer.detail);
      }
    }
    const waits = this.#schedule.view(rules.level.level, rules.isHeld)?.state === 'waits';
    attention.levelWaits(gate, waits ? clock.read().wallMs : undefined);
    if (!starts && this.#told !== this.#toTell()) this.publish();
  }

  /** What the screens are told of the level and its schedule. */
  #toTell(): string {
    const { level } = this.#deps.rules.level;
    return JSON.stringify([level, this.#schedule.view(level, this.#deps.rules.isHeld)]);
  }

  /** A schedule ends no block and no lockdown: a level that opens waits for it. */
  #isHindered(level: string): boolean {
    const { policy } = this.#deps.rules;
    return policy.levels[level]?.gate === 'open' && this.#shutDoor() !== undefined;
  }

  #take({ level, by, operator, note }: Taking): Planned {
    const { rules, gate } = this.#deps;
    const previous = rules.level;
    const next = levelOf(rules.policy, level);
    if (next === undefined) {
      return refused(
        'no_such_level',
        `There is no level "${level}". There are: ${Object.keys(rules.policy.levels).join(', ')}.`,
      );
    }
    const shut = next.gate === 'open' && next.gate !== previous.gate ? this.#shutDoor() : undefined;
    if (shut !== undefined)
      return refused('door_shut', `The door ${shut.id} is ${shut.mode}. End that first.`);
    const why = {
      ...(note === undefined ? {} : { note }),
      ...(by === 'schedule' ? { cause: 'schedule' as const } : {}),
    };
    const change = { ...nameOf(next), previous: nameOf(previous), by: operator, ...why };
    return {
      events: [{ name: 'policy.applied', subject: gate, data: change }],
      effects: [{ kind: 'chooseLevel', level, by }],
      act: () => {
        rules.choose({ level, by });
        const words = note ?? gateWords(next);
        const moved = next.gate === previous.gate ? undefined : this.#moveDoors({ operator, note: words });
        this.publish();
        return moved;
      },
    };
  }

  #moveByItself(): void {
    const { rules, logger } = this.#deps;
    const moved = this.#moveDoors({ operator: BY_ITSELF, note: gateWords(rules.level) });
    if (moved.status === 'refused') logger.error({ level: rules.level.level }, moved.detail);
  }

  #shutDoor(): Door | undefined {
    return this.#deps.doors.find(({ mode }) => isShutMode(mode));
  }

  /** Moves every door to the mode of the level; the answer tells which one did not follow. */
  #moveDoors(order: Pick<Given<'door'>, 'operator' | 'note'>): DeskAnswer {
    const { rules, records } = this.#deps;
    const open = rules.level.gate === 'open';
    const failures: string[] = [];
    for (const door of this.#deps.doors) {
      if ((door.modeBelow === 'LockedOpen') === open) continue;
      const verb = open ? 'hold' : 'release';
      const answer = records.carryOut(door.plan({ ...order, verb, byLevel: true }));
      if (answer.status === 'refused') failures.push(`${door.id}: ${answer.detail}`);
    }
    if (failures.length === 0) return { status: 'done' };
    return refused(
      'doors_left_behind',
      `The level has changed, but not every door followed. ${failures.join(' ')}`,
    );
  }
}

function gateWords({ level, gate }: PolicyLevel): string {
  return gate === 'open' ? `Level ${level} holds the gate open` : `Level ${level} checks everybody`;
}

function nameOf({ level, version }: PolicyLevel): { level: string; version: number } {
  return { level, version };
}
