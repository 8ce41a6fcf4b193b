import { viewOf } from '../../core/events/row-view.ts';
import type { LinesBeside, PassRow } from '../../core/report/pass-account.ts';
import type { PassNumber, PassRecords } from '../../ports/data-requests.ts';
import type { Connection } from './connection.ts';
import { notedFrom } from './event-about.ts';
import { rowAt, SHORT_STEPS } from './log-search.ts';

interface Stretch {
  readonly first: number;
  readonly last: number;
}

/** What is kept about one pass, read in steps of a few milliseconds while the gate goes on. */
export class SqlitePassRecords implements PassRecords {
  readonly #connection: Connection;

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  *rows(pass: PassNumber): Generator<readonly PassRow[], void> {
    const connection = this.#connection;
    const sql =
      'SELECT (SELECT min(sequence) FROM event) AS first, (SELECT max(sequence) FROM event) AS last';
    const ends = connection.read(() =>
      connection.statement<[], { first: number | null; last: number | null }>(sql).get(),
    );
    const noted = notedFrom(connection);
    const last = ends?.last ?? 0;
    for (let first = ends?.first ?? 1; first <= last; ) {
      const isNoted = first >= noted;
      const to = Math.min(
        last,
        first + (isNoted ? SHORT_STEPS.noted : SHORT_STEPS.whole) - 1,
        isNoted ? last : noted - 1,
      );
      yield isNoted ? this.#noted(pass, { first, last: to }) : this.#whole(pass, { first, last: to });
      first = to + 1;
    }
  }

  beside(passId: string): LinesBeside {
    const count = (what: string, lastMs: string, condition: string) => {
      const sql = `SELECT count(*) AS count, ${lastMs} AS lastMs FROM ${what} WHERE ${condition}`;
      const found = this.#connection.read(() =>
        this.#connection.statement<[string], LinesBeside['ledger']>(sql).get(passId),
      );
      return found ?? { count: 0, lastMs: null };
    };
    return {
      ledger: count('passage', 'max(at_ms)', "pass_id = ? AND state <> 'nottaken'"),
      visits: count('visitor', 'max(until_ms)', 'pass_id = ?'),
      orders: count('standing_order', 'max(from_ms)', 'subject = ?'),
      // The list that is under way has no end yet.
      musters: count(
        'muster_person JOIN muster ON number = muster',
        'CASE WHEN count(*) = count(ended_ms) THEN max(ended_ms) END',
        'pass_id = ?',
      ),
      codes: count('pass_step', 'max(step * 15000)', 'pass_id = ?'),
    };
  }

  /** A row that names another pseudonym is about somebody else, whatever the number of the pass. */
  #noted({ passId, holderRef }: PassNumber, { first, last }: Stretch): readonly PassRow[] {
    const sql = `SELECT event.name, event.time_ms AS timeMs FROM event_about AS about JOIN event USING (sequence)
      WHERE about.sequence BETWEEN ? AND ? AND about.pass_id = ? AND (about.holder_ref IS NULL OR about.holder_ref IS ?)`;
    const values = [
      first,
      last,
      Buffer.from(passId, 'hex'),
      holderRef ? Buffer.from(holderRef, 'hex') : null,
    ];
    return this.#connection.read(() => this.#connection.statement<unknown[], PassRow>(sql).all(...values));
  }

  #whole({ passId, holderRef }: PassNumber, { first, last }: Stretch): readonly PassRow[] {
    const sql = 'SELECT sequence FROM event WHERE sequence BETWEEN ? AND ? AND instr(body, ?) > 0';
    const found = this.#connection.read(() =>
      this.#connection.statement<unknown[], { sequence: number }>(sql).all(first, last, Buffer.from(passId)),
    );
    return found.flatMap(({ sequence }) => {
      const event = rowAt(this.#connection, sequence);
      const data = event && viewOf(event.body)?.data;
      if (event === undefined || data?.passId !== passId) return [];
      const isOthers = data.holderRef !== undefined && data.holderRef !== holderRef;
      return isOthers ? [] : [{ name: event.name, timeMs: event.timeMs }];
    });
  }
}
