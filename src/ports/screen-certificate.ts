import type { CertificateFacts } from '../core/certificate/certificate.ts';
import type { ClockReading } from '../core/time/clock-reading.ts';

/** By what the screens are served over HTTPS, PEM. */
export interface ScreenCertificate {
  /** The kiosk's own certificate first, then what stands between it and its authority. */
  readonly cert: Uint8Array;
  readonly key: Uint8Array;
  readonly facts: CertificateFacts;
}

interface CertificateReading {
  /** Absent where there is none that can be used. */
  readonly pair?: ScreenCertificate;
  /** Plain sentence: what is wrong, and what to do. What is wrong with a newer pair leaves the one before in use. */
  readonly problem?: string;
}

/** Where the certificate of the screens comes from. */
export interface CertificateSource {
  /** What is there now. It is looked for anew at each call, and where the kiosk makes its own, renewed in time. */
  current(now: ClockReading): Promise<CertificateReading>;
}

/** The screens that others reach over HTTPS. */
export interface SecureScreens {
  /**
   * Serves with this pair from now on; who is connected stays so. Does nothing where that is so already.
   * @throws GatepostError `web.unavailable`
   */
  secureWith(pair: ScreenCertificate): Promise<void>;
}
