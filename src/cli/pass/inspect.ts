import type { Command } from 'commander';
import { visitorPublicKey } from '../../adapters/files/kept-key.ts';
import type { Config } from '../../config/schema.ts';
import { trustedKeysOf } from '../../config/trusted-keys.ts';
import { orderReasons, type Reason } from '../../core/access/reasons.ts';
import { toHex } from '../../core/encoding/hex.ts';
import { GatepostError } from '../../core/errors.ts';
import { checkPass, type VerifiedPass } from '../../core/pass/check-pass.ts';
import { STEP_SECONDS } from '../../core/pass/dynamic-code.ts';
import { parsePass } from '../../core/pass/parse-pass.ts';
import type { TrustedKey } from '../../core/pass/pass.ts';
import { createTrust, readPass, type Trust } from '../../core/pass/read-pass.ts';
import { ownVisitorKey } from '../../core/pass/visitor-pass.ts';
import { judgeCodeText } from '../../core/scan/scanned-code.ts';
import { timeZoneProblem } from '../../core/time/time-zone.ts';
import { commandGroup } from '../command-group.ts';
import { loadGateConfig } from '../config-file.ts';
import { readMoment } from '../moments.ts';
import { ofOption, publicKeys } from '../option-values.ts';
import { LONGEST_LIFE_DAYS } from './order.ts';
import { type Inspection, reportAsJson, reportInWords } from './report.ts';

const LONGEST_LIFE_S = LONGEST_LIFE_DAYS * 86_400;
const EXIT_REFUSED = 1;
/** Four times the longest pass; longer input is cut, and is then still too long for a pass. */
const MAX_INPUT_BYTES = 4096;

interface Options {
  readonly config?: string;
  readonly issuer?: readonly Uint8Array[];
  readonly site?: string;
  readonly timeZone?: string;
  readonly gate?: string;
  readonly now?: string;
  readonly json?: boolean;
}

/** The site, gate and keys to check against. */
interface Place {
  readonly trust: Trust;
  readonly site?: string;
  readonly gate?: string;
  readonly timeZone: string;
  readonly longestPassLifeS: number;
  readonly kinds?: Config['passes']['kinds'];
}

/** `gatepost pass inspect [TEXT|-]`: exit code 0 valid, 1 refused, 2 wrong use. */
export function registerPassInspect(program: Command): void {
  commandGroup(program, 'pass', 'make and explain passes')
    .command('inspect')
    .description('explain a pass: every field, and whether and why a kiosk would refuse it')
    .argument('[text]', 'text of the pass; read from standard input without it or with -')
    .option('--config <file>', 'take issuers, site, gate and time zone from this config')
    .option('--issuer <key>', 'public key that is believed, hex or base64url; may be repeated', publicKeys)
    .option('--site <id>', 'site where the pass is shown')
    .option('--time-zone <name>', 'time zone of the site (UTC without it)')
    .option('--gate <id>', 'gate where the pass is shown')
    .option('--now <moment>', 'moment of the check, or a day of the site, instead of now')
    .option('--json', 'answer as JSON')
    .addHelpText('after', '\nExit code: 0 valid, 1 refused, 2 wrong use.')
    .action(async (argument: string | undefined, options: Options) => {
      const text = argument === undefined || argument === '-' ? await readInput() : argument;
      const place = placeOf(options);
      const inspection = inspectShown(text, place, momentOf(options.now, place.timeZone));
      const lines =
        options.json === true ? [reportAsJson(inspection)] : reportInWords(inspection, place.timeZone);
      for (const line of lines) console.log(line);
      if (inspection.verdict === 'refused') process.exitCode = EXIT_REFUSED;
    });
}

function momentOf(written: string | undefined, timeZone: string): number {
  return written === undefined
    ? Math.floor(Date.now() / 1000)
    : ofOption('--now', () => readMoment(written, { timeZone, day: 'begin' }));
}

/** The result of a kiosk whose scanner reads this text. */
function inspectShown(text: string, place: Place, now: number): Inspection {
  const code = judgeCodeText(text, Buffer.byteLength(text));
  if (code?.type !== 'rejected') return inspect(code?.text ?? '', place, now);
  const detail = `No scanner gives this out as one code (${code.cause})`;
  return { now, verdict: 'refused', reasons: ['gp:MalformedPass'], detail, verified: false };
}

function inspect(text: string, place: Place, now: number): Inspection {
  const reading = readPass(text, place.trust);
  if (reading.status === 'verified') {
    const { form, keyId, issuer, claims, host, step } = reading;
    const reasons = check(reading, place, now);
    return {
      now,
      verdict: reasons.length === 0 ? 'valid' : 'refused',
      reasons,
      verified: true,
      form,
      keyId,
      issuer: issuer.name,
      claims,
      ...(host === undefined ? {} : { host }),
      ...stepAge(step, now),
    };
  }
  const refused = {
    now,
    verdict: 'refused',
    reasons: [reading.reason],
    detail: reading.detail,
    verified: false,
  } as const;
  const parsed = parsePass(text);
  if (parsed.status === 'unreadable') return refused;
  const { cose, claims, host, proof } = parsed;
  const unbound = host === undefined ? 'GP1' : 'GG1';
  const form = proof === undefined ? unbound : 'GR1';
  const keyId = toHex(cose.keyId);
  return {
    ...refused,
    form,
    keyId,
    claims,
    ...(host === undefined ? {} : { host: host.claims }),
    ...stepAge(proof?.step, now),
  };
}

function check(pass: VerifiedPass, place: Place, now: number): Reason[] {
  const { site, gate, timeZone, longestPassLifeS, kinds } = place;
  if (site === undefined) throw usage('Name the site where the pass is shown: --site ID or --config FILE.');
  if (gate === undefined && pass.claims.gates !== undefined) {
    throw usage('This pass is for certain gates only; name the gate where it is shown: --gate ID.');
  }
  const reasons = checkPass(pass, {
    site,
    gate: gate ?? '',
    timeZone,
    clock: { wallMs: now * 1000, monotonicMs: 0, quality: 'synced' },
    longestPassLifeS,
    stepSeen: false,
  });
  const isKindAllowed = kinds === undefined || kinds.includes(pass.claims.kind);
  return isKindAllowed ? reasons : orderReasons([...reasons, 'Unauthorized']);
}

function stepAge(step: number | undefined, now: number): { step?: number; stepAgeSeconds?: number } {
  return step === undefined ? {} : { step, stepAgeSeconds: now - step * STEP_SECONDS };
}

/** Options take precedence over the config. */
function placeOf(options: Options): Place {
  const config = options.config === undefined ? undefined : loadGateConfig(options.config).config;
  const site = options.site ?? config?.site.id;
  const gate = options.gate ?? config?.gate.id;
  return {
    trust: createTrust(
      options.issuer === undefined && config !== undefined
        ? [...trustedKeysOf(config), ...deskKeys(config)]
        : (options.issuer ?? []).map((publicKey, index) => ({
            publicKey,
            name: `--issuer ${index + 1}`,
            status: 'active',
          })),
    ),
    ...(site === undefined ? {} : { site }),
    ...(gate === undefined ? {} : { gate }),
    timeZone: checkedTimeZone(options.timeZone ?? config?.site.timeZone ?? 'UTC'),
    longestPassLifeS: config === undefined ? LONGEST_LIFE_S : config.passes.longestLifeDays * 86_400,
    ...(config === undefined ? {} : { kinds: config.passes.kinds }),
  };
}

/** The kiosk's own key for visitors, where its desk makes passes and has made the key already. */
function deskKeys({ passes: { atDesk }, store, site, gate }: Config): readonly TrustedKey[] {
  const publicKey = atDesk && visitorPublicKey(store.folder);
  if (atDesk === undefined || publicKey === undefined) return [];
  return [ownVisitorKey(publicKey, { site: site.id, gate: gate.id, longestS: atDesk.longestHours * 3600 })];
}

function checkedTimeZone(name: string): string {
  const problem = timeZoneProblem(name);
  if (problem === undefined) return name;
  throw usage(`"${name}" is no time zone: it ${problem}.`);
}

/** Standard input without the line end that a shell or an editor adds. */
async function readInput(): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of process.stdin) {
    const bytes = Buffer.from(chunk);
    chunks.push(bytes);
    length += bytes.length;
    if (length >= MAX_INPUT_BYTES) break;
  }
  return Buffer.concat(chunks).toString('utf8', 0, MAX_INPUT_BYTES);
}

function usage(message: string): GatepostError {
  return new GatepostError('usage', message);
}
