import { GatepostError } from '../../core/errors.ts';
import { levelOf, type Policy, type PolicyLevel } from '../../core/policy/policy.ts';
import type { PolicyStore } from '../../ports/rule-store.ts';

/** The rules of this gate: the policy of the config or of a signed list, and the chosen level. */
export class RulesInForce {
  readonly #store: PolicyStore;
  #policy: Policy;
  /** The chosen level. Kept also if the present policy does not have it, because a later one may. */
  #chosen: string | undefined;
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
  choose(level: string): void {
    this.#take(this.#policy, level);
  }

  /** Uses a new set of rules, at the chosen level if it has one of that name. */
  replace(policy: Policy): void {
    this.#take(policy, this.#chosen);
  }

  #take(policy: Policy, chosen: string | undefined): void {
    this.#level = levelFor(policy, chosen);
    this.#policy = policy;
    this.#chosen = chosen;
  }
}

/** The chosen level; the initial one if none was chosen or the policy does not have it. */
function levelFor(policy: Policy, chosen: string | undefined): PolicyLevel {
  const level =
    (chosen === undefined ? undefined : levelOf(policy, chosen)) ?? levelOf(policy, policy.initialLevel);
  if (level !== undefined) return level;
  throw new GatepostError('internal', `The policy has no level "${policy.initialLevel}" to begin with.`);
}
