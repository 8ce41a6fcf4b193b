import { generateKeyPairSync } from 'node:crypto';

/** A certificate for `north` whose key was thrown away, and its end in Unix milliseconds. */
export const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIBdTCCARugAwIBAgIUZSaAvPE5O2hmaB+ybMoDayn5ZkMwCgYIKoZIzj0EAwIw
EDEOMAwGA1UEAwwFbm9ydGgwHhcNMjYxMTIyMDAyNTAyWhcNMzYxMTE5MDAyNTAy
WjAQMQ4wDAYDVQQDDAVub3J0aDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABL9U
iyZH8+reunrvk2pbpLnb2dZUzoeIfvMAfs72D8LTnuCUSHx8+v1uCKQ7P0VdgVX+
ev/ymFkjwE4A+KrPFeSjUzBRMB0GA1UdDgQWBBTz+WBr7uroIdbko7FqbZDHXH1d
JDAfBgNVHSMEGDAWgBTz+WBr7uroIdbko7FqbZDHXH1dJDAPBgNVHRMBAf8EBTAD
AQH/MAoGCCqGSM49BAMCA0gAMEUCIGEGN1saet3cJjOLxK0wHghXS89U/GA+6i2q
oK9pAfj0AiEAzBhBQtetyNBeEBNPQQ2KmeCxBPvwcfRLch5MogEIvJU=
-----END CERTIFICATE-----
`;
export const CERTIFICATE_ENDS_MS = Date.parse('2036-11-19T00:25:02Z');

/** A private key that nothing uses, PEM. */
export const SCRATCH_KEY = generateKeyPairSync('ec', {
  namedCurve: 'P-256',
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
}).privateKey;
