import { readFileSync } from 'node:fs';
import type { SensorLine } from '../../../hardware/serial/line-sensors.ts';
import { parseRecording, type Recording } from '../../../hardware/simulators/recording.ts';
import { SimulatedSerialPorts } from '../../../hardware/simulators/simulated-serial-ports.ts';
import type { Wire } from '../../../hardware/simulators/wire.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { DeviceLink } from '../../../src/ports/device-link.ts';
import { settle, VirtualClock } from '../clock/virtual-clock.ts';

/** How long after the last piece a driver may still report something about it. */
const REST_MS = 1_000;

/** A driver of a serial device. */
interface OpenDevice<Event> {
  open(onEvent: (event: Event) => void, signal: AbortSignal): Promise<DeviceLink>;
}

/** A recording of `gatepost listen`, or one written from a data sheet: test/data/recordings/NAME.txt */
export function recordingOf(name: string): Recording {
  const file = new URL(`../../data/recordings/${name}.txt`, import.meta.url);
  return parseRecording(readFileSync(file, 'utf8'));
}

/** Sends what the device sent, each piece at its own time from now on. Ignores what it receives. */
function playRecording({ pieces }: Recording, wire: Wire, clock: Clock): void {
  for (const { atMs, from, bytes } of pieces)
    if (from === 'device') clock.schedule(atMs, () => wire.write(bytes));
}

/** The events of a driver for a recording, on a line in memory and in virtual time from 0 ms. */
export async function eventsOfRecording<Event>(
  recording: Recording,
  make: (line: SensorLine) => OpenDevice<Event>,
): Promise<readonly Event[]> {
  const clock = new VirtualClock();
  const serialPorts = new SimulatedSerialPorts();
  const wire = serialPorts.line('recorded');
  const events: Event[] = [];
  const device = make({ serialPorts, clock, path: 'recorded', simulated: true });
  playRecording(recording, wire, clock);
  const opening = device.open((event) => events.push(event), new AbortController().signal);
  await settle();
  await clock.advanceAsync((recording.pieces.at(-1)?.atMs ?? 0) + REST_MS);
  await (await opening).close();
  return events;
}
