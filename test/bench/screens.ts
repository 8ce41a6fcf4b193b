import { BadLink } from '../support/screens/bad-link.ts';
import { GuardClient } from '../support/screens/guard-client.ts';
import { WebScreen } from '../support/screens/web-screen.ts';
import { type Arena, enterDaemon, inArena, printDistributions } from './arena.ts';
import type { DaemonProcess } from './daemon.ts';
import { emptyStore } from './filled-store.ts';
import { atMost, type Line, percentile, ratio } from './report.ts';

/** Beside the one on a bad link, which is a guard's too. */
const GUARDS = 12;
/** The first of them stops reading. */
const RESIDENTS = 7;

/**
 * What twenty screens cost those who pass, one of which has stopped reading and one of which is behind a link of 1.3 kB a
 * second: the same daemon with and without them, in turn.
 */
export async function measureScreens(): Promise<readonly Line[]> {
  const samples = await inArena('screens', async (arena) => {
    const lane = { lanes: 1, screened: false };
    await enterDaemon(arena, 'no screen', { store: await emptyStore('screens-none'), ...lane });
    const daemon = await enterDaemon(arena, 'twenty', { store: await emptyStore('screens-twenty'), ...lane });
    await openScreens(arena, daemon);
  });
  printDistributions(samples);
  const [alone = [], beside = []] = [...samples.values()];
  return ([0.5, 0.95] as const).map((part) => {
    const value = percentile(beside, part) / percentile(alone, part);
    const what = `twenty screens, one frozen, one on a bad link, against none, p${part * 100}`;
    return atMost(what, value, 1.1, ratio(value), ' x');
  });
}

async function openScreens({ closers }: Arena, daemon: DaemonProcess): Promise<void> {
  const { url } = daemon;
  for (let guard = 0; guard < GUARDS; guard++) {
    const client = await GuardClient.signIn(daemon);
    closers.push(async () => client.close());
  }
  for (let resident = 0; resident < RESIDENTS; resident++) {
    const screen = await WebScreen.open(`${url}/ws/prompt?accessPoint=lane-0`, { origin: url });
    if (resident === 0) screen.pause();
    closers.push(async () => screen.socket.terminate());
  }
  const link = await BadLink.to(url);
  closers.push(async () => link.close());
  // The link carries the feed alone: signing in over it would take longer than anybody waits.
  const far = await GuardClient.signIn(daemon, link.url);
  closers.push(async () => far.close());
}
