import type { Role } from '../core/access/vocabulary.ts';
import type { AccountView } from './operator-store.ts';

/** Where an attempt to sign in comes from. */
export interface SignInPlace {
  /** Address of the browser as the server sees it; goes into the log. */
  readonly remote: string;
  /** By what failed attempts of unknown browsers are counted; the network of the address if absent. */
  readonly network?: string;
  /** The secret from the browser's cookie, if it sent one. Untrusted. */
  readonly browser?: string | undefined;
}

export interface SignedIn {
  readonly operator: string;
  /** Changes with the password; a session that was opened with another one is over. */
  readonly credential: string;
  /** The secret that this browser is to keep; undefined if it could not be stored. */
  readonly browser?: string;
}

export type LoginAnswer =
  | ({ readonly status: 'accepted' } & SignedIn)
  | { readonly status: 'refused' }
  | { readonly status: 'locked'; readonly retryAfterMs: number };

export type ConfirmAnswer = { readonly status: 'accepted' } | Exclude<LoginAnswer, { status: 'accepted' }>;

export type SetUpAnswer =
  | ({ readonly status: 'done' } & SignedIn)
  | { readonly status: 'refused'; readonly detail: string; readonly cause?: SetUpFault }
  | { readonly status: 'locked'; readonly retryAfterMs: number };

/**
 * Why no first account was created, for pages that have their own words for it; the last four are about the password.
 */
export type SetUpFault = 'exists' | 'code' | 'name' | 'short' | 'long' | 'own-name' | 'common';

/** Accounts of the guard's screen. There is no default password: the first start asks for one. */
export interface OperatorDesk {
  /** True until the first password is set. */
  needsSetUp(): boolean;
  /** Creates the first account. `code` is the set-up code that the daemon printed at its start. */
  setUp(order: { code: string; operator: string; password: string } & SignInPlace): Promise<SetUpAnswer>;
  login(order: { operator: string; password: string } & SignInPlace): Promise<LoginAnswer>;
  /**
   * Asks a signed-in operator for the password again, before an order that requires it. Failed attempts count for the
   * session alone, so that nobody else can use them up.
   * @param order `session`: key by which the attempts are counted
   */
  confirm(order: {
    operator: string;
    password: string;
    session: string;
    remote: string;
  }): Promise<ConfirmAnswer>;
  /** Whether somebody has signed in with this browser before. */
  knowsBrowser(browser: string | undefined): boolean;
  /** The credential that the account's sessions must have been opened with; undefined if there is no such account. */
  credentialOf(operator: string): string | undefined;
  /**
   * What the operator may do follows from it; undefined if there is no such account. While the store cannot be read it is
   * the role of the last reading.
   */
  roleOf(operator: string): Role | undefined;
  /** Records that somebody signed in has tried what the role has no right to. */
  refused(operator: string, right: string, remote: string): void;
  /** Records that a try to sign in was refused unread, because there were too many from there. */
  turnedAway(remote: string): void;
  /** Called with the name of an account whose password or role was changed or which was removed. */
  onChanged(listener: (operator: string) => void): void;
  logout(operator: string): void;
}

/** Why an account was not changed, for pages that have their own words for it. */
export type AccountFault =
  | Exclude<SetUpFault, 'code'>
  /** There is no such account. */
  | 'unknown'
  /** Nobody could make or change accounts at the screen any more. */
  | 'last-supervisor'
  /** One's own account is removed, and its role changed, by somebody else. */
  | 'oneself';

export type AccountAnswer =
  | { readonly status: 'done' }
  | { readonly status: 'refused'; readonly cause: AccountFault; readonly detail: string };

/** Makes and ends accounts at the guard's screen. Each change is told as `operator.changed`. */
export interface AccountDesk {
  list(): readonly AccountView[];
  /** Creates an account. */
  create(order: { operator: string; role: Role; newPassword: string; by: string }): Promise<AccountAnswer>;
  /** Gives an account a new password: one's own, or somebody's who forgot it. */
  setPassword(order: { operator: string; newPassword: string; by: string }): Promise<AccountAnswer>;
  setRole(order: { operator: string; role: Role; by: string }): AccountAnswer;
  remove(order: { operator: string; by: string }): AccountAnswer;
  /** Tells that somebody's sessions were ended; the web side ends them. */
  endSessions(order: { operator: string; by: string }): AccountAnswer;
}
