import { createHash } from 'node:crypto';
import { isGatepostError } from '../../core/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import type { LoginAnswer, SignInPlace } from '../../ports/operator-desk.ts';
import type {
  KeptPasskey,
  PasskeyCeremonies,
  PasskeyPlace,
  PasskeyStore,
} from '../../ports/operator-passkeys.ts';
import type { OperatorStore } from '../../ports/operator-store.ts';
import type { PasskeyAnswer, PasskeyDesk, PasskeyOwner, PasskeyView } from '../../ports/passkey-desk.ts';
import { AskedChallenges } from './asked-challenges.ts';

/** Devices of one account: more are a mistake. */
const MOST_PASSKEYS = 10;
/** How long a proof counts in the place of the password, in milliseconds. */
const PROOF_MS = 2 * 60_000;
const PROOF_BYTES = 32;

/** What makes passkeys of accounts possible. */
export interface PasskeyTools {
  readonly store: PasskeyStore;
  readonly ceremonies: PasskeyCeremonies;
}

interface OperatorPasskeysDeps extends PasskeyTools {
  readonly operators: OperatorStore;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly gate: string;
  readonly randomBytes: (count: number) => Uint8Array;
  /** Makes an event of a change at once. */
  readonly tell: () => void;
  /** Puts a wrong answer on record. @param operator unknown where the passkey is nobody's */
  readonly onWrong: (operator: string | undefined, remote: string, isAnew: boolean) => void;
  readonly onRight: (operator: string, place: SignInPlace) => LoginAnswer;
}

type Answered = PasskeyPlace & { readonly response: object };

/**
 * Passkeys of accounts. The device makes sure who holds it, so a passkey is in the place of the password and of the one-time
 * code. It belongs to one host name: under another one, and without TLS, browsers offer none.
 */
export class OperatorPasskeys implements PasskeyDesk {
  readonly #deps: OperatorPasskeysDeps;
  readonly #challenges: AskedChallenges;
  /** By what is sent in the place of the password. */
  readonly #proofs = new Map<string, { readonly session: string; readonly endsMs: number }>();

  constructor(deps: OperatorPasskeysDeps) {
    this.#deps = deps;
    this.#challenges = new AskedChallenges(deps);
  }

  isOn(operator: string): boolean {
    try {
      return this.#deps.store.listOf(operator).length > 0;
    } catch (error) {
      if (!isGatepostError(error)) throw error;
      return false;
    }
  }

  list(operator: string): readonly PasskeyView[] {
    return this.#deps.store
      .listOf(operator)
      .map(({ id, name, host, madeMs }) => ({ id, name, host, madeMs }));
  }

  beginRegistration({ operator, session, host }: PasskeyOwner): Promise<object> {
    const { ceremonies, store, gate } = this.#deps;
    return ceremonies.creation({
      host,
      operator,
      challenge: this.#challenges.make(`register ${session}`),
      userId: createHash('sha256').update(`${gate}\n${operator}`).digest(),
      known: here(store.listOf(operator), host),
    });
  }

  async register(
    order: PasskeyOwner & { readonly name: string; readonly response: object },
  ): Promise<PasskeyAnswer> {
    const { operator, session, host, name } = order;
    const { ceremonies, operators, store, clock, tell } = this.#deps;
    const answer = await this.#answered(`register ${session}`, (isChallenge) =>
      ceremonies.created({ ...order, isChallenge }),
    );
    if (answer === undefined || store.find(answer.id) !== undefined) return refused('passkey');
    if (store.listOf(operator).length >= MOST_PASSKEYS) return refused('many');
    const now = clock.read();
    const passkey: KeptPasskey = { ...answer, operator, host, name, madeMs: Math.floor(now.wallMs) };
    operators.change({ operator, change: 'passkey-on', passkey, by: operator }, now);
    tell();
    return { status: 'done' };
  }

  remove({ operator, id }: { operator: string; id: string }): void {
    const { operators, store, clock, tell } = this.#deps;
    if (store.find(id)?.operator !== operator) return;
    operators.change({ operator, change: 'passkey-off', passkeyId: id, by: operator }, clock.read());
    tell();
  }

  beginSignIn({ host }: PasskeyPlace): Promise<object> {
    return this.#deps.ceremonies.request({ host, challenge: this.#challenges.make('sign-in'), allowed: [] });
  }

  async signIn(order: Answered & SignInPlace): Promise<LoginAnswer> {
    const passkey = await this.#right('sign-in', order);
    if (typeof passkey === 'object') return this.#deps.onRight(passkey.operator, order);
    this.#deps.onWrong(passkey, order.remote, false);
    return { status: 'refused' };
  }

  beginConfirmation({ operator, session, host }: PasskeyOwner): Promise<object> {
    const { ceremonies, store } = this.#deps;
    return ceremonies.request({
      host,
      challenge: this.#challenges.make(`confirm ${session}`),
      allowed: here(store.listOf(operator), host),
    });
  }

  async confirm(order: PasskeyOwner & { readonly response: object; readonly remote: string }) {
    const { clock, randomBytes, onWrong } = this.#deps;
    const { operator, session, remote } = order;
    const passkey = await this.#right(`confirm ${session}`, order);
    if (typeof passkey !== 'object' || passkey.operator !== operator) {
      onWrong(operator, remote, true);
      return { status: 'refused' } as const;
    }
    const nowMs = clock.read().monotonicMs;
    for (const [old, { endsMs }] of this.#proofs) if (endsMs <= nowMs) this.#proofs.delete(old);
    const proof = Buffer.from(randomBytes(PROOF_BYTES)).toString('base64url');
    this.#proofs.set(proof, { session, endsMs: nowMs + PROOF_MS });
    return { status: 'done', proof } as const;
  }

  /** Whether that is a proof of this session; it counts no more then. */
  takeProof(session: string, text: string): boolean {
    const found = this.#proofs.get(text);
    if (found === undefined || found.session !== session) return false;
    this.#proofs.delete(text);
    return found.endsMs > this.#deps.clock.read().monotonicMs;
  }

  /** The passkey that has signed rightly; else whose it is, if it is anybody's. */
  async #right(purpose: string, order: Answered): Promise<KeptPasskey | string | undefined> {
    const { ceremonies, store, logger } = this.#deps;
    const id = 'id' in order.response && typeof order.response.id === 'string' ? order.response.id : '';
    const passkey = store.find(id);
    if (passkey === undefined || passkey.host !== order.host) return undefined;
    const counter = await this.#answered(purpose, (isChallenge) =>
      ceremonies.requested({ ...order, passkey, isChallenge }),
    );
    // The check takes a while, and it may have been taken off meanwhile.
    if (counter === undefined || store.find(id) === undefined) return passkey.operator;
    try {
      if (counter !== passkey.counter) store.count(id, counter);
    } catch (error) {
      if (!isGatepostError(error, 'log.unavailable')) throw error;
      logger.warn({ code: error.code }, `The use of a passkey is not noted: ${error.message}`);
    }
    return passkey;
  }

  /** The result of a check for which a challenge was open; that one is closed if the check was right. */
  async #answered<T>(
    purpose: string,
    check: (isChallenge: (challenge: string) => boolean) => Promise<T | undefined>,
  ): Promise<T | undefined> {
    let asked: string | undefined;
    const result = await check((challenge) => {
      asked = challenge;
      return this.#challenges.isOpen(challenge, purpose);
    });
    // Asked again: two answers to one challenge may have been checked at the same time.
    if (result === undefined || asked === undefined || !this.#challenges.isOpen(asked, purpose))
      return undefined;
    this.#challenges.close(asked);
    return result;
  }
}

function here(passkeys: readonly KeptPasskey[], host: string): readonly string[] {
  return passkeys.filter((passkey) => passkey.host === host).map(({ id }) => id);
}

const SENTENCES = {
  passkey: 'The device has not made a passkey for this account and page. Begin again.',
  many: `An account has at most ${MOST_PASSKEYS} passkeys. Take one off first.`,
} as const;

function refused(cause: keyof typeof SENTENCES): PasskeyAnswer {
  return { status: 'refused', cause, detail: SENTENCES[cause] };
}
