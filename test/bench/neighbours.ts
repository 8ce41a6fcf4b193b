import { createServer, type Server, type Socket } from 'node:net';
import { openPtyPair } from '../support/devices/pty-pair.ts';
import { GuardClient } from '../support/screens/guard-client.ts';
import { WebScreen } from '../support/screens/web-screen.ts';
import { type Arena, enterDaemon, inArena, printDistributions } from './arena.ts';
import type { DaemonProcess } from './daemon.ts';
import { emptyStore, freshFolder } from './filled-store.ts';
import { atMost, type Line, percentile, ratio } from './report.ts';

const DEAD_SCREENS = 4;

/**
 * What a broker that accepts and never answers, screens that never read, and a thermometer that never talks cost
 * those who pass: the same daemon with and without them, in turn.
 */
export async function measureNeighbours(): Promise<readonly Line[]> {
  const samples = await inArena('neighbours', async (arena) => {
    await enterDaemon(arena, 'alone', {
      store: await emptyStore('neighbours-alone'),
      lanes: 1,
      screened: false,
    });
    const broker = await startDeadBroker(arena);
    const silent = await openPtyPair();
    arena.closers.push(() => silent.dispose());
    const unused = await openPtyPair();
    arena.closers.push(() => unused.dispose());
    const daemon = await enterDaemon(arena, 'beside the dead', {
      store: await emptyStore('neighbours-beside'),
      lanes: 1,
      screened: false,
      idleLanes: [
        {
          scanner: unused.kioskPath,
          thermometer: silent.kioskPath,
          levelFile: `${freshFolder('neighbours-idle')}/level`,
        },
      ],
      brokerUrl: broker,
    });
    await openDeadScreens(arena, daemon);
  });
  printDistributions(samples);
  const [alone = [], beside = []] = [...samples.values()];
  return ([0.5, 0.95] as const).map((part) => {
    const value = percentile(beside, part) / percentile(alone, part);
    const name = `p${part * 100}`;
    return atMost(
      `dead broker, screens and thermometer against none, ${name}`,
      value,
      1.1,
      ratio(value),
      ' x',
    );
  });
}

/** Takes every connection and says nothing, as a broker on a hung machine does. */
async function startDeadBroker({ closers }: Arena): Promise<string> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy()).once('close', () => sockets.delete(socket));
    socket.pause();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The dead broker has no port.');
  return `mqtt://127.0.0.1:${address.port}`;
}

async function openDeadScreens({ closers }: Arena, daemon: DaemonProcess): Promise<void> {
  const guard = await GuardClient.signIn(daemon);
  const screens = [guard.screen];
  for (let i = 0; i < DEAD_SCREENS; i++) {
    screens.push(await WebScreen.open(`${daemon.url}/ws/prompt?accessPoint=lane-0`, { origin: daemon.url }));
  }
  for (const screen of screens) screen.pause();
  closers.push(async () => {
    for (const { socket } of screens) socket.terminate();
  });
}
