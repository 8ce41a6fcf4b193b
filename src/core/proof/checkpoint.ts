import { GatepostError } from '../errors.ts';
import type { Signer } from '../pass/issue-pass.ts';
import { ed25519PublicKey, verifySignature } from '../pass/public-key.ts';
import {
  fromBase64,
  isSignedBy,
  parseNote,
  type SignedNote,
  signaturesOf,
  signNote,
  withSignature,
} from './signed-note.ts';

const ROOT_BYTES = 32;
const MOST_ORIGIN = 256;
const SIZE = /^(0|[1-9]\d{0,15})$/;
const ID = '[a-z0-9-]{1,32}';
const ORIGIN = new RegExp(`^gatepost/(${ID})/(${ID})/([0-9a-f-]{36})$`);
/** Bytes of the time in front of the signature of a cosignature. */
const TIME_BYTES = 8;

/** What a log was at one moment (C2SP tlog-checkpoint). */
export interface Checkpoint {
  /** Which log: for one of ours see originOf(). */
  readonly origin: string;
  /** Number of rows. */
  readonly size: number;
  /** RFC 6962 root over their hashes. */
  readonly root: Uint8Array;
}

/** A checkpoint as it was read, with its signatures. */
export interface SignedCheckpoint extends Checkpoint {
  readonly note: SignedNote;
}

/** The name of one epoch of a gate's log, in checkpoints. */
export interface LogOrigin {
  readonly site: string;
  readonly gate: string;
  readonly epoch: string;
}

export function originOf({ site, gate, epoch }: LogOrigin): string {
  return `gatepost/${site}/${gate}/${epoch}`;
}

/** The parts of an origin; undefined if it is not that of a Gatepost log. */
export function readOrigin(origin: string): LogOrigin | undefined {
  const [, site, gate, epoch] = ORIGIN.exec(origin) ?? [];
  return site === undefined || gate === undefined || epoch === undefined ? undefined : { site, gate, epoch };
}

/**
 * The text of a signed checkpoint. The name of the key is the origin.
 * @throws GatepostError `key.invalid` for a key that is not Ed25519
 */
export function signCheckpoint({ origin, size, root }: Checkpoint, signer: Signer): string {
  return signNote(`${origin}\n${size}\n${Buffer.from(root).toString('base64')}\n`, origin, signer);
}

/**
 * Reads a checkpoint from anywhere; nothing in it is proved yet.
 * @throws GatepostError `checkpoint.invalid`
 */
export function parseCheckpoint(bytes: Uint8Array): SignedCheckpoint {
  const note = parseNote(bytes);
  const [origin = '', size = '', encoded = '', ...extensions] = note.text.slice(0, -1).split('\n');
  const root = fromBase64(encoded);
  if (origin === '' || origin.length > MOST_ORIGIN) throw malformed('its first line names no log');
  if (!SIZE.test(size) || !Number.isSafeInteger(Number(size)))
    throw malformed('its second line is no number of rows');
  if (root?.length !== ROOT_BYTES) throw malformed('its third line is no root');
  if (extensions.includes('')) throw malformed('it has an empty line');
  return { origin, size: Number(size), root, note };
}

/** Whether the log's own key has signed the checkpoint. */
export function isCheckpointOf({ origin, note }: SignedCheckpoint, publicKey: Uint8Array): boolean {
  return isSignedBy(note, origin, publicKey);
}

/** Somebody who may co-sign checkpoints. */
interface Witness {
  readonly name: string;
  /** Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array;
}

interface Cosignature {
  readonly witness: string;
  /** When it was made, Unix seconds. */
  readonly timeS: number;
}

/**
 * Good cosignatures of these witnesses (C2SP tlog-cosignature, `cosignature/v1`). One that is forged makes all of that
 * witness worthless.
 */
export function cosignaturesOf(note: SignedNote, witnesses: readonly Witness[]): readonly Cosignature[] {
  return witnesses.flatMap(({ name, publicKey }) => {
    const key = ed25519PublicKey(publicKey);
    const times = signaturesOf(note, name, 4, publicKey).map(({ value }) => {
      if (value.length <= TIME_BYTES) return undefined;
      const time = new DataView(value.buffer, value.byteOffset).getBigUint64(0);
      const message = new TextEncoder().encode(`cosignature/v1\ntime ${time}\n${note.text}`);
      return verifySignature(key, message, value.subarray(TIME_BYTES)) ? Number(time) : undefined;
    });
    return times.includes(undefined) ? [] : times.map((time) => ({ witness: name, timeS: time ?? 0 }));
  });
}

/**
 * The signed text of a checkpoint with the cosignature of a witness (C2SP tlog-cosignature). Only for what the witness
 * has checked.
 * @param name of the witness, without spaces and plus
 * @throws GatepostError `checkpoint.invalid` for a text that is none
 */
export function cosigned(
  note: string,
  { name, signer, timeS }: { readonly name: string; readonly signer: Signer; readonly timeS: number },
): string {
  const { text } = parseNote(new TextEncoder().encode(note));
  const time = new Uint8Array(TIME_BYTES);
  new DataView(time.buffer).setBigUint64(0, BigInt(timeS));
  const signature = signer.sign(new TextEncoder().encode(`cosignature/v1\ntime ${timeS}\n${text}`));
  const key = { name, type: 4, publicKey: signer.publicKey } as const;
  return withSignature(note, key, Buffer.concat([time, signature]));
}

function malformed(why: string): GatepostError {
  return new GatepostError('checkpoint.invalid', `This is no checkpoint: ${why}.`);
}
