import { GatepostError } from '../../core/errors.ts';
import { levelOf, type Policy, type PolicyLevel } from '../../core/policy/policy.ts';
import type { PolicyStore } from '../../ports/rule-store.ts';

/** The rules this gate goes by: the policy of the config or of a signed list, and the level that was chosen. */
export class RulesInForce {
  readonly #store: PolicyStore;
  #policy: Policy;
  /** What was chosen, whether or not the present policy knows it: a later one may. */
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

  /** Takes up the level that was chosen before the restart. @throws GatepostError `log.unavailable` */
  load(): void {
    this.#take(this.#policy, this.#store.chosenLevel());
  }

  /** After the choice is on record. */
  choose(level: string): void {
    this.#take(this.#policy, level);
  }

  /** Goes by a new set of rules, at the chosen level where it has one of that name. */
  replace(policy: Policy): void {
    this.#take(policy, this.#chosen);
  }

  #take(policy: Policy, chosen: string | undefined): void {
    this.#level = levelFor(policy, chosen);
    this.#policy = policy;
    this.#chosen = chosen;
  }
}

/** The chosen level; the initial one where nothing was chosen or the policy does not know it. */
function levelFor(policy: Policy, chosen: string | undefined): PolicyLevel {
  const level =
    (chosen === undefined ? undefined : levelOf(policy, chosen)) ?? levelOf(policy, policy.initialLevel);
  if (level !== undefined) return level;
  throw new GatepostError('internal', `The policy has no level "${policy.initialLevel}" to begin with.`);
}
