import type { Clock } from '../../ports/clock.ts';
import type { KnownBrowsers } from '../../ports/operator-store.ts';
import type { Connection } from './connection.ts';

/** Remembered for one name; a lodge has a few. */
const MOST_OF_ONE = 64;

export class SqliteKnownBrowsers implements KnownBrowsers {
  readonly #connection: Connection;
  readonly #clock: Clock;

  constructor(connection: Connection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  knows(browser: string, operator?: string): boolean {
    const one = 'SELECT 1 FROM known_browser WHERE operator = ? AND browser = ?';
    const any = 'SELECT 1 FROM known_browser WHERE browser = ? LIMIT 1';
    return this.#connection.read(() =>
      operator === undefined
        ? this.#connection.statement<[string], unknown>(any).get(browser) !== undefined
        : this.#connection.statement<[string, string], unknown>(one).get(operator, browser) !== undefined,
    );
  }

  remember(browser: string, operator: string): void {
    const put = 'INSERT OR REPLACE INTO known_browser (operator, browser, used_ms) VALUES (?, ?, ?)';
    const trim = `DELETE FROM known_browser WHERE operator = ? AND browser IN (
      SELECT browser FROM known_browser WHERE operator = ? ORDER BY used_ms DESC LIMIT -1 OFFSET ${MOST_OF_ONE})`;
    const { wallMs } = this.#clock.read();
    this.#connection.write(() => {
      this.#connection.statement<[string, string, number]>(put).run(operator, browser, Math.floor(wallMs));
      this.#connection.statement<[string, string]>(trim).run(operator, operator);
    });
  }
}
