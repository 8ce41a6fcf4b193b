/** Arithmetic of one-time codes by time (RFC 6238): six digits, a new one every 30 seconds. */
export interface OneTimeCodes {
  /** A new secret in base 32, 160 bits. */
  newSecret(): string;
  /** The text of the QR code from which an app on a phone takes the secret. */
  enrolment(secret: string, account: string): string;
  /** Which step of 30 seconds a code belongs to; undefined unless that is the present one or one beside it. */
  stepOf(code: string, secret: string, nowMs: number): number | undefined;
}

/** Seals small secrets with a key of this kiosk, so that a copy of the store alone does not tell them. */
export interface SecretBox {
  /** @param owner whose secret it is; sealed for one owner it opens for no other */
  seal(secret: string, owner: string): string;
  /** Undefined where the key is another one than then, or what was sealed was changed. */
  open(sealed: string, owner: string): string | undefined;
}

/** What the store keeps of the one-time code of an account. */
export interface KeptCode {
  /** The secret, sealed. */
  readonly sealed: string;
  /** The newest step a code of which was taken: nothing up to it counts again. */
  readonly lastStep: number;
  /** Digests of the recovery codes that are left. */
  readonly recovery: readonly string[];
}

/** One-time codes of accounts. They are put and taken off with the change that tells of it, see OperatorStore. */
export interface CodeStore {
  find(operator: string): KeptCode | undefined;
  /** Takes a step, so that it and all before count no more; false where one as new was taken before. */
  useStep(operator: string, step: number): boolean;
  /** Takes a recovery code away; false where it is not there any more. */
  useRecovery(operator: string, digest: string): boolean;
}
