import type { Command } from 'commander';
import { askTimedated } from '../../adapters/clock/kernel-watch.ts';
import { TimeSigns } from '../../adapters/clock/time-signs.ts';
import { readKeptClock } from '../../adapters/sqlite/clock-file.ts';
import type { Config } from '../../config/schema.ts';
import { warningsOf } from '../../config/warnings.ts';
import { GatepostError } from '../../core/errors.ts';
import type { KeptTime } from '../../core/time/wall-clock.ts';
import type { ClockFacts } from '../../doctor/clock.ts';
import { examine, type Installation } from '../../doctor/examine.ts';
import { type Finding, fail, type Grade, ok, warn } from '../../doctor/finding.ts';
import { Machine } from '../../doctor/machine.ts';
import { packageRoot } from '../../version.ts';
import { loadGateConfig } from '../config-file.ts';
import { factsOf, gpioUses } from './doctor-facts.ts';

const INSTALLED_CONFIG = '/etc/gatepost/gatepost.yaml';

/** 0 everything is well, 1 something could be better, 2 something does not work. */
const EXIT_CODES: Readonly<Record<Grade, number>> = { ok: 0, warn: 1, fail: 2 };

/** Time for a reader of the output to take the last lines. */
const LAST_WORDS_MS = 1_000;

interface DoctorOptions {
  readonly config?: string;
  readonly json?: boolean;
}

/** `gatepost doctor [--config FILE] [--json]` */
export function registerDoctor(program: Command): void {
  program
    .command('doctor')
    .description('look for what keeps a gate from working, and say how to mend it')
    .option('-c, --config <file>', `config file; ${INSTALLED_CONFIG} when it is there`)
    .option('--json', 'answer as JSON')
    .addHelpText(
      'after',
      '\nExit code: 0 all is well, 1 something could be better, 2 something does not work.',
    )
    .action(doctor);
}

async function doctor({ config: file, json = false }: DoctorOptions): Promise<void> {
  const machine = new Machine();
  const path = file ?? (machine.exists(INSTALLED_CONFIG) ? INSTALLED_CONFIG : undefined);
  const { config, finding } = readConfig(machine, path);
  const findings: Finding[] = [];
  const tell = (one: Finding): void => {
    findings.push(one);
    if (!json) console.log(lineOf(one));
  };
  tell(finding);
  for await (const one of examine(await installationOf(machine, path, config))) tell(one);
  const worst = findings.reduce<Grade>(
    (grade, one) => (EXIT_CODES[one.grade] > EXIT_CODES[grade] ? one.grade : grade),
    'ok',
  );
  console.log(json ? JSON.stringify({ grade: worst, findings }, null, 2) : `\n${totalOf(findings)}`);
  process.exitCode = EXIT_CODES[worst];
  // A name server that does not answer would keep the process alive long after its check was given up.
  setTimeout(() => process.exit(), LAST_WORDS_MS).unref();
}

/** A config with mistakes is a finding and not the end: the rest of the machine can still be checked. */
function readConfig(machine: Machine, path: string | undefined): { config?: Config; finding: Finding } {
  if (path === undefined) {
    const text = `There is no ${INSTALLED_CONFIG} to be seen, so devices, log and broker are not looked at.`;
    const fix = machine.isAskedByRoot ? 'Name the config file with --config.' : 'sudo gatepost doctor';
    return { finding: warn('config', text, fix) };
  }
  try {
    const { config } = loadGateConfig(path);
    const remarks = warningsOf(config, Date.now()).length;
    const hint = remarks === 0 ? '' : ` "gatepost config check ${path}" has ${remarks} remarks on it.`;
    return { config, finding: ok('config', `${path} is in order.${hint}`) };
  } catch (error) {
    if (!(error instanceof GatepostError)) throw error;
    const isHidden = error.code === 'config.unreadable' && !machine.isAskedByRoot;
    const fix = isHidden ? 'sudo gatepost doctor' : `Mend the file, then: gatepost config check ${path}`;
    return { finding: fail('config', error.message, fix) };
  }
}

function lineOf({ grade, text, fix }: Finding): string {
  const line = `${grade.padEnd(4)}  ${text.replaceAll('\n', '\n      ')}`;
  return fix === undefined ? line : `${line}\n      -> ${fix}`;
}

function totalOf(findings: readonly Finding[]): string {
  const count = (grade: Grade): number => findings.filter((one) => one.grade === grade).length;
  return `${count('ok')} ok, ${count('warn')} warnings, ${count('fail')} failures`;
}

async function installationOf(
  machine: Machine,
  path: string | undefined,
  config: Config | undefined,
): Promise<Installation> {
  const uses = config === undefined ? [] : gpioUses(config);
  const arm = process.config.variables as { readonly arm_version?: string };
  return {
    machine,
    program: {
      node: process.versions.node,
      arch: process.arch,
      ...(arm.arm_version === undefined ? {} : { armVersion: arm.arm_version }),
      folder: packageRoot(),
      needsOnoff: uses.some(({ driver }) => driver === 'onoff'),
      load,
    },
    clock: await clockFacts(config),
    ...(config === undefined
      ? {}
      : { config: factsOf(config, path === INSTALLED_CONFIG ? path : undefined) }),
  };
}

async function clockFacts(config: Config | undefined): Promise<ClockFacts> {
  const signs = new TimeSigns({ trusted: config?.site.clock === 'trust' });
  signs.kernelSays(await askTimedated(), 0);
  const nowMs = Date.now();
  const { quality } = signs.look(nowMs, 0);
  const kept = config === undefined ? undefined : keptClock(config.store.folder);
  return { quality, nowMs, ...(kept === undefined ? {} : { kept }) };
}

/** Another check reports a store that is missing or unreadable. */
function keptClock(folder: string): KeptTime | undefined {
  try {
    return readKeptClock(folder);
  } catch (error) {
    if (error instanceof GatepostError) return undefined;
    throw error;
  }
}

async function load(name: string): Promise<unknown> {
  const loaded: unknown = await import(name);
  // Its compiled part is loaded only with the first database.
  if (name === 'better-sqlite3') new (await import('better-sqlite3')).default(':memory:').close();
  return loaded;
}
