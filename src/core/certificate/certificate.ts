import { createPrivateKey, X509Certificate } from 'node:crypto';

const BLOCK = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;
/** A certificate is near its end for its last fortnight, or the last third of its life if that is shorter. */
const NEAR_MS = 14 * 86_400_000;
const NEAR_SHARE = 1 / 3;

/** What is told of a certificate. Times are Unix milliseconds. */
export interface CertificateFacts {
  /** SHA-256 of it, as hex with colons. */
  readonly fingerprint: string;
  readonly notBeforeMs: number;
  /** When it is over. */
  readonly notAfterMs: number;
}

/** The certificates of a PEM file, in its order; undefined unless there is one or more, all of them whole. */
export function certificatesIn(
  pem: Uint8Array,
): readonly [X509Certificate, ...X509Certificate[]] | undefined {
  const text = Buffer.from(pem).toString('latin1');
  const blocks = text.match(BLOCK) ?? [];
  const begun = text.split('-----BEGIN CERTIFICATE-----').length - 1;
  if (blocks.length !== begun) return undefined;
  try {
    const [first, ...rest] = blocks.map((block) => new X509Certificate(block));
    return first && [first, ...rest];
  } catch {
    return undefined;
  }
}

/** Whether `key` (PEM) is that of the certificate; undefined if it holds no private key without a pass phrase. */
export function isKeyOf(certificate: X509Certificate, key: Uint8Array): boolean | undefined {
  try {
    return certificate.checkPrivateKey(createPrivateKey(Buffer.from(key)));
  } catch {
    return undefined;
  }
}

export function factsOfCertificate(certificate: X509Certificate): CertificateFacts {
  return {
    fingerprint: certificate.fingerprint256,
    notBeforeMs: Date.parse(certificate.validFrom),
    notAfterMs: Date.parse(certificate.validTo),
  };
}

/** Why it is not good at `nowMs` (Unix milliseconds), to follow "The certificate"; undefined while it is. */
export function dateTrouble(
  { notBeforeMs, notAfterMs }: CertificateFacts,
  nowMs: number,
): string | undefined {
  if (nowMs < notBeforeMs) return `is not valid before ${new Date(notBeforeMs).toISOString()}`;
  return nowMs >= notAfterMs ? `ended at ${new Date(notAfterMs).toISOString()}` : undefined;
}

/** Whether it should have been renewed by `nowMs` (Unix milliseconds). */
export function isNearEnd({ notBeforeMs, notAfterMs }: CertificateFacts, nowMs: number): boolean {
  return notAfterMs - nowMs < Math.min(NEAR_MS, (notAfterMs - notBeforeMs) * NEAR_SHARE);
}
