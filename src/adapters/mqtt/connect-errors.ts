import { GatepostError, messageOf } from '../../core/errors.ts';

/**
 * What a CONNACK code above zero means, for the person who installs the gate (MQTT 3.1.1 section 3.2.2.3, 5.0
 * 3.2.2.2).
 */
const CONNACK_CAUSES: ReadonlyMap<number, string> = new Map([
  ...same([1, 0x84], 'does not speak this MQTT version. Set mqtt.protocol to the other one of 4 and 5.'),
  ...same([2, 0x85], 'does not accept the client id, which is the gate id. Allow it in the broker.'),
  ...same([4, 0x86], 'says that user name or password is wrong. Check mqtt.username and mqtt.passwordFile.'),
  ...same(
    [5, 0x87],
    'does not let this gate in. Check mqtt.username, mqtt.passwordFile or the certificate, and its access list.',
  ),
  ...same([0x8a], 'has banned this client. Remove the ban in the broker.'),
  ...same([0x8c], 'wants another way of authentication. Use a password or a client certificate.'),
  ...same([0x9a], 'does not keep retained messages. Allow them in the broker.'),
  ...same([0x9b], 'does not allow QoS 1. Allow it in the broker.'),
]);

/** CONNACK codes of temporary conditions: unavailable, busy, shutting down, quota, connection rate. */
const PASSING_CODES = new Set([3, 0x88, 0x89, 0x8b, 0x97, 0x9f]);

/** Why a broker of MQTT 5 ends a connection, where a person can do something about it (section 3.14.2.1). */
const DISCONNECT_CAUSES: ReadonlyMap<number, string> = new Map([
  ...same([0x87], 'this gate may not publish or read something there. Allow it in its access list'),
  ...same([0x89], 'it has too much to do'),
  ...same([0x8b], 'it is being stopped'),
  ...same([0x8d], 'it heard nothing of this gate for too long. Check the network'),
  ...same([0x8e], 'another client connected with the id of this gate. Give every gate an id of its own'),
  ...same([0x95], 'a message was too large for it. Raise max_packet_size or message_size_limit there'),
  ...same([0x96], 'messages came faster than it allows. Raise its limit of messages in a second'),
  ...same([0x97], 'a quota of this gate is used up there. Raise it'),
  ...same([0x98], 'somebody ended it there'),
  ...same([0x9a], 'it does not keep retained messages. Allow them there'),
  ...same([0x9b], 'it does not allow QoS 1. Allow it there'),
  ...same([0x9c, 0x9d], 'this gate is to use another broker. Change mqtt.url'),
  ...same([0x9f], 'this gate connected more often than it allows'),
]);

/** Node's error codes for a connection that could not be made. */
const SOCKET_CAUSES: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'Nothing listens there. Is the broker running, and are host and port right?'],
  ['ECONNRESET', 'It broke the connection off. Does this port expect TLS (mqtts://) or the other way round?'],
  ['ENOTFOUND', 'Its name is unknown. Check the host in mqtt.url and the name server.'],
  ['EAI_AGAIN', 'The name server did not answer. Check the network.'],
  ['ETIMEDOUT', 'It did not answer. Check the network and the firewall.'],
  ['EHOSTUNREACH', 'There is no way to it. Check the network.'],
  ['ENETUNREACH', 'There is no network. Check cable or Wi-Fi.'],
  ['CERT_HAS_EXPIRED', 'Its TLS certificate is expired. Renew it, and check the clock of the gate.'],
  ['CERT_NOT_YET_VALID', 'Its TLS certificate is not valid yet. Check the clock of the gate.'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'Its TLS certificate is for another name. Use that name in mqtt.url.'],
  ...same(
    [
      'DEPTH_ZERO_SELF_SIGNED_CERT',
      'SELF_SIGNED_CERT_IN_CHAIN',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'UNABLE_TO_GET_ISSUER_CERT',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
    ],
    'Its TLS certificate is from an authority the gate does not know. Set mqtt.caFile to the right one.',
  ),
]);

/** Failures of the network itself; any other comes from who listens there, and may be about what the gate shows it. */
const NETWORK_CODES: ReadonlySet<unknown> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/** Whether nobody was reached, so that nothing is known of what he thinks of certificate or password. */
export function isOfNetwork(thrown: unknown): boolean {
  return thrown instanceof GatepostError || NETWORK_CODES.has(codeOf(thrown));
}

function same<T>(codes: readonly T[], sentence: string): [T, string][] {
  return codes.map((code) => [code, sentence]);
}

/** Turns the failure of one connect into an error with a sentence that says what to do. */
export function connectError(address: string, thrown: unknown): GatepostError {
  if (thrown instanceof GatepostError) return thrown;
  const code = codeOf(thrown);
  if (typeof code === 'number') return refusal(address, code, thrown);
  const hint = SOCKET_CAUSES.get(code ?? '') ?? tlsHint(code) ?? `${messageOf(thrown)}.`;
  return new GatepostError('broker.unreachable', `The broker ${address} cannot be reached. ${hint}`, {
    cause: thrown,
  });
}

function refusal(address: string, code: number, cause: unknown): GatepostError {
  if (PASSING_CODES.has(code)) {
    const text = `The broker ${address} takes no connection just now (${hex(code)}); the gate tries again.`;
    return new GatepostError('broker.unreachable', text, { cause });
  }
  const text = CONNACK_CAUSES.get(code) ?? `refuses the connection (${messageOf(cause)}).`;
  return new GatepostError('broker.refused', `The broker ${address} ${text} (${hex(code)})`, { cause });
}

/** Why the broker ended a connection, behind "the broker is lost:". */
export function endedCause(reasonCode: number): string {
  const why = DISCONNECT_CAUSES.get(reasonCode);
  return `it ended the connection (${hex(reasonCode)})${why === undefined ? '' : `: ${why}`}`;
}

function tlsHint(code: string | undefined): string | undefined {
  if (code === undefined || !/^(ERR_SSL|ERR_TLS|EPROTO|ERR_OSSL)/.test(code)) return undefined;
  return `TLS failed (${code}). Check that the port speaks TLS, and mqtt.caFile, certFile and keyFile.`;
}

function codeOf(thrown: unknown): number | string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'number' || typeof thrown.code === 'string' ? thrown.code : undefined;
}

/** A reason code as the MQTT standard writes it. */
export function hex(code: number): string {
  return `0x${code.toString(16).padStart(2, '0')}`;
}
