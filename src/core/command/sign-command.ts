import { GatepostError } from '../errors.ts';
import { type CborValue, decodeCanonical, encodeCanonical } from '../pass/canonical-cbor.ts';
import { writeCoseSign1 } from '../pass/cose-sign1.ts';
import type { Signer } from '../pass/issue-pass.ts';
import { keyIdBytes } from '../pass/public-key.ts';
import { COMMAND_USE, type Command, LABELS } from './command.ts';
import { readCommand } from './read-command.ts';

/**
 * Signs a command with one key, or with two where a site asks for four eyes. The result is read back by the kiosk's own
 * rules, so that nothing is sent that a gate would call malformed.
 * @throws GatepostError `usage` naming what is out of range; `key.invalid` for a key that is not Ed25519
 */
export function signCommand(command: Command, first: Signer, second?: Signer): Uint8Array {
  const payload = payloadOf(command);
  const signed = [first, ...(second === undefined ? [] : [second])].map((signer) => {
    if (signer.algorithm !== 'Ed25519')
      throw new GatepostError(
        'key.invalid',
        'Commands are signed with Ed25519; make a key with gatepost keygen.',
      );
    return writeCoseSign1(payload, keyIdBytes(signer.publicKey), (bytes) => signer.sign(bytes), COMMAND_USE);
  });
  const [one = new Uint8Array()] = signed;
  const bytes =
    signed.length === 1
      ? one
      : encodeCanonical(signed.map((each) => decodeCanonical(each, COMMAND_USE.name)));
  const reading = readCommand(bytes);
  if (reading.status === 'refused') throw new GatepostError('usage', `${reading.detail}.`);
  if (reading.read.order === undefined)
    throw new GatepostError('usage', `These are not the arguments of ${command.verb}.`);
  return bytes;
}

function payloadOf(command: Command): Uint8Array {
  const { site, gate = '*', verb, counter, notBefore, notAfter } = command;
  const given = Object.entries(command.arguments).filter(([, value]) => value !== undefined);
  return encodeCanonical(
    new Map<number, CborValue>([
      [LABELS.scope, `${site}/${gate}`],
      [LABELS.verb, verb],
      [LABELS.arguments, new Map<CborValue, CborValue>(given)],
      [LABELS.counter, counter],
      [LABELS.notBefore, notBefore],
      [LABELS.notAfter, notAfter],
    ]),
  );
}
