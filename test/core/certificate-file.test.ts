import { describe, expect, it } from 'vitest';
import { certificatesIn, factsOfCertificate, isKeyOf } from '../../src/core/certificate/certificate.ts';

/** Of gate.example, signed by itself. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBQjCB9aADAgECAhRx211JvpQcYEnI1QoPafjxgokRSjAFBgMrZXAwFzEVMBMG
A1UEAwwMZ2F0ZS5leGFtcGxlMB4XDTI2MTEzMDEwMzc1NloXDTM2MTEyNzEwMzc1
NlowFzEVMBMGA1UEAwwMZ2F0ZS5leGFtcGxlMCowBQYDK2VwAyEAmFVWiQibBFhV
Xj8mj4rF8neqHtgVhhNFXieGVFBRPXyjUzBRMB0GA1UdDgQWBBR3fx+RG57qT+h7
UjUPNs489Nsn7DAfBgNVHSMEGDAWgBR3fx+RG57qT+h7UjUPNs489Nsn7DAPBgNV
HRMBAf8EBTADAQH/MAUGAytlcANBAJOHd46Isz39g4OTsSF/baYPCfnUUCm1lQUV
gjzzSMqHA5Alr4ST7HIuf3E55lawChtJ3+YSW77PUJeAh62Hfws=
-----END CERTIFICATE-----`;
const KEY = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIMuXukKWNj74ifNYqCyJdeLfH2kFcNh+c1Sr5BFHbvH4
-----END PRIVATE KEY-----`;
const OTHER = `-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIOY3xadHhuZp8NaLbIF/ZsfbZw9owWWfyRn/0yu7UYD3
-----END PRIVATE KEY-----`;

const bytes = (text: string) => Buffer.from(text);

describe('a file of certificates', () => {
  it('is all of them in its order, with what is told of each', () => {
    const [first, second] = certificatesIn(bytes(`${CERTIFICATE}\n${CERTIFICATE}\n`)) ?? [];
    expect(second?.raw).toEqual(first?.raw);
    if (first === undefined) throw new Error('no certificate');
    const facts = factsOfCertificate(first);
    expect(facts.fingerprint).toMatch(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    expect(facts.notAfterMs - facts.notBeforeMs).toBe(3650 * 86_400_000);
    expect([
      isKeyOf(first, bytes(KEY)),
      isKeyOf(first, bytes(OTHER)),
      isKeyOf(first, bytes('no key')),
    ]).toEqual([true, false, undefined]);
  });

  it.each([
    ['nothing', ''],
    ['text', 'gate.example'],
    ['one that is cut off', CERTIFICATE.slice(0, -40)],
    ['a whole one and one cut off', `${CERTIFICATE}\n${CERTIFICATE.slice(0, 200)}`],
    ['no certificate inside', CERTIFICATE.replace(/MII[\w+/]{20}|MIIB[\w+/]{20}/, 'AAAA')],
  ])('is none with %s', (_what, text) => {
    expect(certificatesIn(bytes(text))).toBeUndefined();
  });
});
