import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser';
import { type Answer, postJson } from '../../shared/api.ts';

/** Whether browsers have passkeys for this page: it has a host name, and came over TLS. */
export function hasPasskeys(): boolean {
  const { protocol, hostname } = location;
  const isAddress = hostname.startsWith('[') || /^[\d.]+$/.test(hostname);
  return protocol === 'https:' && !isAddress && 'PublicKeyCredential' in window;
}

/** What the gate asks of a device before it says what it makes of the answer. */
interface Question {
  /** Where the options come from, with the body for it. */
  readonly options: string;
  readonly body?: object;
  /** Where the answer goes, with what goes beside it. */
  readonly answer: string;
  readonly beside?: object;
}

/**
 * Has a device make or use a passkey. The library is loaded when it is asked for. `no-device`: the device, or whoever holds
 * it, did not do it.
 */
export async function askDevice(
  kind: 'create' | 'use',
  { options, body = {}, answer, beside = {} }: Question,
): Promise<Answer | 'no-device'> {
  const asked = await postJson(`/api/passkey/${options}`, body);
  if (asked === 'unreachable' || asked.status !== 200) return asked;
  let response: object;
  try {
    const { startAuthentication, startRegistration } = await import('@simplewebauthn/browser');
    // The server's word: it makes them with the same library.
    const optionsJSON: unknown = asked.body.options;
    response =
      kind === 'create'
        ? await startRegistration({ optionsJSON: optionsJSON as PublicKeyCredentialCreationOptionsJSON })
        : await startAuthentication({ optionsJSON: optionsJSON as PublicKeyCredentialRequestOptionsJSON });
  } catch {
    // Cancelled, out of time, no such passkey there, or the library could not be loaded.
    return 'no-device';
  }
  return postJson(`/api/passkey/${answer}`, { ...beside, response });
}
