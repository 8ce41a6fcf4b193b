import { type Finding, ok, warn } from './finding.ts';

const DAY_MS = 86_400_000;

export interface BackupFacts {
  /** Public key to which backups are encrypted; undefined if none are asked for. */
  readonly recipient: string | undefined;
  readonly warnAfterDays: number;
  /** What is wrong with the public key; undefined if nothing is. */
  problemOf(recipient: string): Promise<string | undefined>;
  /** When the last one was made, Unix milliseconds; undefined if there is none. Throws if it cannot be found out. */
  lastMs(): number | undefined;
}

/** How old the last backup is. Says nothing where no backups are asked for. */
export async function checkBackups(
  { recipient, warnAfterDays, problemOf, lastMs }: BackupFacts,
  nowMs: number,
): Promise<readonly Finding[]> {
  if (recipient === undefined) return [];
  const problem = await problemOf(recipient);
  if (problem !== undefined) {
    const fix = 'Take the line that gatepost backup keygen has printed.';
    return [warn('backup', `backup.recipient ${problem}: no backup can be made.`, fix)];
  }
  const last = lastMs();
  const fix = 'Plug a stick in, then: sudo gatepost backup /media/stick --config …';
  if (last === undefined) return [warn('backup', 'There is no backup of the store yet.', fix)];
  const days = Math.floor(Math.max(0, nowMs - last) / DAY_MS);
  const text = `The last backup is of ${new Date(last).toISOString().slice(0, 10)}, ${days} days ago.`;
  return [days > warnAfterDays ? warn('backup', text, fix) : ok('backup', text)];
}
