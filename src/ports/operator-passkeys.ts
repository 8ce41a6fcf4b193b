/** Where a page of the kiosk was opened: passkeys belong to a host name. */
export interface PasskeyPlace {
  /** Host name, e.g. `gate.example`. */
  readonly host: string;
  /** e.g. `https://gate.example:8443` */
  readonly origin: string;
}

/** A passkey of an account, as the store keeps it: nothing of it is secret. */
export interface KeptPasskey {
  /** Id of the credential, base64url. */
  readonly id: string;
  readonly operator: string;
  readonly host: string;
  /** What the owner calls it. */
  readonly name: string;
  /** COSE key, base64url. */
  readonly publicKey: string;
  /** Signatures so far, as the device counts them; 0 for devices that do not. */
  readonly counter: number;
  /** Unix milliseconds. */
  readonly madeMs: number;
}

/** Passkeys of accounts. They are put and removed with the change that tells of it, see OperatorStore. */
export interface PasskeyStore {
  find(id: string): KeptPasskey | undefined;
  /** Those of one account, oldest first. */
  listOf(operator: string): readonly KeptPasskey[];
  count(id: string, counter: number): void;
}

/** What a device is to sign, and for whom. `challenge`: bytes that nobody could know before. */
interface Ceremony {
  readonly host: string;
  readonly challenge: Uint8Array;
}

/** What a browser sent back. Untrusted. `isChallenge`: whether we have asked that (base64url). */
interface Signed extends PasskeyPlace {
  readonly response: object;
  readonly isChallenge: (challenge: string) => boolean;
}

/** Arithmetic of passkeys (WebAuthn level 3). Each demands that the device has made sure who holds it. */
export interface PasskeyCeremonies {
  /** Options for `navigator.credentials.create` as JSON. */
  creation(
    order: Ceremony & {
      readonly operator: string;
      readonly userId: Uint8Array;
      readonly known: readonly string[];
    },
  ): Promise<object>;
  /** Options for `navigator.credentials.get` as JSON. @param order `allowed`: none for whichever the device has */
  request(order: Ceremony & { readonly allowed: readonly string[] }): Promise<object>;
  /** The new passkey; undefined if the answer is not right. */
  created(order: Signed): Promise<Pick<KeptPasskey, 'id' | 'publicKey' | 'counter'> | undefined>;
  /** The counter after a right answer; undefined if it is not right. */
  requested(order: Signed & { readonly passkey: KeptPasskey }): Promise<number | undefined>;
}
