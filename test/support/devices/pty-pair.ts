import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, constants, existsSync, mkdtempSync, openSync, rmSync, watch } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Two real pseudo terminals, connected to each other. */
export interface PtyPair {
  readonly kioskPath: string;
  readonly devicePath: string;
  /** Removes both ends, as after pulling a USB plug. */
  unplug(): Promise<void>;
  /** Makes both ends again under the same names. */
  plug(): Promise<void>;
  dispose(): Promise<void>;
}

/** Starts socat and waits for the two links. */
export async function openPtyPair(): Promise<PtyPair> {
  const folder = mkdtempSync(join(tmpdir(), 'gatepost-pty-'));
  const kioskPath = join(folder, 'kiosk');
  const devicePath = join(folder, 'device');
  let cable = await startCable(folder, [kioskPath, devicePath]);
  return {
    kioskPath,
    devicePath,
    unplug: () => cable.cut(),
    plug: async () => {
      cable = await startCable(folder, [kioskPath, devicePath]);
    },
    dispose: async () => {
      await cable.cut();
      rmSync(folder, { recursive: true });
    },
  };
}

async function startCable(folder: string, paths: readonly string[]): Promise<{ cut(): Promise<void> }> {
  const socat = spawn('socat', [...paths.map((path) => `PTY,link=${path},raw,echo=0`)], { stdio: 'ignore' });
  const ended = once(socat, 'exit');
  await linksAppear(folder, paths);
  // socat ends when the last user of a side closes it, so these keep both sides open between two users.
  const keepers = paths.map((path) =>
    openSync(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK),
  );
  return {
    async cut() {
      socat.kill('SIGTERM');
      await ended;
      for (const keeper of keepers.splice(0)) closeSync(keeper);
    },
  };
}

function linksAppear(folder: string, paths: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const watcher = watch(folder, check);
    watcher.on('error', reject);
    function check(): void {
      if (!paths.every((path) => existsSync(path))) return;
      watcher.close();
      resolve();
    }
    check();
  });
}
