import { databasePath } from '../../../src/adapters/sqlite/database.ts';
import { median, printTable } from '../report.ts';
import type { SystemCall } from './strace-log.ts';
import { pagesByTable, tablesOf } from './wal-pages.ts';

export const WRITES: readonly string[] = ['write', 'pwrite64', 'writev', 'pwritev', 'pwritev2'];
export const SYNCS: readonly string[] = ['fsync', 'fdatasync'];
/** A page with its header in the write-ahead log. */
const FRAME_BYTES = 4_096 + 24;
/** Tables whose page fewer passages than this share write are not named. */
const NAMED_FROM = 0.5;

/** Of one passage, or a part of it. */
interface DiskWork {
  readonly syncs: number;
  /** To the write-ahead log, and to all files of the store. */
  readonly walBytes: number;
  readonly bytes: number;
}

export function walOf(store: string): string {
  return `${databasePath(store)}-wal`;
}

export function isWrite({ name }: SystemCall): boolean {
  return WRITES.includes(name);
}

export function isSync({ name }: SystemCall): boolean {
  return SYNCS.includes(name);
}

/**
 * What passages asked of the disk: figures for all of one, and which tables and indexes their pages belong to.
 * @param parts the calls of each passage, by the part of a passage that they belong to
 */
export function printDiskWork(
  store: string,
  parts: Readonly<Record<string, readonly (readonly SystemCall[])[]>>,
): void {
  const works = Object.values(parts).map((passages) => passages.map((calls) => workOf(calls, store)));
  const row = (what: string, of: (work: DiskWork) => number): string[] => [
    what,
    ...works.flatMap((all) => [String(median(all.map(of))), String(Math.max(...all.map(of)))]),
  ];
  printTable([
    ['of one passage, median', ...Object.keys(parts).flatMap((part) => [part, 'at most'])],
    row('syncs', ({ syncs }) => syncs),
    row('pages of the write-ahead log', ({ walBytes }) => Math.round(walBytes / FRAME_BYTES)),
    row('bytes to the write-ahead log', ({ walBytes }) => walBytes),
    row('bytes to all files of the store', ({ bytes }) => bytes),
  ]);
  const tables = tablesOf(store);
  for (const [part, passages] of Object.entries(parts)) {
    const pages = [...pagesByTable(passages.flat(), tables)]
      .map(([table, count]) => [table, count / passages.length] as const)
      .filter(([, share]) => share >= NAMED_FROM)
      .sort(([, one], [, other]) => other - one);
    console.log(
      `  pages ${part}: ${pages.map(([table, share]) => `${table} ${share.toFixed(1)}`).join(', ')}`,
    );
  }
}

function workOf(calls: readonly SystemCall[], store: string): DiskWork {
  const ofStore = calls.filter(({ path }) => path.startsWith(store));
  const bytesOf = (some: readonly SystemCall[]): number =>
    some.reduce((total, { result }) => total + (result ?? 0), 0);
  const writes = ofStore.filter(isWrite);
  return {
    syncs: ofStore.filter(isSync).length,
    walBytes: bytesOf(writes.filter(({ path }) => path === walOf(store))),
    bytes: bytesOf(writes),
  };
}
