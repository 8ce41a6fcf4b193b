import type { Clock, KeptClock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import { readBootId } from './boot-id.ts';
import { Connection } from './connection.ts';
import { databasePath, openForReading, openForWriting } from './database.ts';
import { effectTables } from './effects.ts';
import { SqliteEventLog } from './event-log.ts';
import { migrateBeside } from './folder-lock.ts';
import { readClock, SqliteClockFloor } from './kept-numbers.ts';
import { ReadConnection } from './read-connection.ts';
import { refuseStoodDown } from './stood-down.ts';

interface ClockPlace {
  /** Store folder. */
  readonly folder: string;
  readonly site: string;
  readonly gate: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The clock values that the gate keeps. @throws GatepostError `log.unavailable` if there is no store */
export function readKeptClock(folder: string): KeptClock {
  const path = databasePath(folder);
  const connection = new ReadConnection(path);
  connection.attach(openForReading(path));
  try {
    return readClock(connection);
  } finally {
    connection.close();
  }
}

/**
 * Makes the time of `place.clock` the floor, whether it is later or earlier than the old one, and writes the event.
 * Works with or without a running daemon; a running one reads the floor every five seconds.
 * @param by who did it
 * @throws GatepostError `log.damaged`, `log.unavailable`, `site.stooddown`
 */
export function setKeptClock({ folder, site, gate, clock, logger }: ClockPlace, by: string): void {
  const path = databasePath(folder);
  const connection = new Connection({ path, clock, logger });
  try {
    connection.attach(openForWriting(path));
    migrateBeside(connection.database);
    refuseStoodDown(connection);
    // A running daemon has its own log object and publishes this event together with its next one.
    const onCommitted = () => undefined;
    const tables = effectTables(connection);
    const log = new SqliteEventLog({ connection, tables, clock, site, gate, onCommitted });
    log.begin({ bootId: readBootId() });
    const floor = new SqliteClockFloor(connection);
    const { wallMs, quality } = clock.read();
    connection.write(() => {
      const previousFloor = new Date(floor.load().floorMs).toISOString();
      const data = { quality, previousFloor, floor: new Date(wallMs).toISOString(), by };
      floor.set(wallMs);
      log.commit({
        events: [{ name: 'device.clock', subject: gate, data, timeMs: wallMs, timeQuality: quality }],
      });
    });
  } finally {
    connection.close();
  }
}
