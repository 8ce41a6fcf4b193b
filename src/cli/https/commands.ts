import { writeSync } from 'node:fs';
import { type Command, Option } from 'commander';
import { askTimedated } from '../../adapters/clock/kernel-watch.ts';
import { SystemClock } from '../../adapters/clock/system-clock.ts';
import { asOwner } from '../../adapters/files/store-owner.ts';
import { readOwn } from '../../adapters/tls/own-files.ts';
import type { Config } from '../../config/schema.ts';
import { inGroups } from '../../core/certificate/own-certificate.ts';
import { GatepostError } from '../../core/errors.ts';
import { EARLIEST_SANE_MS } from '../../doctor/clock.ts';
import { latestBelievableMs } from '../../version.ts';
import { commandGroup } from '../command-group.ts';
import { loadGateConfig } from '../config-file.ts';
import { outputFile } from '../output-file.ts';
import { makeOwn } from './make.ts';

interface Options {
  readonly config?: string;
  readonly confirm?: boolean;
  /** Unix milliseconds, from the daemon. */
  readonly time?: string;
  readonly out?: string;
}

/** `gatepost https make`, `show`, `authority` and `renew-authority`: the certificate that a kiosk makes itself. */
export function registerHttps(program: Command): void {
  const group = commandGroup(
    program,
    'https',
    'the certificate that this kiosk makes itself for its screens',
  );
  const command = (name: string, description: string) =>
    group.command(name).description(description).requiredOption('-c, --config <file>', 'config of the gate');
  command(
    'show',
    'the fingerprint of its authority, to be compared on each device, and what ends when',
  ).action(async (options: Options) => show((await placeOf(options)).config));
  command('make', 'make what is missing or due: the authority once, the certificate again and again')
    .option('--confirm', 'the system clock is right: I looked at another one')
    .addOption(new Option('--time <ms>').hideHelp())
    .action((options: Options) => make(options, false));
  command('renew-authority', 'make another authority; every device must be given it anew')
    .option('--confirm', 'the system clock is right, and the devices will be given the new one')
    .action((options: Options) => make(options, true));
  command('authority', 'the authority as a file for the devices; there is no secret in it')
    .requiredOption('-o, --out <file>', 'new file, e.g. gatepost-ca.crt')
    .action(writeAuthority);
}

async function make(options: Options, renewAuthority: boolean): Promise<void> {
  if (renewAuthority && options.confirm !== true)
    throw usage(
      'Nothing was changed. With another authority every device warns until it is given that one. If that is meant, and the system clock is right, add --confirm.',
    );
  const { config } = await placeOf(options);
  const { names, title } = ownOf(config);
  const nowMs = await timeOf(options, config);
  const made = await makeOwn({ folder: config.store.folder, names, title, nowMs, renewAuthority });
  console.log(made.length === 0 ? 'Nothing was due.' : `Made: ${made.join(' and ')}.`);
  show(config);
}

/** A time that somebody vouches for: the daemon, a time service, the site, or the person who asks. */
async function timeOf({ time, confirm }: Options, { site }: Config): Promise<number> {
  const clock = new SystemClock({ trusted: site.clock === 'trust' });
  clock.kernelSays(await askTimedated(), clock.read().monotonicMs);
  const { wallMs, quality } = clock.read();
  const nowMs = time === undefined ? wallMs : Number(time);
  if (!(nowMs >= EARLIEST_SANE_MS && nowMs <= latestBelievableMs()))
    throw usage(`Nothing was made: the clock says ${iso(nowMs)}. Set it right first (timedatectl).`);
  if (time === undefined && confirm !== true && quality === 'unsynced')
    throw usage(
      `Nothing was made: no time service says that ${iso(nowMs)} is right, and a certificate with wrong dates is good for nothing. Compare it with another clock, then add --confirm.`,
    );
  return nowMs;
}

function show(config: Config): void {
  const { names } = ownOf(config);
  const { folder } = config.store;
  const own = readOwn(folder);
  if (own === undefined) {
    console.log('No authority yet. It is made at the start of the gate, or now: gatepost https make');
    return;
  }
  const { authority, screens } = own;
  const [first, second] = inGroups(authority.fingerprint);
  console.log(`Authority of this kiosk, good until ${iso(authority.notAfterMs).slice(0, 10)}. SHA-256:`);
  console.log(`  ${first}\n  ${second}`);
  console.log(
    screens?.isByAuthority !== true
      ? 'No certificate by it yet: gatepost https make'
      : `Certificate for ${names.join(', ')}, good until ${iso(screens.facts.notAfterMs).slice(0, 10)}; it is renewed by itself.`,
  );
}

async function writeAuthority({ config, out = '' }: Options): Promise<void> {
  if (config === undefined) return;
  const {
    data,
    file = -1,
    finish,
  } = await asOwner(() => {
    const { folder } = loadGateConfig(config).config.store;
    return { folder, data: { folder }, ...outputFile(out) };
  });
  let isDone = false;
  try {
    const own = readOwn(data.folder);
    if (own === undefined) throw usage('There is no authority yet: gatepost https make');
    writeSync(file, own.authority.cert);
    isDone = true;
  } finally {
    finish?.(isDone);
  }
}

async function placeOf({ config: path = '' }: Options): Promise<{ readonly config: Config }> {
  const { data } = await asOwner(() => {
    const { config } = loadGateConfig(path);
    return { folder: config.store.folder, data: { config } };
  });
  return data;
}

/** @throws GatepostError `usage` where the kiosk makes no certificate */
function ownOf({ web, site, gate }: Config) {
  const { https } = web;
  if (https === undefined)
    throw usage('The config asks for no HTTPS: write web.https with the host names of this kiosk.');
  if (https.certFile !== undefined)
    throw usage(`The certificate is the site's own (${https.certFile}): this kiosk makes none.`);
  return { names: [...https.hostNames, ...https.addresses], title: `${site.name}, ${gate.name}` };
}

function iso(ms: number): string {
  return Number.isFinite(ms) ? new Date(ms).toISOString() : String(ms);
}

function usage(message: string): GatepostError {
  return new GatepostError('usage', message);
}
