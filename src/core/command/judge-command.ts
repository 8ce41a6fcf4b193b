import type { ListedKey } from '../bundle/trust-content.ts';
import { COMMAND_VERBS, type CommandRefusal } from '../contract/commands.ts';
import { toHex } from '../encoding/hex.ts';
import { speaksHere, speaksNow } from '../pass/check-pass.ts';
import { ed25519PublicKey, verifySignature } from '../pass/public-key.ts';
import { keyIdOf } from '../pass/read-pass.ts';
import type { ClockReading } from '../time/clock-reading.ts';
import { type Command, type CommandHead, longestLifeS } from './command.ts';
import type { CommandSignature, ReadCommand } from './read-command.ts';

/** Where and when a command has come, and who may give it. */
type AuthorityContext = Pick<CommandContext, 'site' | 'gate' | 'keys' | 'clock'>;

/** Where and when a command has come. */
export interface CommandContext {
  readonly site: string;
  /** Undefined: where commands for a whole site come. */
  readonly gate: string | undefined;
  /** Those of the list of keys, whatever their use. */
  readonly keys: readonly ListedKey[];
  readonly clock: ClockReading;
  /** The counter of the last command of this key that was used up; 0 if there was none. */
  readonly lastCounter: (key: ListedKey) => number;
  /**
   * Unix milliseconds. What was signed before may have been carried out in a life of the log of which nothing is known
   * any more. Undefined: not known yet, because there was no clock to be believed.
   */
  readonly goodFromMs: number | undefined;
}

interface Objection {
  readonly refusal: CommandRefusal;
  readonly detail: string;
}

export type JudgedCommand =
  | { readonly status: 'accepted'; readonly command: Command; readonly signers: readonly ListedKey[] }
  /** `signers`: whose signatures hold; empty if that is not proved. */
  | ({ readonly status: 'refused'; readonly signers: readonly ListedKey[] } & Objection);

/** Whether a command may be carried out here and now. `detail` never repeats what is not signed. */
export function judgeCommand(read: ReadCommand, context: CommandContext): JudgedCommand {
  const judged = judgeAuthority(read, context);
  if (judged.status === 'refused') return judged;
  const { command, signers } = judged;
  const late = objectionToTime(command, context) ?? objectionToCounter(command, signers, context);
  return late === undefined ? judged : { status: 'refused', ...late, signers };
}

/**
 * Whether those who signed may order this here. That it is of now and was not carried out before is not looked at: for
 * orders to a whole site that depends on what holds.
 */
export function judgeAuthority(read: ReadCommand, context: AuthorityContext): JudgedCommand {
  const proof = proofOf(read.signatures, context);
  if ('refusal' in proof) return { status: 'refused', ...proof, signers: [] };
  const { signers } = proof;
  const { head, order, verb } = read;
  const objection = objectionToPlace(head, context) ?? objectionToVerb(verb, signers);
  if (objection !== undefined) return { status: 'refused', ...objection, signers };
  if (order === undefined) return { status: 'refused', ...wrongArguments(verb), signers };
  const command: Command = { ...head, ...order };
  const tooLong = objectionToLife(command);
  if (tooLong !== undefined) return { status: 'refused', ...tooLong, signers };
  return { status: 'accepted', command, signers };
}

/** The keys that have signed it, or why at least one of the signatures counts for nothing. */
function proofOf(
  signatures: readonly CommandSignature[],
  { site, keys, clock }: AuthorityContext,
): { readonly signers: readonly ListedKey[] } | Objection {
  const nowS = secondsOf(clock.wallMs);
  const signers: ListedKey[] = [];
  for (const { keyId, toBeSigned, signature } of signatures) {
    const candidates = keys.filter(
      (key) =>
        key.use === 'command' &&
        key.status === 'active' &&
        speaksHere(key, site) &&
        speaksNow(key, nowS) &&
        keyIdOf(key.publicKey) === keyId,
    );
    if (candidates.length === 0)
      return no('unknown_key', `No key ${keyId} for commands is listed for this site now`);
    const signer = candidates.find(({ publicKey }) =>
      verifySignature(ed25519PublicKey(publicKey), toBeSigned, signature),
    );
    if (signer === undefined) return no('signature_invalid', `The signature of key ${keyId} does not hold`);
    if (signers.some(({ publicKey }) => toHex(publicKey) === toHex(signer.publicKey)))
      return no('signature_invalid', 'Both signatures are of one key');
    signers.push(signer);
  }
  return { signers };
}

function objectionToPlace({ site, gate }: CommandHead, here: AuthorityContext): Objection | undefined {
  if (site === here.site && gate === here.gate) return undefined;
  const meant = here.gate === undefined ? 'all gates of this site' : 'this gate';
  return no('wrong_place', `It is for ${site}/${gate ?? '*'}, not for ${meant}`);
}

function objectionToVerb(verb: string, signers: readonly ListedKey[]): Objection | undefined {
  if (!COMMAND_VERBS.some((one) => one === verb)) return no('unknown_verb', `This gate knows no "${verb}"`);
  const without = signers.find(({ verbs = [] }) => !verbs.includes(verb));
  return without && no('not_allowed', `The list of keys does not let "${without.name}" order ${verb}`);
}

function wrongArguments(verb: string): Objection {
  return no('wrong_arguments', `These are not the arguments of ${verb} (config/contract/README.md#verbs)`);
}

function objectionToLife({ verb, notBefore, notAfter }: Command): Objection | undefined {
  if (notAfter - notBefore <= longestLifeS(verb)) return undefined;
  return no('too_long', `A ${verb} may be good for ${longestLifeS(verb)} s at most`);
}

/**
 * A clock that is not believed may be behind, never ahead of its floor. With it the one thing that keeps people from
 * harm and lets nobody in is done, and nothing else.
 */
function objectionToTime(
  { verb, notBefore, notAfter }: Command,
  { clock, goodFromMs }: CommandContext,
): Objection | undefined {
  const isBelieved = clock.quality !== 'unsynced';
  if (goodFromMs === undefined || (!isBelieved && verb !== 'lockdown'))
    return no('clock_untrusted', 'The clock of this gate cannot be believed, so it cannot tell old from new');
  const nowS = secondsOf(clock.wallMs);
  if (isBelieved && nowS < notBefore) return no('not_yet', `It is good in ${notBefore - nowS} s`);
  if (nowS >= notAfter) return no('expired', `It was good until ${nowS - notAfter} s ago`);
  return notBefore < secondsOf(goodFromMs)
    ? no('before_log', 'It was signed before the present log of this gate began. Sign it anew')
    : undefined;
}

function objectionToCounter(
  { counter }: CommandHead,
  signers: readonly ListedKey[],
  { lastCounter }: CommandContext,
): Objection | undefined {
  const used = Math.max(0, ...signers.map(lastCounter));
  return counter > used
    ? undefined
    : no('old_counter', `Its counter is ${counter}, and ${used} is used up already`);
}

function secondsOf(ms: number): number {
  return Math.floor(ms / 1000);
}

function no(refusal: CommandRefusal, detail: string): Objection {
  return { refusal, detail };
}
