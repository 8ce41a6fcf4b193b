import type { EventDataByName } from '../../core/events/event.ts';
import type { TimeSpan } from '../../core/time/site-span.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HistoryLine, HistoryQuestion } from '../../ports/passage-history.ts';
import type { EventWriter } from '../log/event-writer.ts';

/** The same look of the same operator within this time is one: paging on, going back. */
const SAME_LOOK_MS = 15 * 60_000;
/** Looks that are remembered; beyond it the oldest is forgotten, and has another row when it comes again. */
const MOST_LOOKS = 1_000;

type LookUpData = EventDataByName['operator.lookup'];
type FullLine = Extract<HistoryLine, { form: 'full' }>;

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
  /** By what was looked up and by whom, when on the monotonic clock; the oldest first. */
  readonly #looks = new Map<string, number>();

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

  #write(looks: readonly (readonly [key: string, data: LookUpData])[]): void {
    const { notes, clock, gate } = this.#deps;
    const nowMs = clock.read().monotonicMs;
    const isNew = ([key]: readonly [string, LookUpData]) =>
      nowMs - (this.#looks.get(key) ?? Number.NEGATIVE_INFINITY) >= SAME_LOOK_MS;
    const news = looks.filter(isNew);
    if (news.length === 0) return;
    notes.write(news.map(([, data]) => ({ name: 'operator.lookup', subject: gate, data })));
    for (const [key] of news) {
      this.#looks.delete(key);
      this.#looks.set(key, nowMs);
    }
    for (const key of this.#looks.keys()) {
      if (this.#looks.size <= MOST_LOOKS) break;
      this.#looks.delete(key);
    }
  }
}

function whoOf({ passId, holderRef }: FullLine['view']): Pick<LookUpData, 'passId' | 'holderRef'> {
  return { ...(passId && { passId }), ...(holderRef && { holderRef }) };
}

function keyed(data: LookUpData): readonly [string, LookUpData] {
  return [JSON.stringify(data), data];
}
