import type { ClockFloor } from '../../ports/clock-floor.ts';
import type { Connection } from './connection.ts';

type KeptName = 'clock-floor' | 'in-use' | 'occupancy' | 'closed-day' | 'stood-down';

/** A number of the table `kept_number`; 0 when it was never written. */
export function readKept(connection: Connection, name: KeptName): number {
  const sql = 'SELECT value FROM kept_number WHERE name = ?';
  return connection.read(() => connection.statement<[string], { value: number }>(sql).get(name)?.value ?? 0);
}

export function writeKept(connection: Connection, name: KeptName, value: number): void {
  const sql = 'INSERT OR REPLACE INTO kept_number (name, value) VALUES (?, ?)';
  connection.write(() => {
    connection.statement<[string, number]>(sql).run(name, value);
  });
}

/** The clock's floor, kept beside the log: whoever turns it back must turn the log back with it. */
export class SqliteClockFloor implements ClockFloor {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  load(): number {
    return readKept(this.#connection, 'clock-floor');
  }

  save(ms: number): void {
    if (ms > this.load()) writeKept(this.#connection, 'clock-floor', Math.floor(ms));
  }
}
