import { messageOf } from '../core/errors.ts';
import { accountOf, checkAccounts } from './accounts.ts';
import { type BackupFacts, checkBackups } from './backups.ts';
import { checkBoard, checkPower } from './board.ts';
import { type BrokerFacts, checkBroker } from './broker.ts';
import { type ClockFacts, checkClock } from './clock.ts';
import { checkDeviceStates } from './device-states.ts';
import { checkDevices } from './devices.ts';
import { type Finding, fail, inTime, ok, warn } from './finding.ts';
import { checkGpio, type GpioFacts } from './gpio.ts';
import { Holders } from './holders.ts';
import { checkHttps, type HttpsFacts } from './https.ts';
import { checkLists } from './lists.ts';
import type { DeviceUse, Machine } from './machine.ts';
import { checkPrinter, type PrinterLook } from './printer.ts';
import { checkProgram, type ProgramFacts } from './program.ts';
import { checkPush, type PushFacts } from './push.ts';
import { checkWeb, type WebFacts } from './screens.ts';
import { checkFiles, type FileUse } from './secrets.ts';
import { checkServers, type ServerFacts } from './servers.ts';
import { checkService, checkWatchdog, readUnit } from './service.ts';
import { checkLog, checkSandbox, checkStorage, type LogFacts } from './storage.ts';

/** Longest time of a check. The broker's is the longest, with eight connections and seven answers of 10 s. */
const CHECK_MS = 160_000;

export interface Installation {
  readonly machine: Machine;
  readonly program: ProgramFacts;
  readonly clock: ClockFacts;
  /** Known only from a valid config. */
  readonly config?: {
    /** Whether it is the config that the unit names. */
    readonly isOfService: boolean;
    readonly files: readonly FileUse[];
    readonly gpio: GpioFacts;
    readonly devices: readonly DeviceUse[];
    /** Asks the receipt printer, where there is one that answers; undefined: it cannot be opened. */
    readonly printer?: () => Promise<PrinterLook | undefined>;
    readonly log: LogFacts;
    readonly web: WebFacts;
    readonly https?: HttpsFacts;
    /** In their order; none where the gate works for itself. */
    readonly brokers?: readonly BrokerFacts[];
    readonly backups?: BackupFacts;
    readonly servers?: ServerFacts;
    readonly push?: readonly PushFacts[];
  };
}

type Check = readonly [name: string, check: () => readonly Finding[] | Promise<readonly Finding[]>];

/** Runs every check, in the order in which an installer corrects things. One that fails does not stop the others. */
export async function* examine(installation: Installation): AsyncGenerator<Finding> {
  for (const [name, check] of await checksFor(installation)) {
    try {
      yield* await inTime(check(), CHECK_MS);
    } catch (error) {
      const text = `The check "${name}" could not be made: ${messageOf(error)}`;
      yield fail(name, text, 'Run gatepost doctor again as root; tell the makers of Gatepost if it stays.');
    }
  }
}

async function checksFor({ machine, program, clock, config }: Installation): Promise<readonly Check[]> {
  const unit = await readUnit(machine);
  const account = accountOf(machine, unit);
  const holders = new Holders(machine.processes(), unit);
  const ofMachine: Check[] = [
    ['asker', () => checkAsker(machine)],
    ['kernel', () => checkBoard(machine)],
    ['power', () => checkPower(machine)],
    ['program', () => checkProgram(machine, program)],
    ['accounts', () => checkAccounts(machine, unit)],
    ['clock', () => checkClock(machine, clock)],
  ];
  const ofConfig: Check[] =
    config === undefined
      ? []
      : [
          ['files', () => checkFiles(machine, { account, uses: config.files, nowMs: clock.nowMs })],
          ['gpio', () => checkGpio(machine, config.gpio, account)],
          ['device', () => checkDevices(machine, config.devices, { account, holders })],
          ['device', () => askPrinter(config.printer)],
          ['device', () => checkDeviceStates(config.log.readStates?.() ?? [])],
          ['storage', () => checkStorage(machine, config.log.folder)],
          ['storage', () => (config.isOfService ? checkSandbox(config.log.folder, unit) : [])],
          ['log', () => checkLog(machine, config.log, account)],
          ['backup', () => (config.backups === undefined ? [] : checkBackups(config.backups, clock.nowMs))],
          ['lists', async () => checkLists((await config.log.readLists?.()) ?? [])],
          ['web', () => checkWeb(machine, config.web, holders)],
          ['https', () => (config.https === undefined ? [] : checkHttps(machine, config.https, clock.nowMs))],
          ['broker', () => askBrokers(config.brokers)],
          ['servers', () => (config.servers === undefined ? [] : checkServers(config.servers, clock.nowMs))],
          ['push', () => checkPush(config.push ?? [])],
        ];
  return [
    ...ofMachine,
    ...ofConfig,
    ['watchdog', () => checkWatchdog(machine)],
    ['service', () => checkService(machine, unit)],
  ];
}

/** What cannot be opened is said where its path is looked at. */
async function askPrinter(ask: (() => Promise<PrinterLook | undefined>) | undefined) {
  const look = await ask?.();
  return look === undefined ? [] : checkPrinter(look);
}

function checkAsker({ isAskedByRoot }: Machine): Finding[] {
  if (isAskedByRoot) return [];
  const text = 'Not asked by root: files of others and what other programs have open cannot be seen.';
  return [warn('asker', text, 'sudo gatepost doctor')];
}

async function askBrokers(brokers: readonly BrokerFacts[] = []): Promise<readonly Finding[]> {
  if (brokers.length > 0) return (await Promise.all(brokers.map(checkBroker))).flat();
  return [ok('broker', 'No broker of a central server is set: the gate works for itself.')];
}
