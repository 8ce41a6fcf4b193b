import type { X509Certificate } from 'node:crypto';
import {
  type CertificateFacts,
  certificatesIn,
  dateTrouble,
  factsOfCertificate,
  isKeyOf,
} from '../../core/certificate/certificate.ts';
import { GatepostError, messageOf } from '../../core/errors.ts';

/** Certificate of the gate with its key, as they are given to TLS. */
interface Pair {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly view: CertificateFacts;
}

/** What TLS is opened with. */
export interface TlsMaterial {
  readonly ca?: Buffer;
  readonly pair?: Pair;
}

interface TlsFileNames {
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
}

/**
 * The certificate files of one broker, read anew whenever they are asked for. What cannot be used, such as a half-written
 * pair, does not take the place of what was read before: the gate goes on with that and says so.
 */
export class TlsFiles {
  readonly #names: TlsFileNames;
  readonly #read: (file: string) => Promise<Buffer>;
  readonly #nowMs: () => number;
  #kept: TlsMaterial = {};
  /** The pair that the broker has accepted last. */
  #proven: Pair | undefined;
  /** Fingerprint of a certificate that the broker does not accept, although it accepts the one before. */
  #unwanted: string | undefined;
  #problem: string | undefined;

  /** @param tools `read`: rejects with `broker.unreachable`; `nowMs`: Unix milliseconds */
  constructor(
    names: TlsFileNames,
    tools: { readonly read: (file: string) => Promise<Buffer>; readonly nowMs: () => number },
  ) {
    this.#names = names;
    this.#read = tools.read;
    this.#nowMs = tools.nowMs;
  }

  /** Why what is in the files now is not used; undefined while it is. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** @throws GatepostError `broker.unreachable` where the files cannot be used, and never could before */
  async current(): Promise<TlsMaterial> {
    const troubles: string[] = [];
    const { caFile } = this.#names;
    const ca = await this.#newer(caFile, () => this.#readAuthority(caFile ?? ''), this.#kept.ca, troubles);
    const named = this.#names.certFile ?? this.#names.keyFile;
    const pair = await this.#newer(named, () => this.#readPair(), this.#kept.pair, troubles);
    this.#kept = { ...(ca && { ca }), ...(pair && { pair }) };
    this.#problem = troubles.length === 0 ? undefined : troubles.join(' ');
    return this.#kept;
  }

  /** The broker has accepted a connection with it. */
  accepted({ pair }: TlsMaterial): void {
    this.#proven = pair;
  }

  /**
   * The pair that the broker accepted before, to be tried once, where it is another one and is not over. The authority
   * is the present one: who has replaced it may have done so because the one before is not to be believed any more.
   */
  before(failed: TlsMaterial): TlsMaterial | undefined {
    const pair = this.#proven;
    if (pair === undefined || pair.view.fingerprint === failed.pair?.view.fingerprint) return undefined;
    return this.#dateTrouble(pair.view) === undefined ? { ...failed, pair } : undefined;
  }

  /**
   * The broker did not accept `material`.
   * @param accepted what it accepts all the same; then `material` is not used until the files change
   */
  refused(material: TlsMaterial, accepted?: TlsMaterial): void {
    this.#unwanted = accepted && material.pair?.view.fingerprint;
    if (accepted === undefined) return;
    this.#kept = accepted;
    this.accepted(accepted);
  }

  async #newer<T>(
    named: string | undefined,
    read: () => Promise<T>,
    kept: T | undefined,
    troubles: string[],
  ): Promise<T | undefined> {
    if (named === undefined) return undefined;
    try {
      return await read();
    } catch (thrown) {
      if (kept === undefined) throw thrown;
      troubles.push(`${messageOf(thrown)} The one before is used until then.`);
      return kept;
    }
  }

  async #readAuthority(file: string): Promise<Buffer> {
    const text = await this.#read(file);
    firstIn(text, `The file ${file} (caFile)`);
    return text;
  }

  async #readPair(): Promise<Pair> {
    const { certFile, keyFile } = this.#names;
    if (certFile === undefined || keyFile === undefined)
      throw unusable('Of certFile and keyFile only one is named in the config.', 'Name both.');
    const [cert, key] = await Promise.all([this.#read(certFile), this.#read(keyFile)]);
    const own = firstIn(cert, `The file ${certFile} (certFile)`);
    if (!belongs(own, key, keyFile))
      throw unusable(
        `The certificate in ${certFile} does not belong to the key in ${keyFile}.`,
        'Put the two that were made together there.',
      );
    const view = factsOfCertificate(own);
    this.#judge(view, certFile);
    return { cert, key, view };
  }

  /** A first pair is used whatever the clock of the gate says: the broker may know the time better. */
  #judge(view: CertificateFacts, file: string): void {
    const kept = this.#kept.pair?.view;
    if (kept === undefined || kept.fingerprint === view.fingerprint) return;
    if (this.#dateTrouble(kept) !== undefined) return;
    if (view.fingerprint === this.#unwanted)
      throw unusable(
        `The broker does not accept the renewed certificate in ${file}.`,
        'Look at its name and at who signed it.',
      );
    const trouble = this.#dateTrouble(view);
    if (trouble !== undefined)
      throw unusable(
        `The renewed certificate in ${file} ${trouble}.`,
        'Put a good one there, or mend the clock of the gate.',
      );
  }

  #dateTrouble(view: CertificateFacts): string | undefined {
    return dateTrouble(view, this.#nowMs());
  }
}

/** @throws GatepostError `broker.unreachable` unless `pem` holds one certificate or more, all of them whole */
function firstIn(pem: Buffer, what: string): X509Certificate {
  const [own] = certificatesIn(pem) ?? [];
  if (own !== undefined) return own;
  throw unusable(`${what} holds no whole certificate in PEM form.`, 'Put the right file there.');
}

function belongs(certificate: X509Certificate, key: Buffer, keyFile: string): boolean {
  const belonging = isKeyOf(certificate, key);
  if (belonging !== undefined) return belonging;
  throw unusable(
    `The file ${keyFile} (keyFile) holds no private key without a pass phrase in PEM form.`,
    'Put the right file there.',
  );
}

function unusable(what: string, remedy: string): GatepostError {
  return new GatepostError('broker.unreachable', `${what} ${remedy}`);
}
