import { constants, open } from 'node:fs/promises';
import { isIP } from 'node:net';
import { createSecureContext } from 'node:tls';
import {
  certificatesIn,
  dateTrouble,
  factsOfCertificate,
  isKeyOf,
} from '../../core/certificate/certificate.ts';
import { messageOf } from '../../core/errors.ts';
import type { ClockReading } from '../../core/time/clock-reading.ts';
import type { CertificateSource, ScreenCertificate } from '../../ports/screen-certificate.ts';

/** A certificate with its chain has a few kilobytes. */
const LARGEST_FILE_BYTES = 256 * 1024;

interface GivenCertificateSettings {
  readonly certFile: string;
  readonly keyFile: string;
  /** Host names and IP addresses by which the screens are opened. */
  readonly names: readonly string[];
}

/** A pair that was read, and the names that it is not for. */
interface Given extends ScreenCertificate {
  readonly lacks: readonly string[];
}

/**
 * The certificate that the site lays on the kiosk. A newer one that cannot be used, such as a half-written pair, does not
 * take the place of the one before.
 */
export class GivenCertificate implements CertificateSource {
  readonly #settings: GivenCertificateSettings;
  #kept: Given | undefined;

  constructor(settings: GivenCertificateSettings) {
    this.#settings = settings;
  }

  async current(now: ClockReading): ReturnType<CertificateSource['current']> {
    const kept = this.#kept;
    try {
      const given = await this.#read();
      const trouble = kept && kept.facts.fingerprint !== given.facts.fingerprint && worse(given, kept, now);
      if (trouble) throw new Error(`The renewed certificate in ${this.#settings.certFile} ${trouble}.`);
      this.#kept = given;
      return { pair: given, ...missing(given, this.#settings.certFile) };
    } catch (thrown) {
      const what = messageOf(thrown);
      if (kept === undefined) return { problem: `${what} The screens are not served over HTTPS until then.` };
      return { pair: kept, problem: `${what} The one before is used until then.` };
    }
  }

  async #read(): Promise<Given> {
    const { certFile, keyFile, names } = this.#settings;
    const [text, key] = await Promise.all([readBounded(certFile), readBounded(keyFile)]);
    const chain = certificatesIn(text);
    if (chain === undefined) throw new Error(`${certFile} holds no whole certificate in PEM form.`);
    const [own] = chain;
    // Of a file that holds the key too, nothing but the certificates is what is served.
    const cert = Buffer.from(chain.map(String).join(''));
    const isPair = isKeyOf(own, key);
    if (isPair === undefined)
      throw new Error(`${keyFile} holds no private key without a pass phrase in PEM form.`);
    if (!isPair) throw new Error(`The certificate in ${certFile} does not belong to the key in ${keyFile}.`);
    try {
      createSecureContext({ cert, key });
    } catch (error) {
      throw new Error(`The certificate in ${certFile} is not fit for TLS: ${messageOf(error)}.`);
    }
    const isFor = (name: string) =>
      isIP(name) === 0 ? own.checkHost(name, { subject: 'never' }) : own.checkIP(name);
    const lacks = names.filter((name) => isFor(name) === undefined);
    return { cert, key, facts: factsOfCertificate(own), lacks };
  }
}

/** Why the newer of two pairs is not taken, to follow "The certificate"; a wrong clock is no reason. */
function worse(newer: Given, kept: Given, { wallMs, quality }: ClockReading): string | undefined {
  const isJudged = quality !== 'unsynced' && dateTrouble(kept.facts, wallMs) === undefined;
  const trouble = isJudged ? dateTrouble(newer.facts, wallMs) : undefined;
  if (trouble !== undefined) return trouble;
  const lost = newer.lacks.filter((name) => !kept.lacks.includes(name));
  return lost.length === 0 ? undefined : `is not for ${lost.join(', ')}, as the one before is`;
}

function missing({ lacks }: Given, certFile: string): { readonly problem?: string } {
  if (lacks.length === 0) return {};
  return {
    problem: `The certificate in ${certFile} is not for ${lacks.join(', ')}: browsers warn of it there. Have one made for these names too, or take them out of web.https.`,
  };
}

async function readBounded(path: string): Promise<Buffer> {
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stats = await file.stat();
      if (!stats.isFile()) throw new Error('it is no file');
      if (stats.size > LARGEST_FILE_BYTES) throw new Error('it is too large');
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (error) {
    throw new Error(`${path} cannot be read: ${messageOf(error)}.`);
  }
}
