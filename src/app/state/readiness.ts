import type { GateState } from '../../ports/gate-state.ts';

/** Causes for which the log calls for attention and can be written all the same. */
const STILL_WRITABLE: ReadonlySet<string | undefined> = new Set(['log.low', 'log.slow']);

/** A part that keeps the gate from letting people through; the sentence says nothing that only a guard may know. */
interface Hindrance {
  /** `start`, `log` or `lock:<door>`. */
  readonly part: string;
  readonly detail: string;
}

/**
 * What keeps this gate from letting people through: that it is not up, a log that cannot be written, a lock that does not
 * answer. A broker that is away, a scanner or a thermometer that is missing are no such thing: the guard lets people in.
 */
export function hindrances(
  { phase, devices }: Pick<GateState, 'phase' | 'devices'>,
  isLogWritable: boolean,
): readonly Hindrance[] {
  const isUp = phase.values.some((now) => now.phase === 'ready');
  const log = devices.values.find(({ role }) => role === 'log');
  const isLogWell = log === undefined || log.status === 'ok' || STILL_WRITABLE.has(log.cause);
  const locks = devices.values.filter(({ role, status }) => role === 'lock' && status !== 'ok');
  return [
    ...(isUp ? [] : [{ part: 'start', detail: 'The gate is starting, or waits for its log.' }]),
    ...(isLogWritable && isLogWell
      ? []
      : [{ part: 'log', detail: 'The log cannot be written, so the gate opens for nobody.' }]),
    ...locks.map(({ id }) => ({ part: id, detail: 'The lock does not obey, or is not there.' })),
  ];
}
