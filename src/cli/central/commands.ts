import { type Command, InvalidArgumentError, Option } from 'commander';
import { KEY_USES } from '../../core/bundle/trust-content.ts';
import { COMMAND_VERBS, type CommandVerb } from '../../core/contract/commands.ts';
import { toHex } from '../../core/encoding/hex.ts';
import { GatepostError } from '../../core/errors.ts';
import { keyIdOf } from '../../core/pass/read-pass.ts';
import { addSign } from '../bundle/commands.ts';
import { commandGroup } from '../command-group.ts';
import { writeNewKey } from '../keygen.ts';
import { wholeNumber } from '../option-values.ts';
import { send } from './send.ts';

const USES = ['root', ...KEY_USES] as const;

interface KeygenOptions {
  readonly out: string;
  readonly name: string;
  readonly use: (typeof USES)[number];
  readonly verb?: readonly CommandVerb[];
  readonly passphraseFile?: string;
}

/** `gatepost central`: what a centre does, to try a gate before there is one. All of it is in config/contract/README.md. */
export function registerCentral(program: Command): void {
  const central = commandGroup(program, 'central', 'be the centre of a gate, to try it');
  central
    .command('keygen')
    .description('make an Ed25519 key of a centre, and print its entry for the list of trusted keys')
    .requiredOption('--out <file>', 'where the private key goes (PEM, mode 0600); never overwritten')
    .addOption(new Option('--use <use>', 'what it signs').choices(USES).makeOptionMandatory())
    .option('--name <name>', 'whose key it is; logs and screens show it', 'Centre')
    .option('--verb <verb>', 'of a command key: what it may order; may be given several times', verbs)
    .option('--passphrase-file <file>', 'encrypt the private key with the passphrase in this file')
    .action(keygen);
  addSign(central);
  central
    .command('send')
    .description('sign a command, send it to a gate or a site, and print what became of it')
    .argument('<verb>', `one of ${COMMAND_VERBS.join(', ')}`, (text: string) => verbs(text)[0])
    .requiredOption('--broker <url>', 'mqtt://host:1883 or mqtts://host:8883')
    .requiredOption('--to <scope>', '<site>/<gate>, or <site>/* for a whole site')
    .requiredOption('--key <file>', 'private key with the use command')
    .option('--passphrase-file <file>', 'passphrase of an encrypted key')
    .option('--second-key <file>', 'of a second person, where two must sign')
    .option('--second-passphrase-file <file>', 'passphrase of that key')
    .option('--set <name=value>', 'an argument of the verb; may be given several times', argument)
    .option('--counter <n>', 'in place of the one after the last that the gate names', counter)
    .option('--valid-for <seconds>', 'how long the command is good', wholeNumber(1, 86_400), 30)
    .option('--wait <seconds>', 'how long an answer is waited for', wholeNumber(1, 3600), 15)
    .option('--username <name>', 'user of the broker')
    .option('--password-file <file>', 'password of that user')
    .option('--ca-file <file>', 'who has signed the certificate of the broker (PEM)')
    .option('--cert-file <file>', 'certificate of this client (PEM)')
    .option('--key-file <file>', 'private key of that certificate (PEM)')
    .option('--json', 'answer for programs: a line of JSON for each answer')
    .action(send);
}

function keygen({ out, name, use, verb, passphraseFile }: KeygenOptions): void {
  if (verb !== undefined && use !== 'command')
    throw new GatepostError('usage', '--verb is for keys with the use command alone.');
  const raw = writeNewKey(out, passphraseFile);
  console.log(`private key  ${out} (keep it off the kiosk)`);
  console.log(`kid          ${keyIdOf(raw)}\n`);
  if (use === 'root') {
    console.log('Lines for the config of each gate:\n');
    console.log(`trust:\n  rootKey: ${JSON.stringify(toHex(raw))}`);
    return;
  }
  console.log('Entry for the list of trusted keys (gatepost central sign --type trust):\n');
  console.log('keys:');
  // Every JSON string is a valid YAML string.
  console.log(`  - name: ${JSON.stringify(name)}`);
  console.log(`    publicKey: ${JSON.stringify(toHex(raw))}`);
  console.log(`    use: ${use}`);
  if (verb !== undefined) console.log(`    verbs: [${verb.join(', ')}]`);
  if (use === 'command' && verb === undefined)
    console.error('Look again: without --verb this key may order nothing.');
}

function verbs(text: string, previous: readonly CommandVerb[] = []): readonly CommandVerb[] {
  const verb = COMMAND_VERBS.find((one) => one === text);
  if (verb === undefined) throw new InvalidArgumentError(`It must be one of ${COMMAND_VERBS.join(', ')}.`);
  return [...previous, verb];
}

/** What the values mean is known with the verb. */
function argument(
  text: string,
  previous: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const [, name, value] = /^([A-Za-z]{1,32})=(.*)$/su.exec(text) ?? [];
  if (name === undefined || value === undefined)
    throw new InvalidArgumentError('It must be a name, = and a value, such as accessPoint=main-in.');
  return { ...previous, [name]: value };
}

function counter(text: string): number {
  const value = Number(text);
  if (/^\d{1,16}$/.test(text) && value >= 1 && Number.isSafeInteger(value)) return value;
  throw new InvalidArgumentError('It must be a whole number from 1 to 9007199254740991.');
}
