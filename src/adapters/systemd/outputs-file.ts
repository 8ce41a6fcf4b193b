import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { GatepostError, messageOf } from '../../core/errors.ts';

/**
 * Writes the list from which scripts/rest-outputs sets every output to rest after this process has ended. Call it
 * after the actuators have started and before anything may release.
 * @param path `$RUNTIME_DIRECTORY/outputs`
 * @param lines one for each output, from its actuator's restLine()
 * @throws GatepostError `gpio.failed`: without the list a crash could leave a door released
 */
export async function writeOutputsFile(path: string, lines: readonly string[]): Promise<void> {
  const spoiled = lines.find(
    (line) => !/^(sysfs \d+|gpiod GPIO\d+|led [\w:-]+|file \/[^\n\r]*) [01]$/.test(line),
  );
  if (spoiled !== undefined) {
    throw new GatepostError(
      'gpio.failed',
      `The output ${JSON.stringify(spoiled)} cannot be listed: scripts/rest-outputs says what it may be.`,
    );
  }
  const text = lines.map((line) => `${line}\n`).join('');
  // An unchanged list is not written again, so that a full or read-only disk does not matter.
  if ((await readFile(path, 'utf8').catch(() => undefined)) === text) return;
  const temporary = `${path}.new`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(temporary, 'w', 0o644);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (cause) {
    throw new GatepostError(
      'gpio.failed',
      `The list of outputs ${path} cannot be written: ${messageOf(cause)}. Without it nothing rests the outputs after a crash.`,
      { cause },
    );
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
