import { createHash } from 'node:crypto';
import type { Role } from '../../core/access/vocabulary.ts';
import { isGatepostError } from '../../core/errors.ts';
import { networkOf } from '../../core/network.ts';
import type { Clock } from '../../ports/clock.ts';
import type { EventLog } from '../../ports/event-log.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { Logger } from '../../ports/logger.ts';
import type {
  AccountDesk,
  CodeDesk,
  ConfirmAnswer,
  ConfirmOrder,
  LoginAnswer,
  OperatorDesk,
  SetUpAnswer,
  SetUpFault,
  SignedIn,
  SignInPlace,
} from '../../ports/operator-desk.ts';
import type {
  KnownBrowsers,
  OperatorRecord,
  OperatorStore,
  PasswordHasher,
} from '../../ports/operator-store.ts';
import type { PasskeyDesk } from '../../ports/passkey-desk.ts';
import { EventWriter, type UndatedEvent } from '../log/event-writer.ts';
import { AccountOrders } from './account-orders.ts';
import { BrowserMemory } from './browser-memory.ts';
import { GuessWatch } from './guess-watch.ts';
import { OperatorChanges } from './operator-changes.ts';
import { type CodeTools, OperatorCodes } from './operator-codes.ts';
import { nameProblem, normalized, passwordFault, SetUpCode, sentenceOf } from './operator-credentials.ts';
import { OperatorPasskeys, type PasskeyTools } from './operator-passkeys.ts';
import { type CountedTry, SignInTries } from './sign-in-tries.ts';

/** Logged instead of a name that no account has, because people type their password into the wrong field. */
const UNKNOWN_OPERATOR = '(unknown)';
/** Longest remote address written to the log, in characters: an IPv6 address with a mapped IPv4 part. */
const MAX_REMOTE = 45;

interface OperatorAccountsDeps {
  readonly store: OperatorStore;
  /** Without it no browser is remembered. */
  readonly browsers?: KnownBrowsers;
  readonly hasher: PasswordHasher;
  /** Without them no account has a one-time code. */
  readonly codes?: CodeTools;
  /** Without them no account has a passkey. */
  readonly passkeys?: PasskeyTools;
  readonly log: EventLog;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Subject of the events. */
  readonly gate: string;
  /** Names of the site, its gate and doors: a password must not consist of them. */
  readonly siteWords?: readonly string[];
  readonly randomBytes: (count: number) => Uint8Array;
  /**
   * Whether a first account may be set up with a code. False where accounts were lost with the log: whoever removed
   * them could otherwise use the new code to become a guard.
   */
  readonly maySetUp?: () => boolean;
  /** Called when so many tries were wrong that somebody is guessing. */
  readonly onGuessing?: () => void;
  /** Shows the set-up code at the machine. Called again when a new one is made. */
  readonly onSetUpCode: (code: string) => void;
}

/** The accounts of people who may use the guard's screen. */
export class OperatorAccounts implements OperatorDesk, Lifecycle {
  readonly #deps: OperatorAccountsDeps;
  readonly #tries: SignInTries;
  readonly #changes: OperatorChanges;
  readonly #notes: EventWriter;
  readonly #guesses: GuessWatch;
  readonly #browsers: BrowserMemory;
  /** Accounts made and ended at the screen. */
  readonly desk: AccountDesk;
  readonly #codes: OperatorCodes | undefined;
  readonly #passkeys: OperatorPasskeys | undefined;
  /** As they were read last, for a time in which the store cannot be read. */
  readonly #roles = new Map<string, Role>();
  #code: SetUpCode | undefined;
  #dummyHash: Promise<string> | undefined;

  constructor(deps: OperatorAccountsDeps) {
    this.#deps = deps;
    this.#tries = new SignInTries(deps.clock);
    this.#browsers = new BrowserMemory(deps);
    this.#notes = new EventWriter(deps);
    this.#guesses = new GuessWatch(deps.clock, () => deps.onGuessing?.());
    this.#changes = new OperatorChanges({ ...deps, notes: this.#notes });
    this.#changes.onChanged(() => this.announceSetUp());
    const tell = () => this.#changes.look();
    this.desk = new AccountOrders({ ...deps, tell });
    const { codes, passkeys } = deps;
    this.#codes = codes && new OperatorCodes({ ...deps, ...codes, operators: deps.store, tell });
    this.#passkeys =
      passkeys &&
      new OperatorPasskeys({
        ...{ ...deps, ...passkeys, operators: deps.store, tell },
        onWrong: (operator = UNKNOWN_OPERATOR, remote, isAnew) =>
          this.#failed(operator, `${isAnew ? 'asked anew, ' : ''}a passkey, ${from(remote)}`),
        onRight: (operator, place) => this.#enter(operator, place),
      });
  }

  /** One-time codes of accounts, as each has its own. */
  get codes(): CodeDesk | undefined {
    return this.#codes;
  }

  /** Passkeys of accounts, as each has its own. */
  get passkeys(): PasskeyDesk | undefined {
    return this.#passkeys;
  }

  /** Shows the set-up code while there is no account, and looks for changes made by commands. */
  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.announceSetUp();
    if (this.#deps.store.count() === 0 && !this.needsSetUp())
      this.#deps.logger.error(
        {},
        'The accounts were lost with the log, and no set-up code is made by itself. Set a password at this kiosk: sudo gatepost operator set-password NAME',
      );
    this.#changes.start();
  }

  async stop(): Promise<void> {
    this.#changes.stop();
  }

  needsSetUp(): boolean {
    return this.#deps.store.count() === 0 && (this.#deps.maySetUp?.() ?? true);
  }

  async setUp(
    order: { code: string; operator: string; password: string } & SignInPlace,
  ): Promise<SetUpAnswer> {
    if (!this.needsSetUp()) return refused('exists', 'An account exists already. Sign in with it.');
    const attempt = this.#tries.setUp(networkFrom(order));
    const retryAfterMs = attempt.begin();
    if (retryAfterMs > 0) return this.#locked(UNKNOWN_OPERATOR, order.remote, retryAfterMs);
    const code = this.#code ?? this.#makeCode();
    if (!code.matches(order.code)) {
      this.#failed(UNKNOWN_OPERATOR, `a set-up code, ${from(order.remote)}`);
      return refused('code', 'The set-up code is not right. The kiosk printed it at its start.');
    }
    attempt.succeed();
    const operator = normalized(order.operator);
    const { siteWords } = this.#deps;
    const problem = nameProblem(operator);
    if (problem !== undefined) return refused('name', problem);
    const fault = passwordFault(operator, order.password, siteWords);
    if (fault !== undefined) return refused(fault, sentenceOf(fault));
    const passwordHash = await this.#deps.hasher.hash(normalized(order.password));
    // Hashing takes a while; another person, or a command, may have created an account meanwhile.
    if (!this.needsSetUp()) return refused('exists', 'An account exists already. Sign in with it.');
    const record = { name: operator, passwordHash, role: 'supervisor' } as const;
    this.#deps.store.put(record);
    this.#code = undefined;
    this.#record({ name: 'operator.login', data: { operator, detail: 'first account set up' } });
    return { status: 'done', ...this.#signedIn(record, order) };
  }

  async login(
    order: { operator: string; password: string; code?: string } & SignInPlace,
  ): Promise<LoginAnswer> {
    const { store } = this.#deps;
    const operator = normalized(order.operator);
    const record = nameProblem(operator) === undefined ? store.find(operator) : undefined;
    const browser = record && this.#browsers.known(order.browser, operator);
    const attempt = this.#tries.signIn(
      browser !== undefined
        ? { browser, operator }
        : { network: networkFrom(order), operator, isAccount: record !== undefined },
    );
    const failure = await this.#check(record, order, attempt);
    if (failure !== undefined) return failure;
    if (record === undefined) return { status: 'refused' };
    let detail = from(order.remote);
    if (this.#codes?.view(record.name).on) {
      const taken = this.#codes.take(record.name, order.code);
      if (taken === 'missing') return { status: 'code', cause: taken };
      if (taken !== 'code' && taken !== 'recovery') {
        this.#failed(record.name, `a one-time code, ${detail}`);
        return { status: 'code', cause: taken };
      }
      if (taken === 'recovery')
        detail = `with a recovery code, ${this.#codes.view(record.name).recovery} left, ${detail}`;
    }
    attempt.succeed();
    this.#record({ name: 'operator.login', data: { operator: record.name, detail } });
    return { status: 'accepted', ...this.#signedIn(record, order) };
  }

  /**
   * Checks the password or the one-time code for one order. A right one has no event of its own, because the order has one.
   */
  async confirm({ operator, password, strict, session, remote }: ConfirmOrder): Promise<ConfirmAnswer> {
    const record = this.#deps.store.find(normalized(operator));
    if (strict === undefined && this.#passkeys?.takeProof(session, password)) return { status: 'accepted' };
    const attempt = this.#tries.confirm(session);
    const codes = record !== undefined && this.#codes?.view(record.name).on ? this.#codes : undefined;
    const isCode = strict === undefined && OperatorCodes.isCode(password);
    if (record !== undefined && codes !== undefined && isCode) {
      const retryAfterMs = attempt.begin();
      if (retryAfterMs > 0) return this.#locked(record.name, remote, retryAfterMs);
      return this.#takeAnew(codes, record.name, { code: password, remote }, attempt);
    }
    const failure = await this.#check(record, { password, remote }, attempt, 'asked anew, ');
    if (failure !== undefined) return failure;
    if (record !== undefined && codes !== undefined && typeof strict === 'object')
      return this.#takeAnew(codes, record.name, { code: strict.both, remote }, attempt);
    attempt.succeed();
    return { status: 'accepted' };
  }

  /** Signs in whoever has proved it with a passkey. */
  #enter(operator: string, place: SignInPlace): LoginAnswer {
    const record = this.#deps.store.find(operator);
    if (record === undefined) return { status: 'refused' };
    this.#record({
      name: 'operator.login',
      data: { operator, detail: `with a passkey, ${from(place.remote)}` },
    });
    return { status: 'accepted', ...this.#signedIn(record, place) };
  }

  #takeAnew(
    codes: OperatorCodes,
    operator: string,
    { code, remote }: { readonly code: string | undefined; readonly remote: string },
    attempt: CountedTry,
  ): ConfirmAnswer {
    const taken = codes.take(operator, code);
    if (taken !== 'code' && taken !== 'recovery') {
      this.#failed(operator, `asked anew, a one-time code, ${from(remote)}`);
      return { status: 'refused', cause: 'code' };
    }
    attempt.succeed();
    return { status: 'accepted' };
  }

  knowsBrowser(browser: string | undefined): boolean {
    return this.#browsers.known(browser) !== undefined;
  }

  credentialOf(operator: string): string | undefined {
    const record = this.#deps.store.find(operator);
    return record === undefined ? undefined : credentialOf(record);
  }

  roleOf(operator: string): Role | undefined {
    try {
      const role = this.#deps.store.find(operator)?.role;
      if (role === undefined) this.#roles.delete(operator);
      else this.#roles.set(operator, role);
      return role;
    } catch (error) {
      if (!isGatepostError(error)) throw error;
      return this.#roles.get(operator);
    }
  }

  refused(operator: string, right: string, remote: string): void {
    this.#failed(operator, `has no right to: ${right}, ${from(remote)}`);
  }

  turnedAway(remote: string): void {
    this.#failed(UNKNOWN_OPERATOR, `too many tries, ${from(remote)}`);
  }

  onChanged(listener: (operator: string) => void): void {
    this.#changes.onChanged(listener);
  }

  logout(operator: string): void {
    this.#record({ name: 'operator.logout', data: { operator } });
  }

  /**
   * Checks the password of an attempt. The answer and the work are the same for a wrong password and for a name that does
   * not exist.
   * @param how begins the text for the event of a wrong password
   */
  async #check(
    record: OperatorRecord | undefined,
    { password, remote }: { readonly password: string; readonly remote: string },
    attempt: CountedTry,
    how = '',
  ): Promise<Exclude<ConfirmAnswer, { status: 'accepted' }> | undefined> {
    const operator = record?.name ?? UNKNOWN_OPERATOR;
    const retryAfterMs = attempt.begin();
    if (retryAfterMs > 0) return this.#locked(operator, remote, retryAfterMs);
    const dummyHash = await this.#dummy();
    const fits = await this.#deps.hasher.verify(normalized(password), record?.passwordHash ?? dummyHash);
    if (record === undefined || !fits) {
      this.#failed(operator, `${how}${from(remote)}`);
      return { status: 'refused' };
    }
    // The check takes a while, and the account may have changed meanwhile.
    if (this.credentialOf(record.name) !== credentialOf(record)) return { status: 'refused' };
    return undefined;
  }

  /** A try that came before its time, and was not looked at. */
  #locked(operator: string, remote: string, retryAfterMs: number) {
    this.#failed(operator, `before its time, ${from(remote)}`);
    return { status: 'locked', retryAfterMs } as const;
  }

  /** Records a try that was refused. The log keeps single rows of the first ones alone, and counts the others. */
  #failed(operator: string, detail: string): void {
    this.#record({ name: 'operator.authfailed', data: { operator, detail } });
    this.#guesses.tried();
  }

  #signedIn(record: OperatorRecord, { browser: presented }: SignInPlace): SignedIn {
    const browser = this.#browsers.remember(presented, record.name);
    return { operator: record.name, credential: credentialOf(record), ...(browser && { browser }) };
  }

  /** Makes and shows the set-up code while there is no account and no code yet. */
  announceSetUp(): void {
    if (this.#code === undefined && this.needsSetUp()) this.#makeCode();
  }

  #makeCode(): SetUpCode {
    const code = new SetUpCode(this.#deps.randomBytes);
    this.#code = code;
    this.#deps.onSetUpCode(code.text);
    return code;
  }

  /** The hash of an unknown password, made once, so that unknown names take as long as known ones. */
  #dummy(): Promise<string> {
    const { hasher, randomBytes } = this.#deps;
    this.#dummyHash ??= hasher.hash([...randomBytes(16)].join('.')).catch((error: unknown) => {
      this.#dummyHash = undefined;
      throw error;
    });
    return this.#dummyHash;
  }

  /**
   * Records an event, but goes on if the log cannot be written: the guard must be able to sign in to see that the log
   * is broken, and signing in opens nothing. The guard desk refuses orders meanwhile.
   */
  #record(event: WithoutSubject<UndatedEvent>): void {
    const { logger, gate } = this.#deps;
    try {
      this.#notes.write([{ ...event, subject: gate }]);
    } catch (error) {
      if (!isGatepostError(error, 'log.unavailable')) throw error;
      const { operator } = event.data;
      logger.warn(
        { event: event.name, operator, code: error.code },
        `Not in the event log: ${error.message}`,
      );
    }
  }
}

type WithoutSubject<E> = E extends {
  readonly name: `operator.${'login' | 'logout' | 'authfailed'}`;
}
  ? Omit<E, 'subject'>
  : never;

function from(remote: string): string {
  return `from ${remote.slice(0, MAX_REMOTE)}`;
}

function networkFrom({ network, remote }: SignInPlace): string {
  return network ?? networkOf(remote);
}

/**
 * Identifies the present password and role: every hash has its own salt, and whoever may do something else from now on
 * signs in anew.
 */
function credentialOf({ passwordHash, role }: OperatorRecord): string {
  return sha256(`${role} ${passwordHash}`);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function refused(cause: SetUpFault, detail: string): SetUpAnswer {
  return { status: 'refused', detail, cause };
}
