import type { COMMANDS, CommandVerb } from '../contract/commands.ts';
import type { Value } from '../contract/fields.ts';
import type { CoseUse } from '../pass/cose-sign1.ts';

/** Commands of a centre (config/contract/README.md#commands). */
export const COMMAND_USE: CoseUse = {
  name: 'The command',
  maxBytes: 1024,
  externalAad: 'gatepost-command/1',
};

/** Labels of the payload, a CBOR map. */
export const LABELS = { scope: 1, verb: 2, arguments: 3, counter: 4, notBefore: 5, notAfter: 6 } as const;

/** Longest time between begin and end of a command, in seconds. */
const LONGEST_LIFE_S = 60;
/** The same for what may have to wait for a gate that is offline. */
const LONGEST_WAIT_S = 24 * 3600;
const MAY_WAIT: ReadonlySet<string> = new Set<CommandVerb>([
  'lockdown',
  'release',
  'lockdown-release',
  'evacuate-release',
]);

/** How long a command of this kind may be good, in seconds. */
export function longestLifeS(verb: CommandVerb): number {
  return MAY_WAIT.has(verb) ? LONGEST_WAIT_S : LONGEST_LIFE_S;
}

export type ArgumentsOf<V extends CommandVerb> = Value<(typeof COMMANDS)[V]>;

/** What a command orders. */
export type CommandOrder<V extends CommandVerb = CommandVerb> = {
  readonly [N in V]: { readonly verb: N; readonly arguments: ArgumentsOf<N> };
}[V];

/** What is said beside the order. Times are whole Unix seconds. */
export interface CommandHead {
  readonly site: string;
  /** Id of a gate; undefined: all gates of the site. */
  readonly gate: string | undefined;
  /** 1 to 2^53 - 1. Grows with every command that a key signs. */
  readonly counter: number;
  /** The first second at which it is good. */
  readonly notBefore: number;
  /** The first at which it is not any more. */
  readonly notAfter: number;
}

export type Command<V extends CommandVerb = CommandVerb> = CommandHead & CommandOrder<V>;
