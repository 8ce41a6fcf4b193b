import { type CertificateFacts, isNearEnd } from '../../core/certificate/certificate.ts';
import { GatepostError, messageOf } from '../../core/errors.ts';
import type { Broker, BrokerConnection } from '../../ports/broker.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';

/** How often the files are looked at; each connect looks too. */
const EVERY_MS = 60_000;

interface CertificateWatchDeps {
  readonly brokers: readonly Broker[];
  readonly clock: Clock;
  /** Called when what a person must know has changed; undefined when all is well. */
  readonly onTrouble: (trouble: GatepostError | undefined) => void;
  /** Called when the present connection should be made anew, because its certificate ends soon and there is a newer. */
  readonly onRenewed: () => void;
}

/** Looks after the certificates of the gate: tells that one ends, and takes a renewed one into use in time. */
export class CertificateWatch implements Lifecycle {
  readonly #deps: CertificateWatchDeps;
  #present: { readonly broker: Broker; readonly connection: BrokerConnection } | undefined;
  #cancel: Cancel | undefined;
  #told = '';
  #running = false;

  constructor(deps: CertificateWatchDeps) {
    this.#deps = deps;
  }

  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#running || this.#watched.length === 0) return;
    this.#running = true;
    await this.#look();
  }

  async stop(): Promise<void> {
    this.#running = false;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  /** @param present the connection there is now; undefined where there is none */
  connected(present: { readonly broker: Broker; readonly connection: BrokerConnection } | undefined): void {
    this.#present = present;
    if (present !== undefined) void this.#look();
  }

  get #watched(): readonly Broker[] {
    return this.#deps.brokers.filter(({ checkCertificate }) => checkCertificate !== undefined);
  }

  async #look(): Promise<void> {
    if (!this.#running) return;
    this.#cancel?.();
    this.#cancel = this.#deps.clock.schedule(EVERY_MS, () => void this.#look());
    const sentences: string[] = [];
    for (const broker of this.#watched) {
      try {
        const { certificate, problem } = (await broker.checkCertificate?.()) ?? {};
        sentences.push(
          ...this.#sentencesOf(broker, certificate),
          ...(problem === undefined ? [] : [problem]),
        );
        if (broker === this.#present?.broker) this.#renew(certificate);
      } catch (thrown) {
        sentences.push(messageOf(thrown));
      }
    }
    if (this.#running) this.#tell(sentences.join(' '));
  }

  #sentencesOf({ address }: Broker, certificate: CertificateFacts | undefined): string[] {
    const { wallMs, quality } = this.#deps.clock.read();
    if (certificate === undefined || quality === 'unsynced' || !isNearEnd(certificate, wallMs)) return [];
    const { notAfterMs } = certificate;
    const end = `${notAfterMs > wallMs ? 'ends' : 'ended'} on ${new Date(notAfterMs).toISOString()}`;
    return [
      `The certificate of this gate for ${address} ${end}. Renew it, and put it and its key in the place of the old files: they are read without a restart.`,
    ];
  }

  /** @param next what the next connection is made with */
  #renew(next: CertificateFacts | undefined): void {
    const own = this.#present?.connection.certificate;
    if (own === undefined || next === undefined || own.fingerprint === next.fingerprint) return;
    if (!isNearEnd(own, this.#deps.clock.read().wallMs)) return;
    this.#present = undefined;
    this.#deps.onRenewed();
  }

  #tell(text: string): void {
    if (text === this.#told) return;
    this.#told = text;
    this.#deps.onTrouble(text === '' ? undefined : new GatepostError('broker.certificate', text));
  }
}
