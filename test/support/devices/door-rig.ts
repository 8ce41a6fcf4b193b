import { SimulatedDoorContact } from '../../../hardware/gpio/simulated-door-contact.ts';
import { SimulatedOutput } from '../../../hardware/gpio/simulated-output.ts';
import { Door } from '../../../src/app/door/door.ts';
import { DeskRecords } from '../../../src/app/log/desk-records.ts';
import { EventWriter } from '../../../src/app/log/event-writer.ts';
import { PresentState } from '../../../src/app/state/present-state.ts';
import type { DoorSwitch } from '../../../src/core/door/door-mode.ts';
import type { DoorVerb } from '../../../src/core/door/door-orders.ts';
import type { StoredEvent } from '../../../src/core/events/event.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { EventLog, LogEntry } from '../../../src/ports/event-log.ts';
import type { DeviceView, DoorView } from '../../../src/ports/gate-state.ts';
import type { DeskAnswer } from '../../../src/ports/guard-desk.ts';
import type { Logger } from '../../../src/ports/logger.ts';
import { settle, VirtualClock } from '../clock/virtual-clock.ts';
import { SilentLogger } from '../silent-logger.ts';
import { RecordingLog } from '../store/recording-log.ts';
import { lockOf } from './lock-of.ts';

export const never = new AbortController().signal;
export const settings = { releaseMs: 3_000, heldOpenMs: 30_000 };

/** A log that can be read again, as after a restart. */
export class DoorLog extends RecordingLog {
  readonly journal: string[];

  constructor(journal: string[]) {
    super();
    this.journal = journal;
  }

  override commit(entry: LogEntry): readonly StoredEvent[] {
    const stored = super.commit(entry);
    this.journal.push(`commit ${entry.events.map(({ name }) => name).join(' ')}`);
    return stored;
  }

  override recent(names: readonly string[] = [], limit = 0): readonly StoredEvent[] {
    return this.events
      .map((event, sequence) => ({
        sequence,
        epoch: 'e',
        name: event.name,
        group: 'door',
        timeMs: event.timeMs,
        body: new TextEncoder().encode(JSON.stringify({ data: event.data })),
      }))
      .filter(({ name }) => names.includes(name))
      .reverse()
      .slice(0, limit);
  }

  data(name: string): object[] {
    return this.events.filter((event) => event.name === name).map((event) => event.data);
  }
}

/** The published state of the door. */
export class ShownDoor {
  readonly state = new PresentState();

  get door(): DoorView {
    const [door] = this.state.doors.values;
    if (door === undefined) throw new Error('The door has told nothing.');
    return door;
  }
  device(id: string): DeviceView {
    const device = this.state.devices.values.find((one) => one.id === id);
    if (device === undefined) throw new Error(`${id} has told nothing.`);
    return device;
  }
}

/** Gives a door an order in the same way as the desk. */
export function orderDoor(
  { door, log, clock, logger }: { door: Door; log: EventLog; clock: Clock; logger: Logger },
  order: Parameters<Door['plan']>[0],
): DeskAnswer {
  const records = new DeskRecords({ notes: new EventWriter({ log, clock, logger }), logger });
  return records.carryOut(door.plan(order));
}

/** A started door with a simulated lock and a virtual clock; `journal`: what was done, in order. */
export async function makeDoor(
  options: { contact?: boolean; stateFile?: string; log?: DoorLog; switches?: readonly DoorSwitch[] } = {},
) {
  const journal: string[] = [];
  const clock = new VirtualClock();
  const log = options.log ?? new DoorLog(journal);
  const feed = new ShownDoor();
  const actuator = lockOf(
    clock,
    new SimulatedOutput({ onLevel: (released) => journal.push(released ? 'released' : 'rest') }),
  );
  const { stateFile } = options;
  const contact = new SimulatedDoorContact(stateFile === undefined ? { clock } : { clock, stateFile });
  const logger = new SilentLogger();
  const door = new Door({
    id: 'main',
    name: 'Main door',
    actuator,
    ...(options.contact === false ? {} : { contact }),
    ...(options.switches === undefined ? {} : { switches: options.switches }),
    clock,
    log,
    state: feed.state,
    logger,
    settings,
  });
  await door.start(never);
  await settle();
  journal.length = 0;
  const order = (verb: DoorVerb) =>
    orderDoor({ door, log, clock, logger }, { verb, operator: 'chen', note: 'fire drill' });
  return { door, actuator, contact, clock, log, feed, logger, journal, order };
}
