import { Secret, TOTP } from 'otpauth';
import type { OneTimeCodes } from '../../ports/operator-codes.ts';

/** What every app on a phone takes: other values of RFC 6238 are ignored by some of them. */
const FORM = { algorithm: 'SHA1', digits: 6, period: 30 } as const;
const SECRET_BYTES = 20;
/** Steps before and after the present one: clocks of phones differ, and typing takes a while. */
const WINDOW = 1;

/** One-time codes as apps on phones make them. */
export class TotpCodes implements OneTimeCodes {
  readonly #issuer: string;

  /** @param issuer what the app shows beside the account: site and gate */
  constructor(issuer: string) {
    // A colon ends the issuer in the text of the QR code.
    this.#issuer = issuer.replaceAll(':', ' ');
  }

  newSecret(): string {
    return new Secret({ size: SECRET_BYTES }).base32;
  }

  enrolment(secret: string, account: string): string {
    return new TOTP({ ...FORM, issuer: this.#issuer, label: account, secret }).toString();
  }

  stepOf(code: string, secret: string, nowMs: number): number | undefined {
    const delta = new TOTP({ ...FORM, secret }).validate({ token: code, timestamp: nowMs, window: WINDOW });
    return delta === null ? undefined : Math.floor(nowMs / (FORM.period * 1000)) + delta;
  }
}
