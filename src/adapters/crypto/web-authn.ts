import type { PasskeyCeremonies } from '../../ports/operator-passkeys.ts';

type Library = typeof import('@simplewebauthn/server');
type Ceremony<T extends keyof PasskeyCeremonies> = Parameters<PasskeyCeremonies[T]>[0];

/** How long a browser lets somebody look for the device, in milliseconds. */
const TIMEOUT_MS = 120_000;

/** Passkeys by @simplewebauthn/server, which takes 24 MB and is loaded by the first one alone. */
export class WebAuthn implements PasskeyCeremonies {
  readonly #title: string;

  /** @param title what devices show beside the account: site and gate */
  constructor(title: string) {
    this.#title = title;
  }

  async creation({ host, challenge, operator, userId, known }: Ceremony<'creation'>): Promise<object> {
    const { generateRegistrationOptions } = await library();
    return generateRegistrationOptions({
      rpName: this.#title,
      rpID: host,
      userName: operator,
      userID: new Uint8Array(userId),
      challenge: new Uint8Array(challenge),
      timeout: TIMEOUT_MS,
      attestationType: 'none',
      excludeCredentials: known.map((id) => ({ id })),
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    });
  }

  async request({ host, challenge, allowed }: Ceremony<'request'>): Promise<object> {
    const { generateAuthenticationOptions } = await library();
    return generateAuthenticationOptions({
      rpID: host,
      challenge: new Uint8Array(challenge),
      timeout: TIMEOUT_MS,
      allowCredentials: allowed.map((id) => ({ id })),
      userVerification: 'required',
    });
  }

  async created({ host, origin, response, isChallenge }: Ceremony<'created'>) {
    const { verifyRegistrationResponse } = await library();
    const answer = await unlessWrong(() =>
      verifyRegistrationResponse({
        // Read by the library, which throws where it is not of that form.
        response: response as Parameters<Library['verifyRegistrationResponse']>[0]['response'],
        expectedChallenge: isChallenge,
        expectedOrigin: origin,
        expectedRPID: host,
      }),
    );
    if (answer?.verified !== true) return undefined;
    const { id, publicKey, counter } = answer.registrationInfo.credential;
    return { id, publicKey: Buffer.from(publicKey).toString('base64url'), counter };
  }

  async requested({ host, origin, response, isChallenge, passkey }: Ceremony<'requested'>) {
    const { verifyAuthenticationResponse } = await library();
    const { id, counter } = passkey;
    const answer = await unlessWrong(() =>
      verifyAuthenticationResponse({
        response: response as Parameters<Library['verifyAuthenticationResponse']>[0]['response'],
        expectedChallenge: isChallenge,
        expectedOrigin: origin,
        expectedRPID: host,
        credential: {
          id,
          counter,
          publicKey: new Uint8Array(Buffer.from(passkey.publicKey, 'base64url')),
        },
      }),
    );
    return answer?.verified === true ? answer.authenticationInfo.newCounter : undefined;
  }
}

function library(): Promise<Library> {
  return import('@simplewebauthn/server');
}

/** The library throws for every answer that is not right. */
async function unlessWrong<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch {
    return undefined;
  }
}
