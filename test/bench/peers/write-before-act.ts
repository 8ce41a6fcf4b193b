import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { parsePass } from '../../../src/core/pass/parse-pass.ts';
import { SETTLE_MS } from '../../../src/core/time/clock-reading.ts';
import { Mosquitto } from '../../support/broker/mosquitto.ts';
import { type Arena, withArena } from '../arena.ts';
import { DaemonProcess } from '../daemon.ts';
import { fillStore, freshFolder } from '../filled-store.ts';
import { Gauge } from '../gauge.ts';
import { Lane } from '../lane.ts';
import { atMost, type Line } from '../report.ts';
import { isSync, isWrite, printDiskWork, SYNCS, WRITES, walOf } from './disk-work.ts';
import { readStrace, type SystemCall } from './strace-log.ts';

const PASSES = 40;
/** Enough that a passage is over, its purge and its publishing included, also under strace. */
const PERIOD_MS = 1_500;
/** A whole page as strace prints it, so that the pass is found in it. */
const SHOWN_BYTES = 4_200;

/** The system calls from the bytes of one pass to those of the next. */
interface Passage {
  /** Whether the row that names its pass was synced before the level file said 1. */
  readonly onRecordBefore: boolean;
  readonly beforeLevel: readonly SystemCall[];
  readonly afterLevel: readonly SystemCall[];
}

/** The system calls of the shipped daemon: the row of a passage is on the disk before its lock moves. */
export async function measureWriteBeforeAct(): Promise<readonly Line[]> {
  if (spawnSync('strace', ['-V']).status !== 0) {
    console.log('  [skipped: strace is not installed (Debian package strace)]');
    return [];
  }
  return withArena('strace', async (arena) => {
    const log = join(arena.folder, 'strace.log');
    const { store, levelFile, passIds } = await passUnderStrace(arena, log);
    const passages = passagesOf(readStrace(readFileSync(log, 'latin1')), { store, levelFile, passIds });
    printDiskWork(store, {
      'before the lock moves': passages.map(({ beforeLevel }) => beforeLevel),
      'after it': passages.map(({ afterLevel }) => afterLevel),
    });
    const early = PASSES - passages.filter(({ onRecordBefore }) => onRecordBefore).length;
    return [
      atMost(
        `locks that moved before their row was synced, ${PASSES} passages under strace`,
        early,
        0,
        String(early),
      ),
    ];
  });
}

interface Traced {
  readonly store: string;
  readonly levelFile: string;
  /** In the order in which they were shown. */
  readonly passIds: readonly string[];
}

async function passUnderStrace(arena: Arena, log: string): Promise<Traced> {
  const store = freshFolder('strace-store');
  await fillStore(store, { events: 10_000, holders: 1_000 });
  const broker = await Mosquitto.start();
  arena.closers.push(() => broker.stop());
  const lane = await Lane.open('strace', arena.folder, false);
  arena.closers.push(() => lane.close());
  const daemon = await DaemonProcess.start({
    folder: arena.folder,
    store,
    lanes: [lane.devices],
    issuerKey: arena.passes.publicKey,
    brokerUrl: broker.url,
    under: [
      'strace',
      '-D',
      '-f',
      '-y',
      '-s',
      String(SHOWN_BYTES),
      '-o',
      log,
      '-e',
      `trace=read,${[...WRITES, ...SYNCS]}`,
    ],
  });
  arena.closers.push(() => daemon.stop());
  const gauge = new Gauge();
  arena.closers.push(() => gauge.close());
  await gauge.open([lane.ends]);
  await pause(2 * SETTLE_MS);
  const passIds: string[] = [];
  // The one after the last ends it, as the daemon's end would be told as its work.
  for (let pass = 0; pass <= PASSES; pass++) {
    const text = arena.passes.next();
    passIds.push(passIdOf(text));
    if ((await gauge.shoot(lane.id, text)) === undefined)
      throw new Error('A pass shown under strace opened nothing.');
    await pause(PERIOD_MS);
  }
  // strace has written all when the process that it follows is gone.
  await daemon.stop();
  return { store, levelFile: lane.devices.levelFile, passIds };
}

function passIdOf(text: string): string {
  const parsed = parsePass(text);
  if (parsed.status === 'unreadable') throw new Error(parsed.detail);
  return parsed.claims.passId;
}

/** Each passage from the bytes of its pass to those of the next one. */
function passagesOf(calls: readonly SystemCall[], { store, levelFile, passIds }: Traced): readonly Passage[] {
  const arrivals = calls.filter(({ name, words }) => name === 'read' && words.startsWith(', "GP1:'));
  return passIds.slice(0, PASSES).map((passId, i) => {
    const [from, to] = [arrivals[i]?.begun, arrivals[i + 1]?.begun];
    if (from === undefined || to === undefined)
      throw new Error(`strace saw ${arrivals.length} passes of ${passIds.length}.`);
    const own = calls.filter(({ begun }) => begun > from && begun < to);
    const release = own.find(
      (call) => isWrite(call) && call.path === levelFile && call.words.startsWith(', "1'),
    );
    if (release === undefined) throw new Error(`The lock did not move for the pass ${passId}.`);
    const before = own.filter(({ begun }) => begun < release.begun);
    return {
      onRecordBefore: isOnRecord(before, { wal: walOf(store), passId, at: release.begun }),
      beforeLevel: before,
      afterLevel: own.filter(({ begun }) => begun > release.begun),
    };
  });
}

/** Whether a sync that began after the row was written had returned at that place of the log. */
function isOnRecord(
  calls: readonly SystemCall[],
  { wal, passId, at }: { readonly wal: string; readonly passId: string; readonly at: number },
): boolean {
  const written = calls.findLast((call) => isWrite(call) && call.path === wal && call.words.includes(passId));
  if (written === undefined) return false;
  return calls.some(
    (call) =>
      isSync(call) &&
      call.path === wal &&
      call.begun > written.returned &&
      call.returned < at &&
      call.result === 0,
  );
}
