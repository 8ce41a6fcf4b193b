import type { Given } from '../../core/desk/guard-order.ts';
import { isShutMode } from '../../core/door/door-mode.ts';
import { levelOf, type Policy, type PolicyLevel } from '../../core/policy/policy.ts';
import type { GateState } from '../../ports/gate-state.ts';
import type { DeskAnswer } from '../../ports/guard-desk.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { Logger } from '../../ports/logger.ts';
import type { HolderState } from '../../ports/rule-store.ts';
import type { Door } from '../door/door.ts';
import { type DeskRecords, type Planned, refused } from '../log/desk-records.ts';
import type { RulesInForce } from './rules-in-force.ts';

/** The operator in orders that the gate gives itself. */
const BY_ITSELF = 'auto';

interface LevelKeeperDeps {
  readonly rules: RulesInForce;
  readonly doors: readonly Door[];
  readonly records: DeskRecords;
  readonly holderState: HolderState;
  readonly state: Pick<GateState, 'rules'>;
  readonly logger: Logger;
  /** Id of this kiosk, the subject of the events. */
  readonly gate: string;
}

/**
 * Keeps the level: restores the one from before the restart, changes it on order, and opens or closes the doors where a
 * level holds the gate open.
 */
export class LevelKeeper implements Lifecycle {
  readonly #deps: LevelKeeperDeps;
  #started = false;

  constructor(deps: LevelKeeperDeps) {
    this.#deps = deps;
  }

  /** To be started after the doors, because a level that holds the gate open opens them again. */
  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#started) return;
    this.#started = true;
    const { rules } = this.#deps;
    rules.load();
    if (rules.level.gate === 'open') this.#moveByItself();
    this.publish();
  }

  async stop(): Promise<void> {
    // The doors are not moved here; they go to rest in their own stop().
    this.#started = false;
  }

  /** Plans a guard's change of the level; the doors are moved if the old or the new level holds the gate open. */
  plan({ level, operator, note }: Given<'level'>): Planned {
    const { rules, gate } = this.#deps;
    const previous = rules.level;
    const next = levelOf(rules.policy, level);
    if (next === undefined) {
      return refused(
        'no_such_level',
        `There is no level "${level}". There are: ${Object.keys(rules.policy.levels).join(', ')}.`,
      );
    }
    if (level === previous.level) return refused('level_already', `The level is ${level} already.`);
    const shut = next.gate === 'open' ? this.#shutDoor() : undefined;
    if (shut !== undefined)
      return refused('door_shut', `The door ${shut.id} is ${shut.mode}. End that first.`);
    const change = { ...nameOf(next), previous: nameOf(previous), by: operator, note };
    return {
      events: [{ name: 'policy.applied', subject: gate, data: change }],
      effects: [{ kind: 'chooseLevel', level }],
      act: () => {
        rules.choose(level);
        const moved = next.gate === previous.gate ? undefined : this.#moveDoors({ operator, note });
        this.publish();
        return moved;
      },
    };
  }

  /** Uses a new set of rules whose arrival is recorded. Before start() nothing moves and nothing is shown. */
  replace(policy: Policy): void {
    const { rules } = this.#deps;
    const before = rules.level.gate;
    rules.replace(policy);
    if (!this.#started) return;
    if (rules.level.gate !== before) this.#moveByItself();
    this.publish();
  }

  /** Publishes the rules and the number of people inside. */
  publish(): void {
    const { rules, state, holderState } = this.#deps;
    const { level, version, gate, occupancyLimit } = rules.level;
    state.rules.set({
      level,
      version,
      gate,
      levels: Object.keys(rules.policy.levels),
      openLevels: Object.entries(rules.policy.levels)
        .filter(([, { gate }]) => gate === 'open')
        .map(([name]) => name),
      occupancy: holderState.occupancy(),
      ...(occupancyLimit === undefined ? {} : { occupancyLimit }),
    });
  }

  #moveByItself(): void {
    const { level, gate } = this.#deps.rules.level;
    const note = gate === 'open' ? `Level ${level} holds the gate open` : `Level ${level} checks everybody`;
    const moved = this.#moveDoors({ operator: BY_ITSELF, note });
    if (moved.status === 'refused') this.#deps.logger.error({ level }, moved.detail);
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

function nameOf({ level, version }: PolicyLevel): { level: string; version: number } {
  return { level, version };
}
