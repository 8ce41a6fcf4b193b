import { closeSync, constants, openSync, readFileSync, watch, writeSync } from 'node:fs';

/**
 * The measuring process. It does nothing but write the bytes of a pass to the device's end of a serial line and wait
 * for the level file to change, in the same way for the daemon and for the floor.
 */
export interface LaneEnds {
  readonly id: string;
  /** Device's end of the scanner's line. */
  readonly scanner: string;
  readonly levelFile: string;
}

export type GaugeOrder =
  | { readonly do: 'open'; readonly lanes: readonly LaneEnds[] }
  | { readonly do: 'shoot'; readonly lane: string; readonly text: string }
  | { readonly do: 'close' };

export type GaugeReport =
  | { readonly type: 'opened' }
  /** Microseconds from just before the write of the whole pass to the notice that the level file says 1. */
  | { readonly type: 'released'; readonly lane: string; readonly us: number }
  | { readonly type: 'rested'; readonly lane: string };

interface Lane {
  readonly file: number;
  startNs: bigint | undefined;
  level: string;
}

const lanes = new Map<string, Lane>();
const watchers: { close(): void }[] = [];

function report(message: GaugeReport): void {
  process.send?.(message);
}

function open({ id, scanner, levelFile }: LaneEnds): void {
  const lane: Lane = {
    file: openSync(scanner, constants.O_RDWR | constants.O_NOCTTY),
    startNs: undefined,
    level: '0',
  };
  lanes.set(id, lane);
  watchers.push(
    watch(levelFile, () => {
      const nowNs = process.hrtime.bigint();
      const level = readFileSync(levelFile, 'latin1').charAt(0);
      if (level === lane.level) return;
      lane.level = level;
      if (level === '0') report({ type: 'rested', lane: id });
      if (level !== '1' || lane.startNs === undefined) return;
      report({ type: 'released', lane: id, us: Number(nowNs - lane.startNs) / 1000 });
      lane.startNs = undefined;
    }),
  );
}

function shoot(id: string, text: string): void {
  const lane = lanes.get(id);
  if (lane === undefined) throw new Error(`There is no lane ${id}.`);
  const bytes = Buffer.from(`${text}\r`, 'latin1');
  lane.startNs = process.hrtime.bigint();
  writeSync(lane.file, bytes);
}

function close(): void {
  for (const watcher of watchers) watcher.close();
  for (const { file } of lanes.values()) closeSync(file);
  process.disconnect();
}

process.on('message', (order: GaugeOrder) => {
  if (order.do === 'open') {
    for (const ends of order.lanes) open(ends);
    report({ type: 'opened' });
  } else if (order.do === 'shoot') {
    shoot(order.lane, order.text);
  } else {
    close();
  }
});
