import 'reflect-metadata';
import { randomBytes, webcrypto } from 'node:crypto';
import { isIP } from 'node:net';
import { AsnConvert } from '@peculiar/asn1-schema';
import {
  Name as DirectoryName,
  GeneralName,
  GeneralSubtree,
  GeneralSubtrees,
  id_ce_nameConstraints,
  NameConstraints,
} from '@peculiar/asn1-x509';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  cryptoProvider,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  Extension,
  type JsonName,
  KeyUsageFlags,
  KeyUsagesExtension,
  Name,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { canonicalName, type Life } from '../../core/certificate/own-certificate.ts';

const CURVE = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
/** RFC 5280 A.1: longest name of an organization, and common name, in characters. */
const LONGEST_TITLE = 64;
/** RFC 5280 4.1.2.2: at most 20 octets. */
const SERIAL_BYTES = 16;

/** What is made: the certificate and its key in one text, so that one rename puts both in place. PEM. */
interface Made {
  readonly cert: string;
  readonly both: string;
}

/** What is to be made. */
interface Order extends Life {
  /** Common name. */
  readonly title: string;
  /** Host names and IP addresses. */
  readonly names: readonly string[];
}

cryptoProvider.set(webcrypto as unknown as Crypto);

/**
 * An authority that can sign for servers with `names` alone (RFC 5280 4.2.1.10), for no authority below it, no person and
 * no program.
 */
export async function makeAuthority({ title, names, notBeforeMs, notAfterMs }: Order): Promise<Made> {
  const keys = await webcrypto.subtle.generateKey(CURVE, true, ['sign', 'verify']);
  const cert = await X509CertificateGenerator.createSelfSigned({
    serialNumber: serial(),
    name: [{ CN: [short(title)] }],
    notBefore: new Date(notBeforeMs),
    notAfter: new Date(notAfterMs),
    keys: keys as never,
    signingAlgorithm: CURVE,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      await SubjectKeyIdentifierExtension.create(keys.publicKey as never),
      constraintsTo(names, title),
    ],
  });
  return made(cert, keys.privateKey);
}

/** A certificate for a server with these names, signed by `authority` (certificate and key, PEM). */
export async function issue(
  authority: { readonly cert: string; readonly key: string },
  { title, names, notBeforeMs, notAfterMs }: Order,
): Promise<Made> {
  const issuer = new X509Certificate(authority.cert);
  const signingKey = await webcrypto.subtle.importKey(
    'pkcs8',
    new Uint8Array(PemConverter.decodeFirst(authority.key)),
    CURVE,
    false,
    ['sign'],
  );
  const keys = await webcrypto.subtle.generateKey(CURVE, true, ['sign', 'verify']);
  const cert = await X509CertificateGenerator.create({
    serialNumber: serial(),
    subject: subjectBelow(issuer, title),
    issuer: issuer.subjectName,
    notBefore: new Date(notBeforeMs),
    notAfter: new Date(notAfterMs),
    signingKey: signingKey as never,
    publicKey: keys.publicKey as never,
    signingAlgorithm: CURVE,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(
        names.map((value) => ({ type: isIP(value) === 0 ? 'dns' : 'ip', value }) as const),
      ),
      await SubjectKeyIdentifierExtension.create(keys.publicKey as never),
      await AuthorityKeyIdentifierExtension.create(issuer),
    ],
  });
  return made(cert, keys.privateKey);
}

/** Those of `names` that an authority may not sign for. @param cert PEM */
export function beyond(cert: string, names: readonly string[]): readonly string[] {
  const permitted = permittedBy(new X509Certificate(cert));
  if (permitted === undefined) return [];
  return names.filter((name) =>
    isIP(name) === 0
      ? !permitted.some(({ dNSName }) => dNSName !== undefined && isBelow(name, dNSName))
      : !permitted.some(
          ({ iPAddress }) => iPAddress !== undefined && iPAddress === only(canonicalName(name)),
        ),
  );
}

/** The kinds and bounds of names; undefined for an authority without bounds. */
function permittedBy(authority: X509Certificate): readonly GeneralName[] | undefined {
  const extension = authority.getExtension(id_ce_nameConstraints);
  if (extension === null) return undefined;
  const { permittedSubtrees = [] } = AsnConvert.parse(extension.value, NameConstraints);
  return [...permittedSubtrees].map(({ base }) => base);
}

/** The one beginning of a subject that the authority may sign, and the common name behind it. */
function subjectBelow(authority: X509Certificate, title: string): JsonName {
  const { directoryName } = permittedBy(authority)?.find((base) => base.directoryName !== undefined) ?? {};
  const begin = directoryName === undefined ? [] : new Name(AsnConvert.serialize(directoryName)).toJSON();
  return [...begin, { CN: [short(title)] }];
}

function isBelow(name: string, permitted: string): boolean {
  return name === permitted || name.endsWith(`.${permitted}`);
}

/** The network of one address alone, as it stands in constraints. */
function only(address: string): string {
  return `${address}/${isIP(address) === 4 ? 32 : 128}`;
}

/**
 * Every kind of name that programs look at is bounded: where the site names no address, all addresses are excluded; mail
 * addresses are only those of a domain that never exists (RFC 2606), and a subject begins with who has made the authority.
 */
function constraintsTo(names: readonly string[], title: string): Extension {
  const tree = (base: Partial<GeneralName>) => new GeneralSubtree({ base: new GeneralName(base) });
  const dns = names.filter((name) => isIP(name) === 0).map((dNSName) => tree({ dNSName }));
  const ip = names.filter((name) => isIP(name) !== 0).map((name) => tree({ iPAddress: only(name) }));
  const noIp = ['0.0.0.0/0', '::/0'].map((iPAddress) => tree({ iPAddress }));
  const directoryName = AsnConvert.parse(new Name([{ O: [short(title)] }]).toArrayBuffer(), DirectoryName);
  const others = [tree({ rfc822Name: 'invalid' }), tree({ directoryName })];
  const constraints = new NameConstraints({
    permittedSubtrees: new GeneralSubtrees([...dns, ...ip, ...others]),
    ...(ip.length > 0 ? {} : { excludedSubtrees: new GeneralSubtrees(noIp) }),
  });
  return new Extension(id_ce_nameConstraints, true, AsnConvert.serialize(constraints));
}

function short(title: string): string {
  return Array.from(title).slice(0, LONGEST_TITLE).join('');
}

async function made(certificate: X509Certificate, key: webcrypto.CryptoKey): Promise<Made> {
  const cert = `${certificate.toString('pem')}\n`;
  const secret = PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY');
  return { cert, both: `${cert}${secret}\n` };
}

function serial(): string {
  const bytes = randomBytes(SERIAL_BYTES);
  // Positive, and of full length.
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes.toString('hex');
}
