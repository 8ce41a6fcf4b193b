import type { LoginAnswer, SignInPlace } from './operator-desk.ts';
import type { PasskeyPlace } from './operator-passkeys.ts';

/** A passkey as its owner sees it. */
export interface PasskeyView {
  readonly id: string;
  readonly name: string;
  readonly host: string;
  /** Unix milliseconds. */
  readonly madeMs: number;
}

/** Who is signed in, and where. */
export interface PasskeyOwner extends PasskeyPlace {
  readonly operator: string;
  /** Key of the session. */
  readonly session: string;
}

export type PasskeyAnswer =
  | { readonly status: 'done' }
  | { readonly status: 'refused'; readonly cause: 'passkey' | 'many'; readonly detail: string };

/** Passkeys of accounts: devices that sign in the place of password and code. Only where a page has a host name and TLS. */
export interface PasskeyDesk {
  /** Whether the account has any; none while the store cannot be read. */
  isOn(operator: string): boolean;
  list(operator: string): readonly PasskeyView[];
  /** What the owner's device is asked to make, as JSON for `startRegistration`. */
  beginRegistration(owner: PasskeyOwner): Promise<object>;
  register(
    owner: PasskeyOwner & { readonly name: string; readonly response: object },
  ): Promise<PasskeyAnswer>;
  /** Takes one of one's own off. */
  remove(order: { operator: string; id: string }): void;
  /** What any device is asked to sign, as JSON for `startAuthentication`. */
  beginSignIn(place: PasskeyPlace): Promise<object>;
  signIn(order: PasskeyPlace & SignInPlace & { readonly response: object }): Promise<LoginAnswer>;
  /** The same for somebody who is signed in, before an order. */
  beginConfirmation(owner: PasskeyOwner): Promise<object>;
  /** A text that counts once, within two minutes and for this session, where the password is asked for again. */
  confirm(
    owner: PasskeyOwner & { readonly response: object; readonly remote: string },
  ): Promise<{ readonly status: 'done'; readonly proof: string } | { readonly status: 'refused' }>;
}
