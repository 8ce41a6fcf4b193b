import { type Command, InvalidArgumentError, Option } from 'commander';
import { writeNewFile } from '../../adapters/files/new-files.ts';
import { readBundleFile } from '../../adapters/inbox/bundle-file.ts';
import { BUNDLE_TYPES, type BundleType, MAX_UINT32, type OpenedBundle } from '../../core/bundle/bundle.ts';
import type { BundleContent } from '../../core/bundle/content.ts';
import { readWhole, signBundle } from '../../core/bundle/open-bundle.ts';
import { GatepostError } from '../../core/errors.ts';
import { ed25519PublicKey, verifySignature } from '../../core/pass/public-key.ts';
import { commandGroup } from '../command-group.ts';
import { ownTimeZone, readMoment } from '../moments.ts';
import { ofOption, publicKeys, timeZoneName, wholeNumber } from '../option-values.ts';
import { signingKey } from '../signing-key.ts';
import { contentFromFile } from './content.ts';
import { details, doubtsAbout, entriesOf, momentLines } from './words.ts';

const DAY_S = 86_400;

interface SignOptions {
  readonly type: BundleType;
  readonly key: string;
  readonly passphraseFile?: string;
  readonly number: number;
  readonly site: string;
  readonly content: string;
  readonly out: string;
  readonly validDays: number;
  readonly nextUpdate?: string;
  readonly timeZone?: string;
}

interface InspectOptions {
  readonly publicKey?: readonly Uint8Array[];
  readonly json?: true;
  readonly timeZone?: string;
}

/** `gatepost bundle sign` and `gatepost bundle inspect`, for the centre that issues the lists. */
export function registerBundle(program: Command): void {
  const bundle = commandGroup(program, 'bundle', 'make and explain signed lists');
  addSign(bundle);

  bundle
    .command('inspect')
    .description('say what is in a signed list')
    .argument('<file>', 'signed list')
    .option('--public-key <key>', 'check the signature with this key; may be given several times', publicKeys)
    .option('--time-zone <zone>', 'time zone in which moments are shown', timeZoneName)
    .option('--json', 'answer for programs')
    .action(inspect);
}

/** The subcommand `sign`, which a centre finds among its own too. */
export function addSign(group: Command): void {
  group
    .command('sign')
    .description('sign a list for the gates of a site')
    .addOption(new Option('--type <type>', 'what it is').choices(BUNDLE_TYPES).makeOptionMandatory())
    .requiredOption(
      '--key <file>',
      'private key: the root key for trust, a key with use bundle for the others',
    )
    .option('--passphrase-file <file>', 'passphrase of an encrypted key')
    .requiredOption('--number <n>', 'must be larger than that of the list before', wholeNumber(1, MAX_UINT32))
    .requiredOption('--site <id>', 'site it is for', siteId)
    .requiredOption(
      '--content <file>',
      'trust and policy: YAML; revocations: a line for each; orders and directory: CSV',
    )
    .requiredOption('--out <file>', 'signed list, best named *.gpb; never overwritten')
    .option('--valid-days <n>', 'days until the next one is due', wholeNumber(1, 3650), 7)
    .option(
      '--next-update <moment>',
      'last day until the next one is due, or the moment, in place of --valid-days',
    )
    .option(
      '--time-zone <zone>',
      'time zone of the site, for days; that of this computer without it',
      timeZoneName,
    )
    .action(sign);
}

async function sign(options: SignOptions): Promise<void> {
  const { type, site, number, content, out, validDays } = options;
  const timeZone = options.timeZone ?? ownTimeZone();
  const due = nextUpdateOf(options.nextUpdate, timeZone);
  const signer = await signingKey(options.key, options.passphraseFile);
  const issuedAt = Math.floor(Date.now() / 1000);
  const nextUpdate = due ?? issuedAt + validDays * DAY_S;
  if (nextUpdate <= issuedAt)
    throw new GatepostError(
      'usage',
      'The next list would be due before this one is made: --next-update is over.',
    );
  const header = { type, site, number, issuedAt, nextUpdate };
  const bytes = signBundle(header, contentFromFile(header, content, timeZone), signer);
  writeNewFile(out, bytes, 0o644);
  const { bundle, content: read } = readWhole(bytes);
  for (const [name, value] of factsOf(bundle, read)) console.log(`${name.padEnd(12)} ${value}`);
  for (const line of momentLines(read, timeZone)) console.log(line);
  for (const warning of doubtsAbout(read, bundle.header, timeZone)) console.error(`Look again: ${warning}`);
}

function nextUpdateOf(written: string | undefined, timeZone: string): number | undefined {
  if (written === undefined) return undefined;
  return ofOption('--next-update', () => readMoment(written, { timeZone, day: 'end' }));
}

async function inspect(path: string, options: InspectOptions): Promise<void> {
  const { publicKey = [], json, timeZone = ownTimeZone() } = options;
  const { bundle, content } = readWhole(await readBundleFile(path));
  const signature = signatureWord(bundle, publicKey);
  const facts: [string, string | number][] = [...factsOf(bundle, content), ['signature', signature]];
  if (json) console.log(JSON.stringify({ ...Object.fromEntries(facts), ...details(content) }));
  else {
    for (const [name, value] of facts) console.log(`${name.padEnd(12)} ${value}`);
    for (const line of momentLines(content, timeZone)) console.log(line);
    for (const doubt of doubtsAbout(content, bundle.header, timeZone)) console.log(`Look again: ${doubt}`);
  }
  if (signature === 'does not hold') process.exitCode = 1;
}

function factsOf({ header, keyId }: OpenedBundle, content: BundleContent): [string, string | number][] {
  return [
    ['type', header.type],
    ['site', header.site],
    ['number', header.number],
    ['issuedAt', new Date(header.issuedAt * 1000).toISOString()],
    ['nextUpdate', new Date(header.nextUpdate * 1000).toISOString()],
    ['kid', keyId],
    ['entries', entriesOf(content)],
  ];
}

function signatureWord({ toBeSigned, signature }: OpenedBundle, keys: readonly Uint8Array[]): string {
  if (keys.length === 0) return 'not checked (name the key with --public-key)';
  const holds = keys.some((key) => verifySignature(ed25519PublicKey(key), toBeSigned, signature));
  return holds ? 'holds' : 'does not hold';
}

function siteId(text: string): string {
  if (/^[a-z0-9-]{1,32}$/.test(text)) return text;
  throw new InvalidArgumentError('It must be 1 to 32 of the characters a-z, 0-9 and -.');
}
