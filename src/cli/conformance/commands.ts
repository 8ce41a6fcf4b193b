import { exec } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { type Command, InvalidArgumentError } from 'commander';
import { readSecret } from '../../adapters/files/private-key.ts';
import { gateKey } from '../../conformance/keys.ts';
import { Question } from '../../conformance/question.ts';
import { assertions, play, type Result } from '../../conformance/run.ts';
import { toHex } from '../../core/encoding/hex.ts';
import { GatepostError } from '../../core/errors.ts';
import { publicKeys, wholeNumber } from '../option-values.ts';

const CONTRACT = 'config/contract/README.md';

interface ConformanceOptions {
  readonly ask?: string;
  readonly commandKey?: readonly Uint8Array[];
  readonly site: string;
  readonly run?: string;
  readonly only?: readonly number[];
  readonly patience: number;
  readonly restart?: string;
  readonly list?: true;
  readonly publicKey?: true;
  readonly json?: true;
  readonly username?: string;
  readonly passwordFile?: string;
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
}

/** `gatepost conformance`: tries a server that reads the feed (config/contract/README.md#trying-a-server). */
export function registerConformance(program: Command): void {
  program
    .command('conformance')
    .description('play a hostile gate against a server, and ask the server what it believes')
    .argument('[broker]', 'mqtt://host:1883 or mqtts://host:8883, which the server reads')
    .option('--ask <url>', 'where the server answers, e.g. http://127.0.0.1:8080')
    .option(
      '--command-key <key>',
      'public key with which the server signs replay (hex or the line of keygen)',
      publicKeys,
    )
    .option('--site <id>', 'site of the gates that are played', id, 'conformance')
    .option('--run <id>', 'begins the ids of the gates; by default another one each time', id)
    .option('--only <numbers>', 'only these assertions, e.g. 12,13', numbers)
    .option(
      '--patience <seconds>',
      'how long an answer may stay the same without being right',
      wholeNumber(1, 600),
      30,
    )
    .option('--restart <command>', 'restarts the server; without it four assertions are skipped')
    .option('--list', 'print the assertions and play nothing')
    .option('--public-key', 'print the key that signs the checkpoints of the gates, and play nothing')
    .option('--username <name>', 'user of the broker')
    .option('--password-file <file>', 'password of that user')
    .option('--ca-file <file>', 'who has signed the certificate of the broker (PEM)')
    .option('--cert-file <file>', 'certificate of this client (PEM)')
    .option('--key-file <file>', 'private key of that certificate (PEM)')
    .option('--json', 'for programs: a list of all results')
    .action(conformance);
}

/** Exit code 1 if an assertion failed. */
async function conformance(broker: string | undefined, options: ConformanceOptions): Promise<void> {
  const { ask, commandKey = [], site, restart, only = [], json } = options;
  if (options.publicKey) return console.log(toHex(gateKey().publicKey));
  if (options.list) return tell(assertions(), json);
  if (broker === undefined || !/^mqtts?:\/\//.test(broker))
    throw new GatepostError('usage', 'Name the broker: mqtt://host:1883 or mqtts://host:8883.');
  if (ask === undefined || !URL.canParse(ask))
    throw new GatepostError(
      'usage',
      '--ask must be the address where the server answers, e.g. http://127.0.0.1:8080.',
    );
  const question = new Question(ask, options.patience * 1000);
  if ((await question.get('/healthz')).status === 0)
    throw new GatepostError(
      'usage',
      `Nothing answers at ${ask}/healthz. config/contract/README.md says what a server is asked.`,
    );
  const results = await play(
    {
      broker,
      connection: connectionOf(options),
      site,
      run: options.run ?? `r${randomBytes(4).toString('hex')}`,
      keys: commandKey.map((publicKey) => ({
        publicKey,
        name: 'Server',
        use: 'command',
        status: 'active',
        verbs: ['replay'],
      })),
      signer: gateKey(),
      question,
      ...(restart !== undefined && {
        restart: async () => {
          await promisify(exec)(restart);
        },
      }),
    },
    only,
  );
  tell(results, json);
  if (results.some(({ result }) => result === 'failed')) process.exitCode = 1;
}

function connectionOf({ username, passwordFile, caFile, certFile, keyFile }: ConformanceOptions) {
  return {
    ...(username === undefined ? {} : { username }),
    ...(passwordFile === undefined ? {} : { password: readSecret(passwordFile) }),
    ...(caFile === undefined ? {} : { ca: readFileSync(caFile) }),
    ...(certFile === undefined ? {} : { cert: readFileSync(certFile) }),
    ...(keyFile === undefined ? {} : { key: readFileSync(keyFile) }),
  };
}

type Told = ReturnType<typeof assertions>[number] & Partial<Result>;

function tell(all: readonly Told[], json: true | undefined): void {
  if (json) {
    console.log(JSON.stringify(all, undefined, 2));
    return;
  }
  let scene = '';
  for (const one of all) {
    if (one.scene !== scene) console.log(`\n${one.scene}`);
    scene = one.scene;
    const result = one.result === undefined ? '' : `${one.result.padEnd(8)}`;
    console.log(`${String(one.number).padStart(5)}  ${result}${one.claim}`);
    if ('why' in one) console.log(`       ${one.why}`);
    if (one.result !== 'passed' && one.result !== 'skipped')
      console.log(`       ${CONTRACT}#${one.anchor}: “${one.sentence}”`);
  }
  if (all[0]?.result === undefined) return;
  const count = (result: string): number => all.filter((one) => one.result === result).length;
  console.log(`\n${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped.`);
}

function numbers(text: string): readonly number[] {
  const known = new Set(assertions().map(({ number }) => number));
  const wanted = text.split(',').map(Number);
  if (wanted.every((number) => known.has(number))) return wanted;
  throw new InvalidArgumentError('It must be numbers of assertions with commas, as --list shows them.');
}

function id(text: string): string {
  if (/^[a-z0-9-]{1,16}$/.test(text)) return text;
  throw new InvalidArgumentError('It must be 1 to 16 of the characters a-z, 0-9 and -.');
}
