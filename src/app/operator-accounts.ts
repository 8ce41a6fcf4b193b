import { isGatepostError } from '../core/errors.ts';
import type { Clock } from '../ports/clock.ts';
import type { EventLog } from '../ports/event-log.ts';
import type { Logger } from '../ports/logger.ts';
import type { LoginAnswer, OperatorDesk, SetUpAnswer } from '../ports/operator-desk.ts';
import type { OperatorStore } from '../ports/operator-store.ts';
import type { PasswordHasher } from '../ports/password-hasher.ts';
import { LockOut } from './lock-out.ts';
import { nameProblem, normalized, passwordProblem } from './operator-credentials.ts';
import { SetUpCode } from './set-up-code.ts';

/** Stands in the log for a name that no account has: people type their password into the wrong field. */
const UNKNOWN_OPERATOR = '(unknown)';
/** Longest remote address written to the log, in characters: an IPv6 address with a mapped IPv4 part. */
const MAX_REMOTE = 45;

export interface OperatorAccountsOptions {
  readonly store: OperatorStore;
  readonly hasher: PasswordHasher;
  readonly log: EventLog;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Subject of the events. */
  readonly gate: string;
  readonly randomBytes: (count: number) => Uint8Array;
  /** Shows the set-up code to whoever stands at the machine. Called again when a new one is made. */
  readonly onSetUpCode: (code: string) => void;
}

/** Who may act at the guard's screen. */
export class OperatorAccounts implements OperatorDesk {
  readonly #options: OperatorAccountsOptions;
  readonly #lockOut: LockOut;
  #code: SetUpCode | undefined;
  #dummyHash: Promise<string> | undefined;

  constructor(options: OperatorAccountsOptions) {
    this.#options = options;
    this.#lockOut = new LockOut(options.clock);
  }

  /** Makes and shows the set-up code while there is no account. To be called once at start. */
  announceSetUp(): void {
    if (this.needsSetUp()) this.#renewCode();
  }

  needsSetUp(): boolean {
    return this.#options.store.count() === 0;
  }

  async setUp(order: { code: string; operator: string; password: string }): Promise<SetUpAnswer> {
    if (!this.needsSetUp()) return refused('An account exists already. Sign in with it.');
    const code = this.#code ?? this.#renewCode();
    if (!code.matches(order.code)) {
      if (code.isSpent() && this.#code === code) this.#renewCode();
      return refused(
        'The set-up code is not right. The kiosk printed it at its start and prints a new one after five wrong tries.',
      );
    }
    const operator = normalized(order.operator);
    const problem = nameProblem(operator) ?? passwordProblem(operator, order.password);
    if (problem !== undefined) return refused(problem);
    const passwordHash = await this.#options.hasher.hash(normalized(order.password));
    // Hashing takes a while: somebody else may have been faster, here or at the command line.
    if (!this.needsSetUp()) return refused('An account exists already. Sign in with it.');
    this.#options.store.put({ name: operator, passwordHash });
    this.#code = undefined;
    this.#record('operator.login', operator, 'first account set up');
    return { status: 'done', operator };
  }

  async login(order: { operator: string; password: string; remote: string }): Promise<LoginAnswer> {
    const from = `from ${order.remote.slice(0, MAX_REMOTE)}`;
    const answer = await this.#check(order, from);
    if (answer.status === 'accepted') this.#record('operator.login', answer.operator, from);
    return answer;
  }

  /** A right password is no event of its own: the order it was asked for is. */
  confirm(order: { operator: string; password: string; remote: string }): Promise<LoginAnswer> {
    return this.#check(order, `asked anew, from ${order.remote.slice(0, MAX_REMOTE)}`);
  }

  logout(operator: string): void {
    this.#record('operator.logout', operator);
  }

  /**
   * The answer and the work are the same for a wrong password and for a name that does not exist.
   * @param detail said in the event of a wrong password
   */
  async #check(
    order: { operator: string; password: string; remote: string },
    detail: string,
  ): Promise<LoginAnswer> {
    const operator = normalized(order.operator);
    const keys = [`remote ${order.remote}`, `name ${operator}`];
    const retryAfterMs = Math.max(...keys.map((key) => this.#lockOut.waitMs(key)));
    if (retryAfterMs > 0) return { status: 'locked', retryAfterMs };
    for (const key of keys) this.#lockOut.count(key);

    const dummyHash = await this.#dummy();
    const record = nameProblem(operator) === undefined ? this.#options.store.find(operator) : undefined;
    const fits = await this.#options.hasher.verify(
      normalized(order.password),
      record?.passwordHash ?? dummyHash,
    );
    if (record === undefined || !fits) {
      this.#record('operator.authfailed', record?.name ?? UNKNOWN_OPERATOR, detail);
      return { status: 'refused' };
    }
    for (const key of keys) this.#lockOut.clear(key);
    return { status: 'accepted', operator: record.name };
  }

  #renewCode(): SetUpCode {
    const code = new SetUpCode(this.#options.randomBytes);
    this.#code = code;
    this.#options.onSetUpCode(code.text);
    return code;
  }

  /** A hash nobody knows the password of, made once, so that unknown names cost what known ones do. */
  #dummy(): Promise<string> {
    const { hasher, randomBytes } = this.#options;
    this.#dummyHash ??= hasher.hash([...randomBytes(16)].join('.')).catch((error: unknown) => {
      this.#dummyHash = undefined;
      throw error;
    });
    return this.#dummyHash;
  }

  /**
   * A log that cannot be written does not lock the guard out: signing in opens nothing, and the guard is the one who
   * must see that the log is broken. Orders are refused by the guard desk while it is.
   */
  #record(
    name: 'operator.login' | 'operator.logout' | 'operator.authfailed',
    operator: string,
    detail?: string,
  ): void {
    const { log, clock, logger, gate } = this.#options;
    const { wallMs, quality } = clock.read();
    const data = detail === undefined ? { operator } : { operator, detail };
    try {
      log.commit({ events: [{ name, subject: gate, data, timeMs: wallMs, timeQuality: quality }] });
    } catch (error) {
      if (!isGatepostError(error, 'log.unavailable')) throw error;
      logger.warn({ event: name, operator, code: error.code }, `Not in the event log: ${error.message}`);
    }
  }
}

function refused(detail: string): SetUpAnswer {
  return { status: 'refused', detail };
}
