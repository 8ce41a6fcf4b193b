import type { Command } from 'commander';
import { askTimedated } from '../../adapters/clock/kernel-watch.ts';
import { SystemClock } from '../../adapters/clock/system-clock.ts';
import { asOwner } from '../../adapters/files/store-owner.ts';
import { createLogger } from '../../adapters/logging/pino-logger.ts';
import { readKeptClock, setKeptClock } from '../../adapters/sqlite/clock-file.ts';
import { GatepostError } from '../../core/errors.ts';
import { JUMP_MS, OUTAGE_MS } from '../../core/time/wall-clock.ts';
import { EARLIEST_SANE_MS } from '../../doctor/clock.ts';
import { latestBelievableMs } from '../../version.ts';
import { commandGroup } from '../command-group.ts';
import { loadGateConfig } from '../config-file.ts';
import { person } from '../person.ts';

const MINUTE_MS = 60_000;
const EXIT_DIFFERS = 1;
const QUALITIES = {
  synced: 'in step with a time service, or vouched for by the site',
  holdover: 'was right and runs on by itself',
  unsynced: 'nothing says that it is right',
} as const;

interface Options {
  readonly config: string;
  readonly confirm?: boolean;
}

/** `gatepost clock --config FILE`, `gatepost clock lower --confirm` and `gatepost clock confirm` */
export function registerClock(program: Command): void {
  const clock = commandGroup(program, 'clock', 'the system clock, and the latest time this gate has believed')
    .option('-c, --config <file>', 'config file of the gate')
    .addHelpText(
      'after',
      `\nWithout a command both are shown. Exit code: 0 they agree, ${EXIT_DIFFERS} a person has to decide.`,
    )
    .action(show);
  clock
    .command('lower')
    .description(
      'take a floor back that lies in the future: what expired since the present time is good again',
    )
    .option('-c, --config <file>', 'config file of the gate, which may be running')
    .option('--confirm', 'the system clock is right: I looked at another one')
    .action((_options: Options, command: Command) => lower(command.optsWithGlobals()));
  clock
    .command('confirm')
    .description('say that the system clock is right although it is far ahead, or no time service is there')
    .option('-c, --config <file>', 'config file of the gate, which may be running')
    .action((_options: Options, command: Command) => confirm(command.optsWithGlobals()));
}

async function show(options: Options): Promise<void> {
  const { folder, clock } = await placeOf(options);
  const { wallMs, quality } = clock.read();
  const { floorMs } = readKeptClock(folder);
  console.log(`System clock  ${iso(wallMs)}, ${QUALITIES[quality]}`);
  console.log(`Floor         ${floorMs === 0 ? 'none: no time was believed yet' : iso(floorMs)}`);
  const advice = adviceOn(wallMs, floorMs);
  if (advice === undefined) return;
  console.log(`\n${advice}`);
  process.exitCode = EXIT_DIFFERS;
}

function adviceOn(systemMs: number, floorMs: number): string | undefined {
  if (floorMs - systemMs > JUMP_MS)
    return `The gate has believed a time ${span(floorMs - systemMs)} ahead of the system clock, so it goes on from there and trusts no time. Set the system clock right if it is behind (timedatectl). If it is right: gatepost clock lower --confirm`;
  if (floorMs > 0 && systemMs - floorMs > OUTAGE_MS)
    return `The system clock is ${span(systemMs - floorMs)} ahead of the gate, which waits for 15 minutes in step with a time service. If the system clock is right: gatepost clock confirm`;
  return undefined;
}

async function lower(options: Options): Promise<void> {
  const place = await placeOf(options);
  const { wallMs } = place.clock.read();
  const { floorMs } = readKeptClock(place.folder);
  if (floorMs - wallMs <= JUMP_MS) {
    throw usage('Nothing was changed: the floor of this gate does not lie ahead of the system clock.');
  }
  if (options.confirm !== true) {
    const back = `from ${iso(floorMs)} to ${iso(wallMs)}`;
    throw usage(
      `Nothing was changed. Lowering the floor ${back} makes passes good again that expired in between. Compare the system clock with another one, then add --confirm.`,
    );
  }
  set(place, floorMs);
}

async function confirm(options: Options): Promise<void> {
  const place = await placeOf(options);
  const { floorMs } = readKeptClock(place.folder);
  if (floorMs - place.clock.read().wallMs > JUMP_MS) {
    throw usage(
      'Nothing was changed: the system clock is behind the floor of this gate. Set it right (timedatectl), or take the floor back: gatepost clock lower',
    );
  }
  set(place, floorMs);
}

type Place = Awaited<ReturnType<typeof placeOf>>;

function set(place: Place, previousMs: number): void {
  const { wallMs } = place.clock.read();
  if (wallMs < EARLIEST_SANE_MS || wallMs > latestBelievableMs()) {
    throw usage(
      `Nothing was changed: the system clock says ${iso(wallMs)}. Set it right first (timedatectl).`,
    );
  }
  setKeptClock(place, place.by);
  const before = previousMs === 0 ? 'none' : iso(previousMs);
  console.log(`The floor is ${iso(wallMs)}; it was ${before}. The log says so.`);
  console.log('A running gate follows within ten seconds.');
}

async function placeOf({ config: path }: Options) {
  if (path === undefined) throw usage('Name the config file of the gate: --config FILE');
  const { data } = await asOwner(() => {
    const { config } = loadGateConfig(path);
    return { folder: config.store.folder, data: { config, by: person() } };
  });
  const { site, gate, store } = data.config;
  const clock = new SystemClock({ trusted: site.clock === 'trust' });
  clock.kernelSays(await askTimedated(), clock.read().monotonicMs);
  const logger = createLogger({ level: 'warn', format: 'plain' });
  return { folder: store.folder, site: site.id, gate: gate.id, clock, logger, by: data.by };
}

function span(ms: number): string {
  const minutes = Math.round(ms / MINUTE_MS);
  if (minutes < 2 * 60) return `${minutes} minutes`;
  return minutes < 2 * 24 * 60 ? `${Math.round(minutes / 60)} hours` : `${Math.round(minutes / 1440)} days`;
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

function usage(message: string): GatepostError {
  return new GatepostError('usage', message);
}
