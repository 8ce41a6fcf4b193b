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
  /** Called with the name of an account whose password was changed or which was removed. */
  onChanged(listener: (operator: string) => void): void;
  logout(operator: string): void;
}
