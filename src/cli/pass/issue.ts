import { type Command, Option } from 'commander';
import { appendLines } from '../../adapters/files/new-files.ts';
import { readSecret } from '../../adapters/files/private-key.ts';
import { PASS_KINDS } from '../../core/access/vocabulary.ts';
import { GatepostError } from '../../core/errors.ts';
import { commandGroup } from '../command-group.ts';
import { loadGateConfig } from '../config-file.ts';
import { ownTimeZone, readMoment, showMoment } from '../moments.ts';
import {
  hexBytes,
  holderKey,
  needFlags,
  ofOption,
  passIds,
  quota,
  timeZoneName,
  wholeNumber,
} from '../option-values.ts';
import { signingKey } from '../signing-key.ts';
import { issuePassTable, type TableOptions } from './batch.ts';
import { type HandOut, handOut, phonePage } from './hand-out.ts';
import { checkLine, type Issue, issuePass, LONGEST_LIFE_DAYS, type PassOrder } from './order.ts';

interface Options extends Omit<PassOrder, 'kind' | 'expires' | 'notBefore'>, TableOptions, HandOut {
  readonly kind?: PassOrder['kind'];
  readonly expires?: string;
  readonly notBefore?: string;
  readonly key: string;
  readonly passphraseFile?: string;
  readonly site: string;
  readonly longestDays?: number;
  readonly holderSecret?: string;
  readonly csv?: string;
  readonly out?: string;
  readonly reissue?: readonly string[];
  readonly revocations?: string;
}

interface GivenOptions extends Omit<Options, 'site'> {
  readonly site?: string;
  readonly config?: string;
}

/** `gatepost pass issue …`: one pass as text on stdout, or with --csv a folder of passes and cards to print. */
export function registerPassIssue(program: Command): void {
  const command = commandGroup(program, 'pass', 'make and explain passes')
    .command('issue')
    .description('make a pass and print its text, or with --csv passes and card sheets for a whole table')
    .requiredOption('--key <file>', 'private key of the issuer, from gatepost keygen')
    .option('--passphrase-file <file>', 'passphrase of an encrypted key; asked for at a terminal without it')
    .option('--config <file>', 'config of a gate: takes site, time zone, longest life and office from it')
    .option('--site <id>', 'site the pass is for');
  addPassOptions(command);
  addTableOptions(command);
  command.action(issue);
}

function addPassOptions(command: Command): void {
  command
    .addOption(new Option('--kind <kind>', 'kind of pass').choices(PASS_KINDS))
    .addOption(
      new Option('--holder <ref>', 'pseudonym of household or person, 12 hex characters')
        .argParser(hexBytes(6))
        .conflicts('holderName'),
    )
    .option('--holder-name <name>', 'make the pseudonym from this name and --holder-secret')
    .option('--holder-secret <file>', 'secret of the site that keys the pseudonyms')
    .addOption(
      new Option('--valid-days <n>', 'days until the day at whose end it ends')
        .argParser(wholeNumber(1, LONGEST_LIFE_DAYS))
        .conflicts('expires'),
    )
    .option(
      '--longest-days <n>',
      `longest life that the gates of the site take (passes.longestLifeDays); ${LONGEST_LIFE_DAYS} without it`,
      wholeNumber(1, LONGEST_LIFE_DAYS),
    )
    .option('--expires <moment>', 'last day, as 2027-01-31, or the first second it is invalid (ISO 8601)')
    .option('--not-before <moment>', 'first day, or the first second it is valid')
    .option(
      '--time-zone <zone>',
      'time zone of the site, for days and cards; that of this computer without it',
      timeZoneName,
    )
    .option('--windows <text>', 'hours in site time, e.g. "Mon-Fri 03:45-05:00; Sat 22:00-06:00"')
    .option('--quota <n/days>', 'household quota, e.g. 1/2: once in two days', quota)
    .option('--label <text>', 'what the guard sees, at most 24 bytes')
    .option('--uses <n>', 'how often it may be used', wholeNumber(1, 65_535))
    .option('--gates <ids>', 'gates it is good for, separated by commas; all without')
    .option('--flags <n>', 'flags of the site', wholeNumber(0, 0xffff_ffff))
    .option(
      '--needs <words>',
      'how the gate is to treat the holder: slow, large-type, speech-at-once, step-free; several with commas',
      needFlags,
    )
    .option('--holder-language <tag>', 'language in which screens speak to the holder, e.g. zh-TW')
    .option(
      '--bind <publickey>',
      "request of the holder's phone, as the phone page shows it: the pass is then only good as a phone code",
      holderKey,
    )
    .option('--reissue <ids>', 'passes this one replaces; they go to the list --revocations', passIds)
    .option('--revocations <file>', 'list of revoked passes, one id a line; what is replaced is added')
    .option(
      '--phone-page <address>',
      'https address of the page for phones: also print the link with which a phone takes the pass; with --csv a leaflet, and cards of bound passes with the link',
      phonePage,
    )
    .option(
      '--qr <file>',
      'also draw the QR code, as .svg or .png; with --phone-page and --bind that of the link',
    );
}

function addTableOptions(command: Command): void {
  command
    .addOption(
      new Option('--csv <file>', 'one pass for each row of this table; see src/cli/README.md').conflicts([
        'holder',
        'holderName',
        'label',
        'bind',
        'qr',
        'revocations',
      ]),
    )
    .option('--out <folder>', 'with --csv: new folder for passes.csv, holders.csv and the card sheets')
    .option('--telephone <text>', 'with --csv: telephone of the office, on the cards')
    .option('--office-hours <text>', 'with --csv: when somebody answers there, e.g. "8:00 - 18:00"')
    .option('--site-name <name>', 'with --csv: name of the site on the cards; its id without it')
    .addOption(
      new Option('--language <language>', 'with --csv: language of the cards')
        .choices(['zh-CN', 'zh-TW', 'en'])
        .default('zh-CN'),
    )
    .addOption(
      new Option('--paper <size>', 'with --csv: size of the sheets').choices(['a4', 'letter']).default('a4'),
    )
    .option(
      '--qr-size <mm>',
      'with --csv: side of the QR codes without their margin',
      wholeNumber(25, 40),
      36,
    )
    .option('--pdf', 'with --csv: also print the sheets to PDF with the installed Chromium');
}

async function issue(given: GivenOptions): Promise<void> {
  const options = withConfig(given);
  const { kind, csv, out, reissue = [] } = options;
  if (csv === undefined && kind === undefined) throw new GatepostError('usage', 'Say which --kind of pass.');
  if (csv !== undefined && out === undefined) {
    throw new GatepostError('usage', 'Say where to with --out FOLDER; it is made new.');
  }
  if (csv === undefined && reissue.length > 0 && options.revocations === undefined) {
    throw new GatepostError('usage', 'Say which list the replaced passes go to with --revocations FILE.');
  }
  const timeZone = options.timeZone ?? ownTimeZone();
  const { expires, notBefore, ...rest } = options;
  const order = {
    ...rest,
    ...(expires === undefined ? {} : { expires: momentOf('--expires', expires, timeZone, 'end') }),
    ...(notBefore === undefined ? {} : { notBefore: momentOf('--not-before', notBefore, timeZone, 'begin') }),
  };
  const how: Issue = {
    site: options.site,
    nowS: Math.floor(Date.now() / 1000),
    timeZone,
    longestDays: options.longestDays ?? LONGEST_LIFE_DAYS,
    signer: await signingKey(options.key, options.passphraseFile),
    ...(options.holderSecret === undefined ? {} : { holderSecret: readSecret(options.holderSecret) }),
  };
  if (csv !== undefined && out !== undefined) {
    await issuePassTable({ csv, out, defaults: order, replaced: reissue, issue: how, table: options });
  } else if (kind !== undefined) {
    await issueOne({ ...order, kind }, how);
  }
}

/** Options take precedence over the config of a gate. */
function withConfig({ config: path, ...given }: GivenOptions): Options {
  const { site, passes } = path === undefined ? {} : loadGateConfig(path).config;
  const { telephone, hours } = site?.office ?? {};
  const known = {
    ...(site === undefined ? {} : { site: site.id, siteName: site.name, timeZone: site.timeZone }),
    ...(passes === undefined ? {} : { longestDays: passes.longestLifeDays }),
    ...(telephone === undefined ? {} : { telephone }),
    ...(hours === undefined ? {} : { officeHours: hours }),
  };
  const options = { ...known, ...given };
  if (options.site === undefined)
    throw new GatepostError('usage', 'Say which --site the pass is for, or --config FILE of a gate there.');
  return { ...options, site: options.site };
}

function momentOf(name: string, written: string, timeZone: string, day: 'begin' | 'end'): number {
  return ofOption(name, () => readMoment(written, { timeZone, day }));
}

async function issueOne(
  options: PassOrder & HandOut & Pick<Options, 'revocations' | 'reissue'>,
  how: Issue,
): Promise<void> {
  const pass = issuePass(options, how);
  const { claims } = pass;
  console.error(`Valid until ${showMoment(claims.expiresAt, how.timeZone)}, the first second it is invalid.`);
  if (how.holderSecret !== undefined) console.error(checkLine(how.holderSecret));
  await handOut(pass, options, () => {
    if (options.revocations !== undefined) appendLines(options.revocations, options.reissue ?? []);
  });
}
