import { GatepostError } from '../../core/errors.ts';

const STOPS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs `work` until it is done or the process is told to stop; then everything is as it was before.
 * @throws GatepostError `backup.failed` if it was stopped
 */
export async function untilStopped<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  const onStop = (): void =>
    stop.abort(new GatepostError('backup.failed', 'Stopped before it was complete: nothing was changed.'));
  for (const name of STOPS) process.on(name, onStop);
  try {
    return await work(stop.signal);
  } finally {
    for (const name of STOPS) process.off(name, onStop);
  }
}
