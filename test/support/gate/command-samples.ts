import { hash } from 'node:crypto';
import type { ListedKey } from '../../../src/core/bundle/trust-content.ts';
import type { ArgumentsOf, Command } from '../../../src/core/command/command.ts';
import { COMMAND_VERBS, type CommandVerb } from '../../../src/core/contract/commands.ts';
import { createSigner, type Signer } from '../../../src/core/pass/issue-pass.ts';
import { NOW_S, privateKeyOf } from './pass-samples.ts';

/** Signs commands. A key only for tests, the same in every run. */
export const DESK = createSigner(privateKeyOf(hash('sha256', 'gatepost tests: desk', 'hex')));

/** The key of a signer as the list of keys names it; by default it may order everything. */
export function commandKey(signer: Signer, changes: Partial<ListedKey> = {}): ListedKey {
  return {
    publicKey: signer.publicKey,
    name: 'District desk',
    use: 'command',
    status: 'active',
    verbs: COMMAND_VERBS,
    ...changes,
  };
}

export const DESK_KEY = commandKey(DESK);

/** A command for willow-court/north, good for half a minute from NOW_S. */
export function command<V extends CommandVerb>(
  verb: V,
  args: ArgumentsOf<V>,
  head: Partial<Pick<Command, 'site' | 'gate' | 'counter' | 'notBefore' | 'notAfter'>> = {},
): Command {
  const mine = {
    site: 'willow-court',
    gate: 'north',
    counter: 1,
    notBefore: NOW_S,
    notAfter: NOW_S + 30,
    ...head,
  };
  // Verb and arguments belong together; TypeScript cannot see that through the union.
  return { ...mine, verb, arguments: args } as Command;
}
