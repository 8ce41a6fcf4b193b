import type { Role } from '../../core/access/vocabulary.ts';
import type { Clock } from '../../ports/clock.ts';
import type { AccountAnswer, AccountDesk, AccountFault } from '../../ports/operator-desk.ts';
import type { AccountView, OperatorStore, PasswordHasher, ToldChange } from '../../ports/operator-store.ts';
import { nameProblem, normalized, passwordFault, sentenceOf } from './operator-credentials.ts';

/** More accounts than this are a mistake or an attack. */
const MOST_ACCOUNTS = 200;

interface AccountOrdersDeps {
  readonly store: OperatorStore;
  readonly hasher: PasswordHasher;
  readonly clock: Clock;
  /** Names of the site, its gate and doors: a password must not consist of them. */
  readonly siteWords?: readonly string[];
  /** Makes events of changes at once, instead of with the next look. */
  readonly tell: () => void;
}

const DONE: AccountAnswer = { status: 'done' };
const SENTENCES = {
  unknown: 'There is no such account.',
  'last-supervisor':
    'This is the last supervisor. Make somebody else supervisor first: otherwise nobody could make accounts here.',
  oneself: 'Another supervisor has to do this to your own account.',
  exists: 'There is such an account already.',
  above: 'Only a supervisor may do this to the account of a supervisor.',
} as const satisfies Partial<Record<AccountFault, string>>;

/** Accounts as they are made, changed and ended at the guard's screen. Who may is judged before. */
export class AccountOrders implements AccountDesk {
  readonly #deps: AccountOrdersDeps;

  constructor(deps: AccountOrdersDeps) {
    this.#deps = deps;
  }

  list(): readonly AccountView[] {
    return this.#deps.store.list();
  }

  async create(order: {
    operator: string;
    role: Role;
    newPassword: string;
    by: string;
  }): Promise<AccountAnswer> {
    const { store } = this.#deps;
    const name = normalized(order.operator);
    const problem = nameProblem(name);
    if (problem !== undefined) return { status: 'refused', cause: 'name', detail: problem };
    if (store.count() >= MOST_ACCOUNTS)
      return { status: 'refused', cause: 'name', detail: `There are ${MOST_ACCOUNTS} accounts already.` };
    if (store.find(name) !== undefined) return refused('exists');
    const hashed = await this.#hash(name, order.newPassword);
    if (typeof hashed !== 'string') return hashed;
    // Hashing takes a while; somebody else may have made the account meanwhile.
    if (store.find(name) !== undefined) return refused('exists');
    const account = { name, passwordHash: hashed, role: order.role };
    return this.#change({ operator: name, change: 'created', account, by: order.by });
  }

  async setPassword(order: { operator: string; newPassword: string; by: string }): Promise<AccountAnswer> {
    const { store } = this.#deps;
    if (store.find(order.operator) === undefined) return refused('unknown');
    const passwordHash = await this.#hash(order.operator, order.newPassword);
    if (typeof passwordHash !== 'string') return passwordHash;
    const before = store.find(order.operator);
    if (before === undefined) return refused('unknown');
    const { operator, by } = order;
    return this.#change({ operator, change: 'password', account: { ...before, passwordHash }, by });
  }

  setRole({ operator, role, by }: { operator: string; role: Role; by: string }): AccountAnswer {
    const before = this.#deps.store.find(operator);
    if (before === undefined) return refused('unknown');
    if (before.role === role) return DONE;
    const fault = this.#unseats(operator, by);
    if (fault !== undefined) return refused(fault);
    return this.#change({ operator, change: 'role', account: { ...before, role }, by });
  }

  remove({ operator, by }: { operator: string; by: string }): AccountAnswer {
    if (this.#deps.store.find(operator) === undefined) return refused('unknown');
    const fault = this.#unseats(operator, by);
    if (fault !== undefined) return refused(fault);
    return this.#change({ operator, change: 'removed', by });
  }

  endSessions({ operator, by }: { operator: string; by: string }): AccountAnswer {
    if (this.#deps.store.find(operator) === undefined) return refused('unknown');
    return this.#change({ operator, change: 'sessions-ended', by });
  }

  removeCode(order: { operator: string; by: string }): AccountAnswer {
    return this.#takeOff('code-off', order);
  }

  removePasskeys(order: { operator: string; by: string }): AccountAnswer {
    return this.#takeOff('passkey-off', order);
  }

  #takeOff(
    change: 'code-off' | 'passkey-off',
    { operator, by }: { operator: string; by: string },
  ): AccountAnswer {
    const account = this.list().find(({ name }) => name === operator);
    if (account === undefined) return refused('unknown');
    if (operator === by) return refused('oneself');
    const mayUnseat = this.#deps.store.find(by)?.role === 'supervisor';
    if (account.role === 'supervisor' && !mayUnseat) return refused('above');
    const has = change === 'code-off' ? account.code : account.passkeys;
    return has ? this.#change({ operator, change, by }) : DONE;
  }

  /** Why `operator` has to keep account and role, if so. */
  #unseats(operator: string, by: string): 'oneself' | 'last-supervisor' | undefined {
    const supervisors = this.list().filter(({ role }) => role === 'supervisor');
    if (supervisors.length === 1 && supervisors[0]?.name === operator) return 'last-supervisor';
    return operator === by ? 'oneself' : undefined;
  }

  async #hash(name: string, password: string): Promise<string | AccountAnswer> {
    const { hasher, siteWords = [] } = this.#deps;
    const others = this.list().map((account) => account.name);
    const cause = passwordFault(name, password, [...siteWords, ...others]);
    if (cause !== undefined) return { status: 'refused', cause, detail: sentenceOf(cause) };
    return hasher.hash(normalized(password));
  }

  #change(told: ToldChange): AccountAnswer {
    const { store, clock, tell } = this.#deps;
    store.change(told, clock.read());
    tell();
    return DONE;
  }
}

function refused(cause: keyof typeof SENTENCES): AccountAnswer {
  return { status: 'refused', cause, detail: SENTENCES[cause] };
}
