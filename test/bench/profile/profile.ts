import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { SystemClock } from '../../../src/adapters/clock/system-clock.ts';
import { Mosquitto } from '../../support/broker/mosquitto.ts';
import { DaemonProcess } from '../daemon.ts';
import { countAsPublished, filledStore, freshFolder } from '../filled-store.ts';
import { Gauge } from '../gauge.ts';
import { Lane } from '../lane.ts';
import { PassSupply } from '../pass-supply.ts';
import { type Line, printTable } from '../report.ts';
import { STAGES, timeOfStages } from './stages.ts';

const PASSES = 60;
/** People come one by one: in a loop without pauses everything is in the processor's caches, at a gate nothing is. */
const GAP_MS = 1_000;
const SETTLING_MS = 3_000;
const SAMPLE_US = 100;
/** A year of a small site. */
const STORE = { events: 100_000, holders: 100_000 };

/** Where the processor time of a passage goes, stage by stage: the shipped daemon with a broker, a pass a second. */
export async function measureProfile(): Promise<readonly Line[]> {
  const folder = freshFolder('profile');
  const broker = await Mosquitto.start();
  const lane = await Lane.open('profile', folder, false);
  const passes = new PassSupply();
  const gauge = new Gauge();
  const store = await filledStore(STORE);
  try {
    countAsPublished(store);
    const daemon = await DaemonProcess.start({
      ...{ folder, store, lanes: [lane.devices], issuerKey: passes.publicKey, brokerUrl: broker.url },
      nodeArguments: ['--cpu-prof', `--cpu-prof-dir=${folder}`, `--cpu-prof-interval=${SAMPLE_US}`],
    });
    const fromS = (daemon.readyAfterMs + SETTLING_MS) / 1000;
    await pause(SETTLING_MS);
    await gauge.open([lane.ends]);
    await lane.begin(new SystemClock());
    for (let shown = 0; shown < PASSES; shown++) {
      await lane.ready();
      lane.occupy();
      if ((await gauge.shoot(lane.id, passes.next())) === undefined)
        throw new Error('A pass that was shown opened nothing.');
      await pause(GAP_MS);
    }
    await daemon.stop();
    return report(timeOfStages(profileIn(folder), fromS));
  } finally {
    await gauge.close();
    await lane.close();
    await broker.stop();
  }
}

function profileIn(folder: string): string {
  // The daemon's own; its threads have files with other numbers.
  const [file] = readdirSync(folder)
    .filter((name) => name.endsWith('.0.001.cpuprofile'))
    .sort();
  if (file === undefined) throw new Error(`There is no profile in ${folder}.`);
  return join(folder, file);
}

function report(times: ReadonlyMap<string, number>): readonly Line[] {
  const ms = (us: number) => (us / 1000 / PASSES).toFixed(3);
  const all = [...times.values()].reduce((sum, us) => sum + us, 0);
  printTable([
    ['ms of a passage', ''],
    ...Object.keys(STAGES).map((stage) => [stage, ms(times.get(stage) ?? 0)]),
    ['all', ms(all)],
  ]);
  // A function that has another name now would leave its stage empty.
  const empty = Object.keys(STAGES).filter((stage) => (times.get(stage) ?? 0) === 0);
  return [
    {
      what: 'stages of a passage that were seen',
      measured: empty.length === 0 ? 'all' : `not ${empty.join(', ')}`,
      target: 'all',
      reached: empty.length === 0,
    },
  ];
}
