import type { StoredEvent } from '../core/events/event.ts';
import { type Finding, warn } from './finding.ts';

/** The last event of the gate about one of its devices. */
export interface DeviceState {
  /** `thermometer:main-in` */
  readonly device: string;
  readonly status: string;
  readonly cause: string | undefined;
  readonly detail: string | undefined;
  /** Time of the event, ISO 8601. */
  readonly time: string;
}

const TELLING: ReadonlySet<string> = new Set(['screening.sensor', 'device.scanner']);

/** The last state of each scanner and sensor in these rows of the log. */
export function lastStates(newestFirst: readonly StoredEvent[]): readonly DeviceState[] {
  const states = new Map<string, DeviceState>();
  for (const { name, body, timeMs } of newestFirst) {
    if (!TELLING.has(name)) continue;
    const { data } = JSON.parse(new TextDecoder().decode(body));
    const { device, status, cause, detail } = data;
    // An event that only counts codes says nothing about the state of the scanner.
    if (data.unreadable !== undefined || data.dropped !== undefined) continue;
    if (!states.has(device))
      states.set(device, { device, status, cause, detail, time: new Date(timeMs).toISOString() });
  }
  return [...states.values()];
}

/**
 * What a running gate knows about its devices and a check from outside cannot find: a wrong speed, another module on
 * the line, a sensor that is stuck.
 */
export function checkDeviceStates(states: readonly DeviceState[]): Finding[] {
  return states.flatMap(({ device, status, cause, detail, time }) =>
    status === 'degraded'
      ? [
          warn(
            'device',
            `${device}: at ${time} the gate wrote down ${cause ?? status}: ${detail ?? 'nothing more'}`,
            device.startsWith('scanner:')
              ? 'Do what it says, and show a pass: the log has "ok" for the scanner once one is read.'
              : 'Do what it says; the log has "ok" for the device when it is mended.',
          ),
        ]
      : [],
  );
}
