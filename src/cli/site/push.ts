import type { Command } from 'commander';
import { PUSH_PERSONS } from '../../core/access/vocabulary.ts';
import { GatepostError } from '../../core/errors.ts';
import { assemblePush } from '../../daemon/push.ts';
import { commandGroup } from '../command-group.ts';
import { loadGateConfig } from '../config-file.ts';

/** `gatepost push test`: sends a message that says it is a test. */
export function registerPush(program: Command): void {
  commandGroup(program, 'push', 'messages to phones of guards who are away from the desk')
    .command('test')
    .description('send a test to everybody whom this gate would call, and say what became of it')
    .requiredOption('-c, --config <file>', 'config file of the gate')
    .action(({ config }: { readonly config: string }) => test(config));
}

async function test(file: string): Promise<void> {
  const senders = assemblePush(loadGateConfig(file).config, 'test')?.senders;
  if (senders === undefined)
    throw new GatepostError('usage', 'Nobody would be called: the config has no section `push`.');
  const problems: string[] = [];
  for (const person of PUSH_PERSONS) {
    const sender = senders[person];
    if (sender === undefined) continue;
    const answer = await sender.send(new AbortController().signal);
    if (answer.status === 'sent') console.log(`${person}: ${sender.place} has taken the test.`);
    else problems.push(`${person}: ${answer.detail}`);
  }
  if (problems.length > 0) throw new GatepostError('push.refused', problems.join('\n'));
}
