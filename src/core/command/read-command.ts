import { MAX_UINT32 } from '../bundle/bundle.ts';
import { COMMAND_VERBS, COMMANDS, type CommandRefusal } from '../contract/commands.ts';
import { toHex } from '../encoding/hex.ts';
import { GatepostError, isGatepostError } from '../errors.ts';
import { type CborValue, decodeCanonical } from '../pass/canonical-cbor.ts';
import { type CborMap, field, integer, map } from '../pass/claim-fields.ts';
import { type CoseSign1, coseSign1Of, readCoseSign1 } from '../pass/cose-sign1.ts';
import { COMMAND_USE, type CommandHead, type CommandOrder, LABELS } from './command.ts';

/** An array of two, the form of a command with two signatures. */
const TWO_SIGNATURES = 0x82;
const MOST_BYTES = 2 * COMMAND_USE.maxBytes;

const ONE_SCOPE = /^([a-z0-9-]{1,32})\/([a-z0-9-]{1,32}|\*)$/;
const VERB_FORM = /^[a-z0-9-]{1,32}$/;

/** A signature over a command, not checked yet. */
export interface CommandSignature {
  /** kid as 8 hex characters. */
  readonly keyId: string;
  readonly toBeSigned: Uint8Array;
  /** Ed25519, 64 bytes. */
  readonly signature: Uint8Array;
}

/** A well-formed command. Nothing in it may be trusted before its signatures were checked. */
export interface ReadCommand {
  readonly head: CommandHead;
  /** As it was sent: 1 to 32 of the characters a-z, 0-9 and -. */
  readonly verb: string;
  /** Undefined if nobody knows the verb, or its arguments are wrong. */
  readonly order: CommandOrder | undefined;
  /** One, or two by different keys. */
  readonly signatures: readonly CommandSignature[];
}

export type CommandReading =
  | { readonly status: 'read'; readonly read: ReadCommand }
  | { readonly status: 'refused'; readonly refusal: CommandRefusal; readonly detail: string };

/** Parses a command without trusting it. Never throws, whatever the bytes; `detail` never repeats them. */
export function readCommand(bytes: Uint8Array): CommandReading {
  if (bytes.length > (bytes[0] === TWO_SIGNATURES ? MOST_BYTES : COMMAND_USE.maxBytes))
    return refused('too_large', `A command has at most ${COMMAND_USE.maxBytes} bytes for each signature`);
  try {
    const signed = bytes[0] === TWO_SIGNATURES ? twoOf(bytes) : [readCoseSign1(bytes, COMMAND_USE)];
    const [first, second] = signed;
    if (first === undefined) return refused('malformed', 'It has no signature');
    if (second !== undefined && !isSame(first.payload, second.payload))
      return refused('malformed', 'Its two signatures are over two different commands');
    return { status: 'read', read: { ...readPayload(first.payload), signatures: signed.map(signatureOf) } };
  } catch (error) {
    if (!isGatepostError(error, 'pass.invalid')) throw error;
    return refused('malformed', error.message);
  }
}

function twoOf(bytes: Uint8Array): readonly CoseSign1[] {
  const parts = decodeCanonical(bytes, COMMAND_USE.name) as readonly CborValue[];
  return parts.map((part) => coseSign1Of(part, COMMAND_USE));
}

function readPayload(payload: Uint8Array): Omit<ReadCommand, 'signatures'> {
  const fields = map(decodeCanonical(payload, 'The payload'), 'The payload');
  const labels = Object.keys(LABELS).length;
  if (fields.size !== labels) throw wrong(`The payload must hold ${labels} fields`);
  const [, site = '', gate = ''] = ONE_SCOPE.exec(text(fields, LABELS.scope, 'The scope')) ?? [];
  if (site === '') throw wrong('The scope must be <site>/<gate> or <site>/*');
  const verb = text(fields, LABELS.verb, 'The verb');
  if (!VERB_FORM.test(verb)) throw wrong('The verb must be 1 to 32 of the characters a-z, 0-9 and -');
  const notBefore = integer(field(fields, LABELS.notBefore, 'notBefore'), 0, MAX_UINT32, 'notBefore');
  const head: CommandHead = {
    site,
    gate: gate === '*' ? undefined : gate,
    counter: integer(field(fields, LABELS.counter, 'The counter'), 1, Number.MAX_SAFE_INTEGER, 'The counter'),
    notBefore,
    notAfter: integer(field(fields, LABELS.notAfter, 'notAfter'), notBefore + 1, MAX_UINT32, 'notAfter'),
  };
  return {
    head,
    verb,
    order: readOrder(verb, map(field(fields, LABELS.arguments, 'arguments'), 'arguments')),
  };
}

/** Arguments are numbers and texts by name; what they may be is written with the verbs. */
function readOrder(verb: string, fields: CborMap): CommandOrder | undefined {
  const known = COMMAND_VERBS.find((one) => one === verb);
  if (known === undefined) return undefined;
  const named = [...fields].filter(([key]) => typeof key === 'string');
  if (named.length < fields.size) return undefined;
  const read = COMMANDS[known].safeParse(Object.fromEntries(named));
  // The schema is that of the verb; TypeScript cannot see that through the union.
  return read.success ? ({ verb: known, arguments: read.data } as CommandOrder) : undefined;
}

function text(fields: CborMap, key: number, what: string): string {
  const value = field(fields, key, what);
  if (typeof value === 'string') return value;
  throw wrong(`${what} must be a text`);
}

function signatureOf({ keyId, toBeSigned, signature }: CoseSign1): CommandSignature {
  return { keyId: toHex(keyId), toBeSigned, signature };
}

function isSame(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && one.every((byte, at) => byte === other[at]);
}

function wrong(message: string): GatepostError {
  return new GatepostError('pass.invalid', message);
}

function refused(refusal: CommandRefusal, detail: string): CommandReading {
  return { status: 'refused', refusal, detail };
}
