export type LoginAnswer =
  | { readonly status: 'accepted'; readonly operator: string }
  | { readonly status: 'refused' }
  | { readonly status: 'locked'; readonly retryAfterMs: number };

export type SetUpAnswer =
  | { readonly status: 'done'; readonly operator: string }
  | { readonly status: 'refused'; readonly detail: string };

/** Accounts of the guard's screen. There is no default password: the first start asks for one. */
export interface OperatorDesk {
  /** True until the first password is set. */
  needsSetUp(): boolean;
  /** Sets the first account. `code` is the set-up code that the daemon printed at its start. */
  setUp(order: { code: string; operator: string; password: string }): Promise<SetUpAnswer>;
  login(order: { operator: string; password: string; remote: string }): Promise<LoginAnswer>;
  /**
   * Asks somebody who is signed in for the password anew, before an order of weight. Wrong tries count together with
   * those of login().
   */
  confirm(order: { operator: string; password: string; remote: string }): Promise<LoginAnswer>;
  logout(operator: string): void;
}
