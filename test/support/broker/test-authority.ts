import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface IssuedPair {
  readonly cert: string;
  readonly key: string;
}

/** A certificate authority of one test, by the openssl program. */
export class TestAuthority {
  readonly #folder = mkdtempSync(join(tmpdir(), 'gatepost-authority-'));
  readonly cert: string;

  constructor() {
    this.cert = this.#make('ca', 'authority', 365, []).cert;
  }

  /** A certificate for this common name, and for `subjects` as openssl writes them, and its key, PEM. */
  issue(commonName: string, days = 365, subjects = 'IP:127.0.0.1'): IssuedPair {
    const by = ['-CA', join(this.#folder, 'ca.crt'), '-CAkey', join(this.#folder, 'ca.key')];
    const names = ['-addext', `subjectAltName=${subjects}`, '-addext', 'basicConstraints=critical,CA:FALSE'];
    return this.#make('issued', commonName, days, [...by, ...names]);
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true });
  }

  #make(name: string, commonName: string, days: number, more: readonly string[]): IssuedPair {
    const [cert, key] = [join(this.#folder, `${name}.crt`), join(this.#folder, `${name}.key`)];
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    const words = ['-subj', `/CN=${commonName}`, '-days', String(days), '-out', cert, '-keyout', key];
    execFileSync('openssl', ['req', '-x509', ...kind, ...words, ...more], { stdio: 'pipe' });
    return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
  }
}
