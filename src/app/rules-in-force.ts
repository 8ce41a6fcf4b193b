import { GatepostError } from '../core/errors.ts';
import { levelOf, type Policy, type PolicyLevel } from '../core/policy/policy.ts';
import type { PolicyStore } from '../ports/policy-store.ts';

/** The rules this gate goes by: the policy of the config or of a signed list, and the level that was chosen. */
export class RulesInForce {
  readonly #store: PolicyStore;
  #policy: Policy;
  #level: PolicyLevel;

  /** @throws GatepostError `internal` for a policy without its initial level */
  constructor(policy: Policy, store: PolicyStore) {
    this.#store = store;
    this.#policy = policy;
    this.#level = initialLevel(policy);
  }

  get policy(): Policy {
    return this.#policy;
  }

  get level(): PolicyLevel {
    return this.#level;
  }

  /** Takes up the level that was chosen before the restart. @throws GatepostError `log.unavailable` */
  load(): void {
    this.#take(this.#store.chosenLevel());
  }

  /** After the choice is on record. A name that the policy does not know leaves the initial level. */
  choose(level: string): void {
    this.#take(level);
  }

  /** Goes by a new set of rules, at the same level where it has one of that name. */
  replace(policy: Policy): void {
    const { level } = this.#level;
    this.#level = levelOf(policy, level) ?? initialLevel(policy);
    this.#policy = policy;
  }

  #take(chosen: string | undefined): void {
    const level = chosen === undefined ? undefined : levelOf(this.#policy, chosen);
    this.#level = level ?? initialLevel(this.#policy);
  }
}

function initialLevel(policy: Policy): PolicyLevel {
  const level = levelOf(policy, policy.initialLevel);
  if (level !== undefined) return level;
  throw new GatepostError('internal', `The policy has no level "${policy.initialLevel}" to begin with.`);
}
