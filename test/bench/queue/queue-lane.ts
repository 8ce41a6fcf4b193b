import { seededRandom } from '../../support/seeded-random.ts';
import { atLeast, type Line, median, percentile, printTable } from '../report.ts';
import { LaneGate } from './lane-gate.ts';
import { drawQueue, PEOPLE, type Visitor } from './people.ts';
import { type Visit, visit } from './visit.ts';

/** Queues of each kind, with the seeds from 1. */
const SEEDS = 20;
/** People a minute (test/bench/README.md#a-lane). */
export const FLOORS = { code: 30, temperature: 20 } as const;

export interface LaneDay {
  readonly visitors: readonly Visitor[];
  readonly visits: readonly Visit[];
  /** From the moment the first person is gone until the last one is, minutes. */
  readonly minutes: number;
  /** Whether the log has each of the people who went through, and nobody else. */
  readonly isInLog: boolean;
}

/** One queue that never ends, on the virtual clock. @param pace factor on the times of all people */
export async function playQueue(seed: number, screened: boolean, pace = 1): Promise<LaneDay> {
  const visitors = drawQueue(seededRandom(seed), screened, pace);
  const gate = await LaneGate.open(screened);
  try {
    const visits: Promise<Visit>[] = [];
    let readerFree = Promise.resolve();
    let wayFree = Promise.resolve();
    for (const visitor of visitors) {
      const [reader, way] = [opening(), opening()];
      const places = { readerFree, wayFree, leaveReader: reader.open, leaveWay: way.open };
      visits.push(visit(gate, visitor, screened, places));
      readerFree = reader.opened;
      wayFree = Promise.all([wayFree, way.opened]).then(() => undefined);
    }
    let ended: readonly Visit[] | undefined;
    void Promise.all(visits).then((all) => {
      ended = all;
    });
    await gate.play(() => ended !== undefined);
    const all = ended ?? [];
    const ends = all.map(({ endMs }) => endMs);
    const minutes = (Math.max(...ends) - Math.min(...ends)) / 60_000;
    await gate.playOn(15_000);
    return { visitors, visits: all, minutes, isInLog: gate.taken === through(all) };
  } finally {
    await gate.close();
  }
}

/** People a minute, of a queue without begin and end: the first one only starts the watch. */
export function throughput({ visits, minutes }: LaneDay): number {
  return (through(visits) - 1) / minutes;
}

function through(visits: readonly Visit[]): number {
  return visits.filter(({ end }) => end === 'through').length;
}

function opening(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

export async function measureLane(): Promise<readonly Line[]> {
  const lines: Line[] = [];
  const rows = [['', 'a minute', 'seeds', 'at the kiosk', '95 of 100', 'guard', 'aside']];
  const troubles = new Map<string, number>();
  for (const [kind, floor] of Object.entries(FLOORS)) {
    const screened = kind === 'temperature';
    for (const pace of [1, 1.25]) {
      const days: LaneDay[] = [];
      for (let seed = 1; seed <= SEEDS; seed++) days.push(await playQueue(seed, screened, pace));
      const rates = days.map(throughput);
      const visits = days.flatMap((day) => day.visits);
      const seconds = visits.map(({ kioskMs }) => kioskMs / 1000);
      const mean = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
      const name = `${screened ? 'code and temperature' : 'code alone'}${pace === 1 ? '' : `, people ${pace} times as slow`}`;
      rows.push([
        name,
        mean.toFixed(1),
        `${Math.min(...rates).toFixed(1)} to ${Math.max(...rates).toFixed(1)}`,
        `${median(seconds).toFixed(1)} s`,
        `${percentile(seconds, 0.95).toFixed(1)} s`,
        share(visits.filter(({ byGuard }) => byGuard).length, visits.length),
        share(visits.filter(({ end }) => end === 'aside').length, visits.length),
      ]);
      if (pace !== 1) continue;
      if (screened) count(days, troubles);
      lines.push(atLeast(`lane, ${name}, people a minute`, mean, floor, mean.toFixed(1)));
      const lost = days.filter(({ isInLog }) => !isInLog).length;
      lines.push({
        what: `lane, ${name}, queues whose log has others`,
        measured: `${lost}`,
        target: '0',
        reached: lost === 0,
      });
    }
  }
  printTable(rows);
  console.log('');
  printTable([
    ['people, where foreheads are measured', 'of all'],
    ...[...troubles].map(([name, number]) => [name, share(number, SEEDS * PEOPLE)]),
  ]);
  return lines;
}

function count(days: readonly LaneDay[], troubles: Map<string, number>): void {
  for (const { isSlow, troubles: own } of days.flatMap(({ visitors }) => visitors)) {
    for (const name of [...(isSlow ? ['slow'] : []), ...own])
      troubles.set(name, (troubles.get(name) ?? 0) + 1);
  }
}

function share(number: number, of: number): string {
  return `${((100 * number) / of).toFixed(1)} %`;
}
