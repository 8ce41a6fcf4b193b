import { createHmac, randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { Option } from 'commander';
import QRCode from 'qrcode';
import { writeNewFile } from '../adapters/files/new-file.ts';
import { readPrivateKey, readSecret } from '../adapters/files/private-key.ts';
import { PASS_KINDS, type PassKind } from '../core/access/vocabulary.ts';
import { GatepostError, isGatepostError } from '../core/errors.ts';
import { createSigner, type Signer, signPass } from '../core/pass/issue-pass.ts';
import type { HolderKey, PassClaims } from '../core/pass/pass.ts';
import { toHex } from '../core/pass/public-key.ts';
import { commandGroup } from './command-group.ts';
import { hexBytes, holderKey, moment, quota, wholeNumber } from './option-values.ts';
import { parseWindows } from './windows-text.ts';

const DAY_S = 86_400;
/** Kiosks refuse longer lives (400 days at most). */
const LONGEST_LIFE_DAYS = 400;

interface Options {
  readonly key: string;
  readonly passphraseFile?: string;
  readonly site: string;
  readonly kind: PassKind;
  readonly holder?: string;
  readonly holderName?: string;
  readonly holderSecret?: string;
  readonly validDays?: number;
  readonly expires?: number;
  readonly notBefore?: number;
  readonly windows?: string;
  readonly quota?: { readonly count: number; readonly days: number };
  readonly label?: string;
  readonly uses?: number;
  readonly gates?: string;
  readonly flags?: number;
  readonly bind?: HolderKey;
  readonly qr?: string;
}

/** `gatepost pass issue …`: prints the text of the pass and nothing else on stdout. */
export function registerPassIssue(program: Command): void {
  commandGroup(program, 'pass', 'make and explain passes')
    .command('issue')
    .description('make a pass and print its text')
    .requiredOption('--key <file>', 'private key of the issuer, from gatepost keygen')
    .option('--passphrase-file <file>', 'passphrase of an encrypted key')
    .requiredOption('--site <id>', 'site the pass is for')
    .addOption(new Option('--kind <kind>', 'kind of pass').choices(PASS_KINDS).makeOptionMandatory())
    .addOption(
      new Option('--holder <ref>', 'pseudonym of household or person, 12 hex characters')
        .argParser(hexBytes(6))
        .conflicts('holderName'),
    )
    .option('--holder-name <name>', 'make the pseudonym from this name and --holder-secret')
    .option('--holder-secret <file>', 'secret of the site that keys the pseudonyms')
    .addOption(
      new Option('--valid-days <n>', 'days until it ends')
        .argParser(wholeNumber(1, LONGEST_LIFE_DAYS))
        .conflicts('expires'),
    )
    .option('--expires <moment>', 'first second it is invalid (Unix seconds or ISO 8601)', moment)
    .option('--not-before <moment>', 'first second it is valid', moment)
    .option('--windows <text>', 'hours in site time, e.g. "Mon-Fri 03:45-05:00; Sat 22:00-06:00"')
    .option('--quota <n/days>', 'household quota, e.g. 1/2: once in two days', quota)
    .option('--label <text>', 'what the guard sees, at most 24 bytes')
    .option('--uses <n>', 'how often it may be used', wholeNumber(1, 65_535))
    .option('--gates <ids>', 'gates it is good for, separated by commas; all without')
    .option('--flags <n>', 'flags of the site', wholeNumber(0, 0xffff_ffff))
    .option(
      '--bind <publickey>',
      "the holder's phone key: the pass is then only good as a phone code",
      holderKey,
    )
    .option('--qr <file>', 'also draw the QR code, as .svg or .png')
    .action(issue);
}

async function issue(options: Options): Promise<void> {
  const claims = claimsOf(options, Math.floor(Date.now() / 1000));
  const signer = createSigner(readPrivateKey(options.key, options.passphraseFile));
  const text = sign(claims, signer);
  if (options.qr !== undefined) await drawQr(options.qr, text);
  console.log(text);
}

function sign(claims: PassClaims, signer: Signer): string {
  try {
    return signPass(claims, signer);
  } catch (error) {
    // A claim out of range came from an option out of range.
    if (isGatepostError(error, 'pass.invalid'))
      throw new GatepostError('usage', error.message, { cause: error });
    throw error;
  }
}

function claimsOf(options: Options, nowS: number): PassClaims {
  const expiresAt = endOf(options, nowS);
  const holderRef = holderRefOf(options);
  const { notBefore, quota: quotaOption, label, uses, flags } = options;
  return {
    site: options.site,
    issuedAt: nowS,
    expiresAt,
    passId: randomBytes(8).toString('hex'),
    kind: options.kind,
    ...(notBefore === undefined ? {} : { notBefore }),
    ...(options.bind === undefined ? {} : { holderKey: options.bind }),
    ...(holderRef === undefined ? {} : { holderRef }),
    ...(options.windows === undefined ? {} : { windows: parseWindows(options.windows) }),
    ...(quotaOption === undefined ? {} : { quota: quotaOption }),
    ...(label === undefined ? {} : { label }),
    ...(uses === undefined ? {} : { uses }),
    ...(options.gates === undefined ? {} : { gates: options.gates.split(',').map((gate) => gate.trim()) }),
    ...(flags === undefined ? {} : { flags }),
  };
}

function endOf({ validDays, expires, notBefore }: Options, nowS: number): number {
  const end = validDays === undefined ? expires : nowS + validDays * DAY_S;
  if (end === undefined)
    throw new GatepostError('usage', 'Say how long it is valid: --valid-days or --expires.');
  if (end <= Math.max(nowS, notBefore ?? 0)) {
    throw new GatepostError('usage', 'The pass would end before it begins; choose a later --expires.');
  }
  if (end - nowS > LONGEST_LIFE_DAYS * DAY_S) {
    throw new GatepostError(
      'usage',
      `A pass lives ${LONGEST_LIFE_DAYS} days at most; choose an earlier --expires.`,
    );
  }
  return end;
}

/** First 6 bytes of HMAC-SHA-256: the same name gives the same pseudonym, and nobody without the secret the name. */
function holderRefOf({ holder, holderName, holderSecret }: Options): string | undefined {
  if (holderName === undefined) return holder;
  if (holderSecret === undefined) {
    throw new GatepostError(
      'usage',
      '--holder-name needs --holder-secret FILE, the secret that keys pseudonyms.',
    );
  }
  const digest = createHmac('sha256', readSecret(holderSecret)).update(holderName.normalize('NFC')).digest();
  return toHex(digest.subarray(0, 6));
}

async function drawQr(path: string, text: string): Promise<void> {
  const settings = { errorCorrectionLevel: 'M', margin: 4 } as const;
  if (path.endsWith('.svg')) {
    writeNewFile(path, await QRCode.toString(text, { ...settings, type: 'svg' }), 0o644);
  } else if (path.endsWith('.png')) {
    writeNewFile(path, await QRCode.toBuffer(text, { ...settings, type: 'png', scale: 8 }), 0o644);
  } else {
    throw new GatepostError('usage', `${path} ends neither in .svg nor in .png.`);
  }
}
