import { isCertificateDue, timeToMake } from '../../core/certificate/own-certificate.ts';
import { messageOf } from '../../core/errors.ts';
import type { ClockReading } from '../../core/time/clock-reading.ts';
import type { CertificateSource } from '../../ports/screen-certificate.ts';
import { GivenCertificate } from './given-certificate.ts';
import { ownPaths, readOwn } from './own-files.ts';

/** A certificate that could not be made is tried again after this time, in milliseconds. */
const AGAIN_MS = 60 * 60_000;

interface OwnCertificateSettings {
  /** Folder of the store. */
  readonly folder: string;
  /** Host names and IP addresses by which the screens are opened. */
  readonly names: readonly string[];
  /** Makes what is missing or due, with this as the present time (Unix milliseconds). Rejects with the reason. */
  readonly make: (nowMs: number) => Promise<void>;
}

/** The certificate that the kiosk makes itself, with an authority of its own. It is renewed in time, and never without one. */
export class OwnCertificate implements CertificateSource {
  readonly #settings: OwnCertificateSettings;
  readonly #files: GivenCertificate;
  #triedMs = Number.NEGATIVE_INFINITY;
  #failure: string | undefined;

  constructor(settings: OwnCertificateSettings) {
    const { folder, names } = settings;
    const { screens } = ownPaths(folder);
    this.#settings = settings;
    this.#files = new GivenCertificate({ certFile: screens, keyFile: screens, names });
  }

  async current(now: ClockReading): ReturnType<CertificateSource['current']> {
    const waits = await this.#makeDue(now);
    const { pair, problem } = await this.#files.current(now);
    const told = waits ?? this.#failure ?? problem;
    return { ...(pair && { pair }), ...(told === undefined ? {} : { problem: told }) };
  }

  /** What it waits for, in words, where nothing can be made or renewed now. */
  async #makeDue(now: ClockReading): Promise<string | undefined> {
    const { folder, names, make } = this.#settings;
    const nowMs = timeToMake(now);
    let present: ReturnType<typeof readOwn>;
    try {
      present = readOwn(folder);
    } catch (thrown) {
      // It is for a person to say what becomes of that, so nothing is made.
      return messageOf(thrown);
    }
    if (nowMs === undefined) {
      if (present?.screens !== undefined) return undefined;
      return 'This kiosk makes no certificate for its screens before its time is confirmed: by 15 minutes in step with a time service, or by a person (gatepost clock confirm). HTTPS waits for that.';
    }
    if (!isCertificateDue(present?.screens, names, nowMs)) {
      this.#failure = undefined;
      return undefined;
    }
    if (now.monotonicMs - this.#triedMs < AGAIN_MS) return undefined;
    this.#triedMs = now.monotonicMs;
    try {
      await make(nowMs);
      this.#failure = undefined;
    } catch (thrown) {
      this.#failure = `The certificate of the screens could not be made: ${messageOf(thrown)}`;
    }
    return undefined;
  }
}
