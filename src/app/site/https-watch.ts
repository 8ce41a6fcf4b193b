import { type CertificateFacts, isNearEnd } from '../../core/certificate/certificate.ts';
import { messageOf } from '../../core/errors.ts';
import type { Cancel, Clock } from '../../ports/clock.ts';
import type { GateState, HttpsView } from '../../ports/gate-state.ts';
import type { Lifecycle } from '../../ports/lifecycle.ts';
import type { Logger } from '../../ports/logger.ts';
import type { CertificateSource, SecureScreens } from '../../ports/screen-certificate.ts';

/** How often the certificate is looked at, in milliseconds, and while there is none. */
const EVERY_MS = 60_000;
const WHILE_MISSING_MS = 5_000;

interface HttpsWatchDeps {
  readonly source: CertificateSource;
  readonly screens: SecureScreens;
  readonly clock: Clock;
  readonly state: Pick<GateState, 'https'>;
  readonly logger: Logger;
}

/**
 * Brings the certificate of the screens, and each newer one, to where they are served, and tells what is wrong with it.
 * The gate does without: what fails here keeps nobody out who is at the gate.
 */
export class HttpsWatch implements Lifecycle {
  readonly #deps: HttpsWatchDeps;
  #cancel: Cancel | undefined;
  #told = '';
  /** The present run; another one after each start. */
  #run: object | undefined;

  constructor(deps: HttpsWatchDeps) {
    this.#deps = deps;
  }

  /** Waits for nothing: a certificate that has to be made first takes seconds. */
  async start(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#run !== undefined) return;
    this.#run = {};
    void this.#look(this.#run);
  }

  async stop(): Promise<void> {
    this.#run = undefined;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  async #look(run: object): Promise<void> {
    const { source, screens, clock } = this.#deps;
    const problems: string[] = [];
    const { pair, problem } = await source.current(clock.read());
    if (this.#run !== run) return;
    if (problem !== undefined) problems.push(problem);
    let isServed = false;
    try {
      if (pair !== undefined) await screens.secureWith(pair);
      isServed = pair !== undefined;
    } catch (thrown) {
      problems.push(messageOf(thrown));
    }
    if (this.#run !== run) return;
    this.#tell(pair?.facts, isServed, problems);
    this.#cancel = clock.schedule(isServed ? EVERY_MS : WHILE_MISSING_MS, () => void this.#look(run));
  }

  #tell(facts: CertificateFacts | undefined, isServed: boolean, problems: readonly string[]): void {
    const { clock, state, logger } = this.#deps;
    const { wallMs, quality } = clock.read();
    // By a clock that nobody believes no certificate is over.
    const isOver = facts !== undefined && quality !== 'unsynced' && facts.notAfterMs <= wallMs;
    const isNear = facts !== undefined && quality !== 'unsynced' && isNearEnd(facts, wallMs);
    const detail = [
      ...problems,
      ...(isNear && problems.length === 0
        ? [
            `The certificate of the screens ${isOver ? 'ended' : 'ends'} on ${iso(facts.notAfterMs)}. Renew it.`,
          ]
        : []),
    ].join(' ');
    const view: HttpsView = {
      state: !isServed ? 'missing' : isOver ? 'ended' : 'served',
      ...(facts === undefined ? {} : { notAfterMs: facts.notAfterMs }),
      ...(detail === '' ? {} : { detail }),
    };
    const text = JSON.stringify(view);
    if (text === this.#told) return;
    this.#told = text;
    state.https.set(view);
    if (detail !== '') logger.warn({ https: view.state }, detail);
    else
      logger.info(
        { https: view.state },
        `The screens are served over HTTPS until ${iso(view.notAfterMs ?? 0)}.`,
      );
  }
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
