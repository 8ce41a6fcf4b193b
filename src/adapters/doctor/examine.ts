import { checkAccounts } from './accounts.ts';
import { checkBoard, checkPower } from './board.ts';
import { type BrokerFacts, checkBroker } from './broker.ts';
import { type ClockFacts, checkClock } from './clock.ts';
import type { Finding } from './finding.ts';
import { checkGpio, type GpioFacts } from './gpio.ts';
import type { Machine } from './machine.ts';
import { checkProgram, type ProgramFacts } from './program.ts';
import { checkDevices, type DeviceUse } from './serial-lines.ts';
import { checkService } from './service.ts';
import { checkLog, checkStorage, type LogFacts } from './storage.ts';

export interface Patient {
  readonly machine: Machine;
  readonly program: ProgramFacts;
  readonly clock: ClockFacts;
  /** What only a sound config tells. */
  readonly config?: {
    readonly gpio: GpioFacts;
    readonly devices: readonly DeviceUse[];
    readonly log: LogFacts;
    readonly broker?: BrokerFacts;
  };
}

/** Every check, in the order in which an installer mends things. */
export async function* examine({ machine, program, clock, config }: Patient): AsyncGenerator<Finding> {
  yield* checkBoard(machine);
  yield* await checkPower(machine);
  yield* await checkProgram(machine, program);
  yield* checkAccounts(machine);
  yield* checkClock(machine, clock);
  if (config !== undefined) {
    yield* await checkGpio(machine, config.gpio);
    yield* checkDevices(machine, config.devices);
    yield* checkStorage(machine, config.log.folder);
    yield* checkLog(machine, config.log);
    if (config.broker !== undefined) yield* await checkBroker(config.broker);
  }
  yield* await checkService(machine);
}
