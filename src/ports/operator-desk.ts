/** Where a try to sign in comes from. */
export interface SignInPlace {
  /** Address of the browser as the server sees it; goes into the log. */
  readonly remote: string;
  /** What wrong tries of strangers are counted by; the network of the address when left out. */
  readonly network?: string;
  /** The secret of the browser's own cookie, if it sent one. Anything may stand there. */
  readonly browser?: string | undefined;
}

export interface SignedIn {
  readonly operator: string;
  /** Changes with the password; a session that was opened with another one is over. */
  readonly credential: string;
  /** The secret that this browser is to keep; undefined where it could not be remembered. */
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

/** Why there is no first account, for pages that say it in their language: of the password the last four. */
export type SetUpFault = 'exists' | 'code' | 'name' | 'short' | 'long' | 'own-name' | 'common';

/** Accounts of the guard's screen. There is no default password: the first start asks for one. */
export interface OperatorDesk {
  /** True until the first password is set. */
  needsSetUp(): boolean;
  /** Sets the first account. `code` is the set-up code that the daemon printed at its start. */
  setUp(order: { code: string; operator: string; password: string } & SignInPlace): Promise<SetUpAnswer>;
  login(order: { operator: string; password: string } & SignInPlace): Promise<LoginAnswer>;
  /**
   * Asks somebody who is signed in for the password anew, before an order of weight. Wrong tries count for the session
   * alone: nobody else can use them up.
   * @param order `session`: what the tries are counted by
   */
  confirm(order: {
    operator: string;
    password: string;
    session: string;
    remote: string;
  }): Promise<ConfirmAnswer>;
  /** Whether somebody has signed in with this browser before. */
  knowsBrowser(browser: string | undefined): boolean;
  /** What the account's sessions must have been opened with; undefined where there is no such account. */
  credentialOf(operator: string): string | undefined;
  /** Called with a name whose password was changed or whose account was removed. */
  onChanged(listener: (operator: string) => void): void;
  logout(operator: string): void;
}
