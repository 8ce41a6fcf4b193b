import type { Command } from 'commander';
import { findHeaderChip } from '../../hardware/gpio/chip.ts';
import { TimeSigns } from '../adapters/clock/time-signs.ts';
import { examine, type Patient } from '../adapters/doctor/examine.ts';
import { type Finding, fail, type Grade, ok } from '../adapters/doctor/finding.ts';
import type { GpioUse } from '../adapters/doctor/gpio.ts';
import { Machine } from '../adapters/doctor/machine.ts';
import type { DeviceUse } from '../adapters/doctor/serial-lines.ts';
import { MqttBroker } from '../adapters/mqtt/mqtt-broker.ts';
import { openReadOnly } from '../adapters/sqlite/log-reader.ts';
import { loadConfig } from '../config/load-config.ts';
import type { Config } from '../config/schema.ts';
import { GatepostError, isGatepostError } from '../core/errors.ts';
import { packageRoot } from '../version.ts';

const INSTALLED_CONFIG = '/etc/gatepost/gatepost.yaml';

/** 0 all is well, 1 something could be better, 2 something does not work. */
const EXIT_CODES: Readonly<Record<Grade, number>> = { ok: 0, warn: 1, fail: 2 };

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
  const { config, finding } = readConfig(path);
  const findings: Finding[] = [];
  const tell = (one: Finding): void => {
    findings.push(one);
    if (!json) console.log(lineOf(one));
  };
  if (finding !== undefined) tell(finding);
  for await (const one of examine(patientOf(machine, config))) tell(one);
  const worst = findings.reduce<Grade>(
    (grade, one) => (EXIT_CODES[one.grade] > EXIT_CODES[grade] ? one.grade : grade),
    'ok',
  );
  console.log(json ? JSON.stringify({ grade: worst, findings }, null, 2) : `\n${totalOf(findings)}`);
  process.exitCode = EXIT_CODES[worst];
}

/** A config with mistakes is a finding, not an end: the rest of the machine can be looked at all the same. */
function readConfig(path: string | undefined): { config?: Config; finding?: Finding } {
  if (path === undefined) {
    const text = `There is no ${INSTALLED_CONFIG}, so devices, log and broker are not looked at.`;
    return { finding: { check: 'config', grade: 'warn', text, fix: 'Name the config file with --config.' } };
  }
  try {
    return { config: loadConfig(path).config, finding: ok('config', `${path} is in order.`) };
  } catch (error) {
    if (!(error instanceof GatepostError)) throw error;
    return { finding: fail('config', error.message, `gatepost config check ${path}`) };
  }
}

function lineOf({ grade, text, fix }: Finding): string {
  const line = `${grade.padEnd(4)}  ${text}`;
  return fix === undefined ? line : `${line}\n      -> ${fix}`;
}

function totalOf(findings: readonly Finding[]): string {
  const count = (grade: Grade): number => findings.filter((one) => one.grade === grade).length;
  return `${count('ok')} ok, ${count('warn')} warnings, ${count('fail')} failures`;
}

function patientOf(machine: Machine, config: Config | undefined): Patient {
  const uses = config === undefined ? [] : gpioUses(config);
  return {
    machine,
    program: {
      node: process.versions.node,
      folder: packageRoot(),
      needsOnoff: uses.some(({ driver }) => driver === 'onoff'),
      load: (name) => import(name),
    },
    clock: { quality: new TimeSigns().quality(Date.now(), 0), nowMs: Date.now() },
    ...(config === undefined ? {} : { config: factsOf(config, uses) }),
  };
}

function factsOf(config: Config, uses: readonly GpioUse[]): NonNullable<Patient['config']> {
  const broker = brokerOf(config);
  return {
    gpio: { uses, findChip: findHeaderChip },
    devices: deviceUses(config),
    log: { folder: config.store.folder, readHead: () => readHead(config.store.folder) },
    ...(broker === undefined ? {} : { broker }),
  };
}

function gpioUses({ doors }: Config): GpioUse[] {
  return Object.entries(doors).flatMap(([id, { lock, contact, inputs = {}, signals = {} }]) => [
    ...(lock.driver === 'simulated'
      ? []
      : [
          {
            place: `doors.${id}.lock`,
            driver: lock.driver,
            led: (lock.driver === 'leds' ? lock.led : undefined) ?? `gatepost:${id}`,
          },
        ]),
    ...(contact === undefined || contact.driver === 'simulated'
      ? []
      : [{ place: `doors.${id}.contact`, driver: contact.driver }]),
    ...Object.keys(inputs).map((name) => ({ place: `doors.${id}.inputs.${name}`, driver: 'auto' as const })),
    ...Object.keys(signals).map((name) => ({
      place: `doors.${id}.signals.${name}`,
      driver: 'auto' as const,
      led: `gatepost:${id}-${name}`,
    })),
  ]);
}

/** Every device of an access point that is a node in /dev. */
function deviceUses({ accessPoints }: Config): DeviceUse[] {
  return Object.entries(accessPoints).flatMap(([id, accessPoint]) =>
    Object.entries(accessPoint).flatMap(([role, device]) =>
      typeof device === 'object' && 'path' in device && device.path?.startsWith('/')
        ? [{ place: `accessPoints.${id}.${role}`, path: device.path }]
        : [],
    ),
  );
}

function brokerOf({ site, gate, mqtt }: Config) {
  if (mqtt === undefined || mqtt.url === 'embedded') return undefined;
  const { url, protocol, embeddedPort: _port, ...credentials } = mqtt;
  return {
    broker: new MqttBroker({ ...credentials, url, protocol, clientId: `${gate.id}-doctor` }),
    protocol,
    root: `gates/v1/${site.id}/${gate.id}`,
  };
}

/** The end of the log, if its row and its newest event agree. */
function readHead(folder: string): { sequence: number; hash: string } | undefined {
  let reader: ReturnType<typeof openReadOnly>;
  try {
    reader = openReadOnly(folder);
  } catch (error) {
    if (isGatepostError(error, 'log.unavailable') && !new Machine().exists(folder)) return undefined;
    throw error;
  }
  try {
    const head = reader.head();
    const newest = reader.newest(1)[0]?.sequence ?? 0;
    if (head !== undefined && newest !== head.sequence && newest !== 0) {
      throw new GatepostError(
        'log.damaged',
        `The log ends with event ${newest}, but says that it ends with ${head.sequence}.`,
      );
    }
    return head;
  } finally {
    reader.close();
  }
}
