import { GatepostError } from '../../core/errors.ts';
import { levelOf, type Policy, type PolicyLevel } from '../../core/policy/policy.ts';
import type { ChosenLevel, PolicyStore } from '../../ports/rule-store.ts';

/** The rules of this gate: the policy of the config or of a signed list, and the chosen level. */
export class RulesInForce {
  readonly #store: PolicyStore;
  #policy: Policy;
  /** The chosen level. Kept also if the present policy does not have it, because a later one may. */
  #chosen: ChosenLevel | undefined;
  #level: PolicyLevel;

  /** @throws GatepostError `internal` for a policy without its initial level */
  constructor(policy: Policy, store: PolicyStore) {
    this.#store = store;
    this.#policy = policy;
    this.#level = levelFor(policy, undefined);
  }

  get policy(): Policy {
    return this.#policy;
  }

  get level(): PolicyLevel {
    return this.#level;
  }

  /** Restores the level that was chosen before the restart. @throws GatepostError `log.unavailable` */
  load(): void {
    this.#take(this.#policy, this.#store.chosenLevel());
  }

  /** To be called after the choice is recorded. */
  choose(chosen: ChosenLevel): void {
    this.#take(this.#policy, chosen);
  }

  /** Whether what a guard has chosen stands against the schedule of the policy. */
  get isHeld(): boolean {
    const { schedule } = this.#policy;
    return schedule !== undefined && this.#chosen?.by === 'guard' && this.#chosen.level === this.#level.level;
  }

  /** Uses a new set of rules, at the chosen level if it has one of that name. */
  replace(policy: Policy): void {
    this.#take(policy, this.#chosen);
  }

  #take(policy: Policy, chosen: ChosenLevel | undefined): void {
    this.#level = levelFor(policy, chosen);
    this.#policy = policy;
    this.#chosen = chosen;
  }
}

/**
 * The chosen level; the initial one if none was chosen, if the policy does not have it, or if a schedule took it that is
 * gone.
 */
function levelFor(policy: Policy, chosen: ChosenLevel | undefined): PolicyLevel {
  const counts = chosen !== undefined && (chosen.by === 'guard' || policy.schedule !== undefined);
  const level = (counts ? levelOf(policy, chosen.level) : undefined) ?? levelOf(policy, policy.initialLevel);
  if (level !== undefined) return level;
  throw new GatepostError('internal', `The policy has no level "${policy.initialLevel}" to begin with.`);
}
