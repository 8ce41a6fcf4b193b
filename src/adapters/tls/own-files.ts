import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { certificatesIn, factsOfCertificate, isKeyOf } from '../../core/certificate/certificate.ts';
import { namesOf } from '../../core/certificate/own-certificate.ts';
import { GatepostError, messageOf } from '../../core/errors.ts';

/** Where a kiosk keeps what it makes itself, each file a certificate and its key. @param folder of the store */
export function ownPaths(folder: string) {
  const place = join(folder, 'https');
  return { place, authority: join(place, 'authority.pem'), screens: join(place, 'screens.pem') };
}

/** An authority of a kiosk's own, for people who compare it. It has no key in it. */
export interface OwnAuthority {
  /** PEM, the certificate alone. */
  readonly cert: string;
  /** SHA-256 of the certificate, as hex with colons. */
  readonly fingerprint: string;
  readonly notAfterMs: number;
}

/**
 * The authority that this kiosk has made; undefined before.
 * @param folder of the store
 * @throws GatepostError `key.invalid` where its file cannot be used: it is never replaced by another one by itself
 */
export function readAuthority(folder: string): (OwnAuthority & { readonly key: string }) | undefined {
  const path = ownPaths(folder).authority;
  if (!existsSync(path)) return undefined;
  const text = readText(path);
  const [own] = certificatesIn(Buffer.from(text)) ?? [];
  const key = /-----BEGIN PRIVATE KEY-----[^-]*-----END PRIVATE KEY-----/.exec(text)?.[0];
  if (own === undefined || key === undefined || isKeyOf(own, Buffer.from(key)) !== true)
    throw new GatepostError(
      'key.invalid',
      `${path} holds no authority with its key any more. Put it back from a copy, or have another one made, which every device must be given anew: gatepost https renew-authority`,
    );
  const { fingerprint, notAfterMs } = factsOfCertificate(own);
  return { cert: own.toString(), key, fingerprint, notAfterMs };
}

/** What the certificate of the screens is for; undefined where there is none that can be read. */
export function readScreens(folder: string) {
  try {
    const certificate = new X509Certificate(readText(ownPaths(folder).screens));
    return { facts: factsOfCertificate(certificate), names: namesOf(certificate.subjectAltName) };
  } catch {
    return undefined;
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new GatepostError('key.invalid', `${path} cannot be read: ${messageOf(error)}`, { cause: error });
  }
}
