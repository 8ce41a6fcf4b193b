import { z } from 'zod';
import { LONGEST_NOTE } from '../access/bounds.ts';
import { DESK_REFUSALS } from '../access/desk-refusals.ts';
import { MAX_UINT32 } from '../bundle/bundle.ts';
import { Count, HolderRef, Id, PassId, Sentence, Some, type Value } from './fields.ts';
import { typedText } from './orders.ts';

/** Why, in the words of whoever signs: it goes into the log behind the name of the key. */
const Note = typedText(LONGEST_NOTE).exactOptional();

const aboutAccessPoint = z.strictObject({ accessPoint: Id, note: Note });
/** Without a door: every door of the gate. */
const aboutDoor = z.strictObject({ door: Id.exactOptional(), note: Note });
const aboutPass = z.strictObject({ passId: PassId, note: Note });
const aboutHolder = z.strictObject({ holderRef: HolderRef, note: Note });
/** Whole Unix seconds, the first at which it does not hold any more; absent: until it is ended. */
const Until = z.number().int().min(1).max(MAX_UINT32).exactOptional();
const nothing = z.strictObject({ note: Note });

/** What a centre commands, by its name on the wire, and what arguments each takes. */
export const COMMANDS = {
  /** Lets one person through at an access point, or at a door that has only one. */
  open: z.union([aboutAccessPoint, z.strictObject({ door: Id, note: Note })]),
  hold: aboutDoor,
  release: aboutDoor,
  lockdown: aboutDoor,
  'lockdown-release': aboutDoor,
  /** A door; or a pass or a household, whose passes are suspended. */
  block: z.union([aboutPass.extend({ until: Until }), aboutHolder.extend({ until: Until }), aboutDoor]),
  unblock: z.union([aboutPass, aboutHolder, aboutDoor]),
  /** Puts an access point back into service. */
  enable: aboutAccessPoint,
  /** Takes an access point out of service: then it lets only emergencies through. */
  disable: aboutAccessPoint,
  level: z.strictObject({ level: Id, note: Note }),
  /** Sends events of an epoch again, both ends included. */
  replay: z.strictObject({ epoch: z.uuid(), from: Some, to: Some, note: Note }),
  /** Signs a checkpoint of the log now. */
  checkpoint: nothing,
  /** Asks for the signed lists and tells every retained state again. */
  resync: nothing,
  /** The gate shows who it is for so many seconds. */
  identify: z.strictObject({ seconds: z.number().int().min(1).max(60).exactOptional(), note: Note }),
  /** Ends the program, which the service manager starts again. */
  restart: nothing,
  /** Of a whole site alone, as `lockdown` and its release may be. */
  evacuate: nothing,
  'evacuate-release': nothing,
} as const;

export type CommandVerb = keyof typeof COMMANDS;
export const COMMAND_VERBS = Object.keys(COMMANDS) as readonly CommandVerb[];

/** Why a command is refused before anything is asked of the gate. Every refusal has exactly one of these names. */
export const COMMAND_REFUSALS = [
  'retained',
  'too_large',
  'malformed',
  'unknown_key',
  'signature_invalid',
  'wrong_place',
  'unknown_verb',
  'wrong_topic',
  'wrong_arguments',
  'not_allowed',
  'too_long',
  'clock_untrusted',
  'not_yet',
  'expired',
  'before_log',
  'old_counter',
  // Orders to a whole site.
  'older_than_end',
  'four_eyes',
  'response_topic',
] as const;
export type CommandRefusal = (typeof COMMAND_REFUSALS)[number];

/** Why a replay does not begin, and why one ends before its end. */
export const REPLAY_REFUSALS = ['unknown_epoch', 'nothing_there', 'already_running', 'too_many'] as const;
export const REPLAY_FAILURES = ['broker_refused', 'stopping'] as const;

/** `already_done`: somebody has done it for this person before. */
const RESULT_REASONS = [
  ...COMMAND_REFUSALS,
  ...DESK_REFUSALS,
  ...REPLAY_REFUSALS,
  ...REPLAY_FAILURES,
  'already_done',
] as const;

/** `failed`: it was recorded and begun, and something did not obey. */
const RESULTS = ['done', 'refused', 'failed'] as const;

/** What became of a command; in its event and in the answer to who sent it. */
export const Outcome = z.strictObject({
  verb: z.enum(COMMAND_VERBS).describe('Absent if none could be read, or one nobody knows.').exactOptional(),
  counter: Some.exactOptional(),
  result: z.enum(RESULTS),
  reason: z
    .enum(RESULT_REASONS)
    .describe('Why not: a refusal of the command itself, or the one that a guard would get.')
    .exactOptional(),
  detail: Sentence.exactOptional(),
});
export type CommandOutcome = Value<typeof Outcome>;

const Gap = z.strictObject({ first: Some, last: Some });

/** How far a replay has come. Both ends of every range are included. */
const ReplayReport = z.strictObject({
  epoch: z.uuid(),
  from: Some.describe('As asked, cut to what the epoch has had.'),
  to: Some,
  upTo: Count.describe(
    'Everything from `from` up to here was stored by the broker, or is named below. Less than `to`: ask again from the next one on.',
  ),
  sent: Count.describe('Events that the broker has stored.'),
  purged: z.array(Gap).max(64).describe('What has ended at the gate and cannot be had any more.'),
  altered: z
    .array(Gap)
    .max(64)
    .describe('What is not as it was written, and is never sent: see log.altered.'),
});
export type ReplayReport = Value<typeof ReplayReport>;

/** The answer to a command. */
export const CommandAnswer = Outcome.extend({
  result: z
    .enum([...RESULTS, 'running'])
    .describe('running: of a replay that goes on. Another answer follows.'),
  replay: ReplayReport.exactOptional(),
  sequence: Some.describe('Of the event command.result. Absent if it has none of its own.').exactOptional(),
}).meta({ title: 'Answer to a command' });
