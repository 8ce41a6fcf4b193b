import type { EventDataByName } from '../../core/events/event.ts';
import type { TimeSpan } from '../../core/time/site-span.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HistoryLine, HistoryQuestion } from '../../ports/passage-history.ts';
import type { EventWriter } from '../log/event-writer.ts';

/** The same look of the same operator within this time is one: paging on, going back, the next letter of a name. */
const SAME_LOOK_MS = 15 * 60_000;
/** Looks that are remembered; beyond it the oldest is forgotten, and has another row when it comes again. */
const MOST_LOOKS = 2_000;
/** Persons that the register names to one operator within that time: thirty searches with a full answer. */
const MOST_PERSONS = 360;

type LookUpData = EventDataByName['operator.lookup'];
type FullLine = Extract<HistoryLine, { form: 'full' }>;

interface Look {
  /** On the monotonic clock. */
  readonly atMs: number;
  readonly data: LookUpData;
}

interface LookUpRecordsDeps {
  readonly notes: EventWriter;
  readonly clock: Clock;
  /** Id of this kiosk, the subject of the events. */
  readonly gate: string;
}

/**
 * Puts on record who has looked whom up. A row bears pass and pseudonym, so that it is found, counted and erased with everything
 * else about the person, and nothing of when that person came by: it outlives the rows of passages.
 */
export class LookUpRecords {
  readonly #deps: LookUpRecordsDeps;
  /** By what was looked up and by whom; the oldest first. */
  readonly #looks = new Map<string, Look>();

  constructor(deps: LookUpRecordsDeps) {
    this.#deps = deps;
  }

  /** @throws GatepostError `log.unavailable`; then nothing may be shown */
  searched(
    { period, passId, holderRef }: HistoryQuestion,
    span: TimeSpan,
    lines: readonly HistoryLine[],
    operator: string,
  ): void {
    if (passId === undefined && holderRef === undefined) {
      const at = (ms: number) => new Date(ms).toISOString();
      // "The last hour" is another span at each page.
      const key = `${operator} ${JSON.stringify(period)}`;
      this.#write([[key, { operator, of: 'period', from: at(span.fromMs), to: at(span.toMs) }]]);
      return;
    }
    const of = passId === undefined ? 'holder' : 'pass';
    const asked = { ...(passId && { passId }), ...(holderRef && { holderRef }) };
    const shown = new Map(
      lines
        .filter((line): line is FullLine => line.form === 'full')
        .map(({ view }) => [view.passId ?? '', whoOf(view)] as const),
    );
    const persons = shown.size === 0 ? [asked] : [...shown.values()];
    this.#write(persons.map((person) => keyed({ operator, of, ...person })));
  }

  /** @throws GatepostError `log.unavailable`; then nothing may be shown */
  opened({ view }: FullLine, operator: string): void {
    this.#write([keyed({ operator, of: 'passage', ...whoOf(view) })]);
  }

  /** The registers of the desk, also of people who have left. @throws GatepostError `log.unavailable`; then nothing may be shown */
  registersRead(operator: string): void {
    this.#write([keyed({ operator, of: 'register' })]);
  }

  /** The list of who is inside. It is shown whatever becomes of its row: it is wanted in a fire. */
  listed(muster: number, operator: string): void {
    this.#write([keyed({ operator, of: 'muster', muster })], (rows) =>
      rows.every((row) => this.#deps.notes.tryWrite(row)),
    );
  }

  /**
   * Holders and visitors whom the registers name to an operator; false: they are too many within a quarter of an hour, and nobody may be shown.
   * @throws GatepostError `log.unavailable`; then nobody may be shown either
   */
  named(
    persons: readonly ({ readonly holderRef: string } | { readonly passId: string })[],
    operator: string,
  ): boolean {
    const looks = persons.map((person) =>
      keyed({ operator, of: 'holderRef' in person ? 'holder' : 'pass', ...person }),
    );
    const news = looks.filter(([key]) => !this.#isFresh(this.#looks.get(key)));
    const before = [...this.#looks.values()].filter(
      (look) => look.data.operator === operator && isNamed(look.data) && this.#isFresh(look),
    );
    if (before.length + news.length > MOST_PERSONS) return false;
    this.#write(news);
    return true;
  }

  /** Whether this operator has looked that person up lately, in whatever way. */
  hasLookedUp(holderRef: string, operator: string): boolean {
    for (const look of this.#looks.values())
      if (look.data.holderRef === holderRef && look.data.operator === operator && this.#isFresh(look))
        return true;
    return false;
  }

  #isFresh(look: Look | undefined): boolean {
    return look !== undefined && this.#deps.clock.read().monotonicMs - look.atMs < SAME_LOOK_MS;
  }

  #write(
    looks: readonly (readonly [key: string, data: LookUpData])[],
    write = (rows: readonly LookUpRow[]) => {
      this.#deps.notes.write(rows);
      return true;
    },
  ): void {
    const { clock, gate } = this.#deps;
    const news = looks.filter(([key]) => !this.#isFresh(this.#looks.get(key)));
    if (news.length === 0) return;
    if (!write(news.map(([, data]) => ({ name: 'operator.lookup', subject: gate, data })))) return;
    const atMs = clock.read().monotonicMs;
    for (const [key, data] of news) {
      this.#looks.delete(key);
      this.#looks.set(key, { atMs, data });
    }
    for (const key of this.#looks.keys()) {
      if (this.#looks.size <= MOST_LOOKS) break;
      this.#looks.delete(key);
    }
  }
}

interface LookUpRow {
  readonly name: 'operator.lookup';
  readonly subject: string;
  readonly data: LookUpData;
}

function whoOf({ passId, holderRef }: FullLine['view']): Pick<LookUpData, 'passId' | 'holderRef'> {
  return { ...(passId && { passId }), ...(holderRef && { holderRef }) };
}

/** A person whom a register has named, and no passage. */
function isNamed({ of, passId, holderRef }: LookUpData): boolean {
  return (of === 'holder' && passId === undefined) || (of === 'pass' && holderRef === undefined);
}

function keyed(data: LookUpData): readonly [string, LookUpData] {
  return [JSON.stringify(data), data];
}
