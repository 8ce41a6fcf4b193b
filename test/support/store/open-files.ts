import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** Waits until a process or one of its children has a file open. */
export async function opensFile(pid: number, path: string): Promise<void> {
  // Polled, because there is no event when another process opens a file.
  while (![pid, ...childrenOf(pid)].some((one) => openFilesOf(one).includes(path))) await pause(20);
}

function childrenOf(pid: number): readonly number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
}

/** The paths of the open files of a process; it may end or close them meanwhile. */
function openFilesOf(pid: number): readonly string[] {
  try {
    const folder = `/proc/${pid}/fd`;
    return readdirSync(folder).map((fd) => readlinkSync(join(folder, fd)));
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}
