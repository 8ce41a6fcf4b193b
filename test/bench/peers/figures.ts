import { atMost, type Line, median, ms, percentile, printTable, ratio } from '../report.ts';
import { GATEPOST, NODE_SCRIPT, PYTHON_SCRIPT } from './programs.ts';

/** What was measured of one program. */
export interface Samples {
  readonly name: string;
  /** From the start of the process to the line that says it is ready. */
  readonly readyMs: number[];
  /** Bytes of a pass to level file, of the first and of the second pass after each start. */
  readonly firstUs: number[];
  readonly secondUs: number[];
  /** Bytes of a pass to level file, and to the event at a subscriber. */
  readonly gateUs: number[];
  readonly eventUs: number[];
  /** After some seconds without passes; `share` of one core. */
  idle: { readonly memoryMb: number; readonly share: number } | undefined;
  /** Processor time from pass to pass, milliseconds. */
  passesCpuMs: number;
}

/** One column of the table; times in milliseconds. */
interface Figures {
  readonly name: string;
  readonly gate: Percentiles;
  readonly event: Percentiles;
  readonly first: number;
  readonly second: number;
  readonly ready: number;
  readonly memoryMb: number;
  readonly passCpu: number;
  readonly idleShare: number;
}

interface Percentiles {
  readonly p50: number;
  readonly p95: number;
}

export function figuresOf(samples: Samples): Figures {
  return {
    name: samples.name,
    gate: percentiles(samples.gateUs),
    event: percentiles(samples.eventUs),
    first: median(samples.firstUs) / 1000,
    second: median(samples.secondUs) / 1000,
    ready: median(samples.readyMs),
    memoryMb: samples.idle?.memoryMb ?? Number.NaN,
    passCpu: samples.passesCpuMs,
    idleShare: samples.idle?.share ?? Number.NaN,
  };
}

function percentiles(us: readonly number[]): Percentiles {
  return { p50: percentile(us, 0.5) / 1000, p95: percentile(us, 0.95) / 1000 };
}

export function printFigures(all: readonly Figures[]): void {
  const row = (what: string, cell: (figures: Figures) => string): string[] => [what, ...all.map(cell)];
  const both = ({ p50, p95 }: Percentiles): string => `${p50.toFixed(2)} / ${p95.toFixed(2)}`;
  printTable([
    row('', ({ name }) => name),
    row('bytes of a pass to gate, p50 / p95, ms', ({ gate }) => both(gate)),
    row('bytes of a pass to event at a subscriber, p50 / p95, ms', ({ event }) => both(event)),
    row(
      'first / second pass after a start to gate, ms',
      ({ first, second }) => `${first.toFixed(1)} / ${second.toFixed(1)}`,
    ),
    row('start to ready, s', ({ ready }) => (ready / 1000).toFixed(2)),
    row('memory after 20 s without passes, MB', ({ memoryMb }) => memoryMb.toFixed(0)),
    row('processor time a pass, two a second, ms', ({ passCpu }) => passCpu.toFixed(1)),
    row('processor time without passes, % of a core', ({ idleShare }) => (idleShare * 100).toFixed(1)),
  ]);
}

/** What the daemon has to reach beside the others. @param store size of its store, in words */
export function targets(all: readonly Figures[], store: string): Line[] {
  const [node, python, gatepost] = [NODE_SCRIPT, PYTHON_SCRIPT, GATEPOST].map((name) =>
    all.find((one) => one.name === name),
  );
  if (node === undefined || gatepost === undefined) return [];
  const beside = (what: string, own: number, other: number, limit: number): Line =>
    atMost(
      `${what} (${store})`,
      own / other,
      limit,
      `${ms(own)} / ${ms(other)} = ${ratio(own / other)}`,
      ' x',
    );
  return [
    beside('pass to gate beside bare Node, p50', gatepost.gate.p50, node.gate.p50, 1.3),
    beside('pass to gate beside bare Node, p95', gatepost.gate.p95, node.gate.p95, 1.5),
    beside('pass to event beside bare Node, p50', gatepost.event.p50, node.event.p50, 1.4),
    ...(python === undefined
      ? []
      : [
          beside('pass to gate beside Python, p50', gatepost.gate.p50, python.gate.p50, 1),
          beside('pass to event beside Python, p50', gatepost.event.p50, python.event.p50, 1),
        ]),
    beside('first pass after a start beside the second', gatepost.first, gatepost.second, 1.5),
    atMost(`processor time a pass (${store})`, gatepost.passCpu, 8, ms(gatepost.passCpu), ' ms'),
  ];
}
