import { useState } from 'preact/hooks';
import { HOLDER_REF, MARGIN_MINUTES, PASS_ID } from '../../../core/access/bounds.ts';
import { REASONS } from '../../../core/access/reasons.ts';
import { DECISIONS, PASS_KINDS } from '../../../core/access/vocabulary.ts';
import type { SitePeriod } from '../../../core/time/site-span.ts';
import type { DecisionView } from '../../../ports/boards.ts';
import type { SiteView } from '../../../ports/guard-feed.ts';
import type { HistoryQuestion } from '../../../ports/passage-history.ts';
import { fill, reasonWords } from '../../shared/locale.ts';
import { addDays, clockText, dayText, siteDate, startOfSiteDay } from '../../shared/times.ts';
import { type Person, placeWords } from '../orders.ts';
import { PersonPicker } from '../people/person-picker.tsx';
import { useWords } from '../words.ts';

type Filters = Omit<HistoryQuestion, 'period' | 'from' | 'passId' | 'holderRef'>;
type Margin = (typeof MARGIN_MINUTES)[number];

interface Props {
  readonly points: SiteView['accessPoints'];
  /** Newest first; for the persons who passed lately. */
  readonly decisions: readonly DecisionView[];
  /** The gate's time, Unix milliseconds. */
  readonly nowMs: number;
  readonly busy: boolean;
  readonly onSearch: (question: HistoryQuestion) => void;
}

/** When it was, and what is known of it beside. */
export function QuestionForm({ points, decisions, nowMs, busy, onSearch }: Props) {
  const { language, locale, timeZone } = useWords();
  const words = locale.guard.history;
  const { vocabulary } = locale;
  const [date, setDate] = useState(() => siteDate(nowMs, timeZone));
  const [time, setTime] = useState(() => clockText('en', nowMs, timeZone));
  const [minutes, setMinutes] = useState<Margin>(15);
  const [filters, setFilters] = useState<Filters>({});
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState<Person>();
  const person = personAsked(typed, chosen);
  const search = (period: SitePeriod) => onSearch({ period, ...filters, ...person });
  const choose = <K extends keyof Filters>(name: K, value: string) => {
    const { [name]: _before, ...others } = filters;
    // The choices are those of the type.
    setFilters(value === '' ? (others as Filters) : ({ ...others, [name]: value } as Filters));
  };
  const dayMs = startOfSiteDay(date, timeZone);
  const narrowed = Object.keys(filters).length + (person === undefined ? 0 : 1);
  return (
    <form
      class="question"
      onSubmit={(event) => {
        event.preventDefault();
        if (date !== '' && time !== '') search({ of: 'around', date, time, minutes });
      }}
    >
      <div class="quick">
        {(['hour', 'today', 'yesterday', 'kept'] as const).map((of) => (
          <button key={of} type="button" disabled={busy} onClick={() => search({ of })}>
            {words.quick[of]}
          </button>
        ))}
      </div>
      <div class="at-time">
        <label class="field">
          {/* A browser shows dates in the format of its own country, so the day stands there in words too. */}
          <span>
            {words.date}
            {!Number.isNaN(dayMs) && `: ${dayText(language, dayMs, timeZone)}`}
          </span>
          <input
            type="date"
            value={date}
            max={addDays(siteDate(nowMs, timeZone), 1)}
            required
            onInput={(event) => setDate(event.currentTarget.value)}
          />
        </label>
        <label class="field">
          <span>{words.time}</span>
          <input type="time" value={time} required onInput={(event) => setTime(event.currentTarget.value)} />
        </label>
        <label class="field">
          <span>{words.margin}</span>
          <select
            value={minutes}
            onChange={(event) => setMinutes(Number(event.currentTarget.value) as Margin)}
          >
            {MARGIN_MINUTES.map((count) => (
              <option key={count} value={count}>
                {fill(words.minutes, { count })}
              </option>
            ))}
          </select>
        </label>
        <button type="submit" class="primary" disabled={busy}>
          {words.search}
        </button>
      </div>
      <details>
        <summary>
          {words.narrow}
          {narrowed > 0 && <span class="count">{narrowed}</span>}
        </summary>
        <div class="filters">
          <Filter
            label={words.place}
            value={filters.accessPoint}
            choices={points.map((point) => [point.id, placeWords(locale, point)])}
            onChoose={(value) => choose('accessPoint', value)}
          />
          <Filter
            label={words.result}
            value={filters.decision}
            choices={DECISIONS.map((decision) => [decision, vocabulary.decision[decision]])}
            onChoose={(value) => choose('decision', value)}
          />
          <Filter
            label={words.kind}
            value={filters.kind}
            choices={PASS_KINDS.map((kind) => [kind, vocabulary.kind[kind]])}
            onChoose={(value) => choose('kind', value)}
          />
          <Filter
            label={words.reason}
            value={filters.reason}
            choices={REASONS.map((reason) => [reason, reasonWords(locale, reason).guard])}
            onChoose={(value) => choose('reason', value)}
          />
          <div class="whom">
            <PersonPicker
              typed={typed}
              chosen={chosen}
              decisions={decisions}
              onTyped={(text) => {
                setTyped(text);
                setChosen(undefined);
              }}
              onChosen={setChosen}
            />
          </div>
          {narrowed > 0 && (
            <button
              type="button"
              onClick={() => {
                setFilters({});
                setTyped('');
                setChosen(undefined);
              }}
            >
              {words.clear}
            </button>
          )}
        </div>
      </details>
    </form>
  );
}

interface FilterProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly choices: readonly (readonly [value: string, words: string])[];
  readonly onChoose: (value: string) => void;
}

function Filter({ label, value = '', choices, onChoose }: FilterProps) {
  const { any } = useWords().locale.guard.history;
  return (
    <label class="field">
      <span>{label}</span>
      <select value={value} onChange={(event) => onChoose(event.currentTarget.value)}>
        <option value="">{any}</option>
        {choices.map(([one, words]) => (
          <option key={one} value={one}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}

/** A complete number, or who was chosen: a pass where it is known, else the household. */
function personAsked(
  typed: string,
  chosen: Person | undefined,
): Pick<HistoryQuestion, 'passId' | 'holderRef'> | undefined {
  const number = typed.trim().toLowerCase();
  if (PASS_ID.test(number)) return { passId: number };
  if (HOLDER_REF.test(number)) return { holderRef: number };
  if (chosen?.passId !== undefined) return { passId: chosen.passId };
  return chosen?.holderRef === undefined ? undefined : { holderRef: chosen.holderRef };
}
