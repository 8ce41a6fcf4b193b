import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { certificatesIn, factsOfCertificate, isKeyOf } from '../../core/certificate/certificate.ts';
import { namesOf, type OwnScreens } from '../../core/certificate/own-certificate.ts';
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

/**
 * The authority, and the certificate of the screens where it can be read; undefined before anything was made.
 * @param folder of the store
 * @throws GatepostError `key.invalid` where the authority cannot be used or is gone, as devices believe that one alone
 */
export function readOwn(folder: string) {
  const { authority: path, screens: screensPath } = ownPaths(folder);
  const authority = readAuthority(folder);
  if (authority !== undefined) return { authority, screens: readScreens(screensPath, authority) };
  if (!existsSync(screensPath)) return undefined;
  throw new GatepostError(
    'key.invalid',
    `${path} is gone, the authority that devices were given. Put it back from a copy, or have another one made, which every device must be given anew: gatepost https renew-authority`,
  );
}

function readScreens(path: string, { cert }: OwnAuthority): OwnScreens | undefined {
  const authority = new X509Certificate(cert);
  try {
    const certificate = new X509Certificate(readText(path));
    return {
      facts: factsOfCertificate(certificate),
      names: namesOf(certificate.subjectAltName),
      isByAuthority: certificate.checkIssued(authority) && certificate.verify(authority.publicKey),
    };
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
