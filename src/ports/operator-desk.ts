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

type Refusal =
  /** `cause`: it was the one-time code. */
  | { readonly status: 'refused'; readonly cause?: 'code' }
  | { readonly status: 'locked'; readonly retryAfterMs: number };

export type LoginAnswer =
  | ({ readonly status: 'accepted' } & SignedIn)
  /** The password was right, and a one-time code is needed with it. */
  | { readonly status: 'code'; readonly cause: CodeFault }
  | Refusal;

/** `clock`: it does not fit, and the kiosk's clock is not believed: a recovery code counts whatever the clock says. */
export type CodeFault = 'missing' | 'wrong' | 'clock';

export type ConfirmAnswer = { readonly status: 'accepted' } | Refusal;

/** Who was there before an order: somebody signed in proves it again. */
export interface ConfirmOrder {
  readonly operator: string;
  /** The password, or the one-time code of an account that has one. */
  readonly password: string;
  /** `password`: a code does not count instead. `both`: where the account has one-time codes, one has to come with it. */
  readonly strict?: 'password' | { readonly both: string | undefined };
  /** Key by which the attempts are counted. */
  readonly session: string;
  readonly remote: string;
}

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
  /** @param order `code`: a one-time or recovery code, for an account that has them */
  login(order: { operator: string; password: string; code?: string } & SignInPlace): Promise<LoginAnswer>;
  /**
   * Asks a signed-in operator for the password or a one-time code again, before an order that requires it. Failed attempts
   * count for the session alone, so that nobody else can use them up.
   */
  confirm(order: ConfirmOrder): Promise<ConfirmAnswer>;
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
  | 'oneself'
  /** Only a supervisor does this to a supervisor's account. */
  | 'above';

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
  /** Takes off the one-time code of somebody who has lost the phone. One's own is taken off with a code, see CodeDesk. */
  removeCode(order: { operator: string; by: string }): AccountAnswer;
  /** Takes off all passkeys of somebody who has lost a device. */
  removePasskeys(order: { operator: string; by: string }): AccountAnswer;
}

export type CodeAnswer =
  /** The recovery codes, this once. */
  | { readonly status: 'done'; readonly recovery: readonly string[] }
  | { readonly status: 'refused'; readonly cause: 'begin' | 'code' | 'clock'; readonly detail: string };

/** The one-time code of one's own account: an option, asked for at the sign-in once it is on. */
export interface CodeDesk {
  /** Whether the account has one; what was read last while the store cannot be read. */
  isOn(operator: string): boolean;
  view(operator: string): { readonly on: boolean; readonly recovery: number };
  /** A new secret, in base 32 and as the text of a QR code. It counts once a code of it was given, within ten minutes. */
  begin(operator: string): { readonly secret: string; readonly uri: string };
  /** The first code of the new secret: from now on it counts, and whatever was before does not. */
  confirm(order: { operator: string; code: string }): CodeAnswer;
  /** Takes one's own off. */
  remove(operator: string): void;
}
