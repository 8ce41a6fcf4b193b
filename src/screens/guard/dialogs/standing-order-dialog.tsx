import { useState } from 'preact/hooks';
import { HOLDER_REF, PASS_ID } from '../../../core/access/bounds.ts';
import { type HolderSubject, ORDER_KINDS } from '../../../core/policy/standing-order.ts';
import type { DecisionView } from '../../../ports/boards.ts';
import { fill } from '../../shared/locale.ts';
import { addDays, dayText, siteDate, startOfSiteDay } from '../../shared/times.ts';
import type { Order, Person } from '../orders.ts';
import { PersonPicker } from '../people/person-picker.tsx';
import { useWords } from '../words.ts';
import { Choices } from './choices.tsx';
import { type DialogEnd, type Draft, ReasonDialog } from './reason-dialog.tsx';
import { TextField } from './text-field.tsx';

/** Ready-made lengths in days; the first day counts. */
const LENGTHS = [14, 7, 3];

type About = 'household' | 'pass';

interface Props extends DialogEnd {
  readonly order: Extract<Order, { type: 'order' }>;
  /** Newest first; for the persons who passed lately. */
  readonly decisions: readonly DecisionView[];
  /** The gate's time, Unix milliseconds. */
  readonly nowMs: number;
}

/** The subject of a typed reference: 16 hex characters are a pass, 12 a household. */
function typedSubject(text: string): HolderSubject | undefined {
  const reference = text.trim().toLowerCase();
  if (PASS_ID.test(reference)) return { passId: reference };
  return HOLDER_REF.test(reference) ? { holderRef: reference } : undefined;
}

function subjectOf(person: Person | undefined, about: About, typed: string): HolderSubject | undefined {
  const number = typedSubject(typed);
  if (person === undefined || number !== undefined) return number;
  const { passId, holderRef } = person;
  if (holderRef !== undefined && (about === 'household' || passId === undefined)) return { holderRef };
  return passId === undefined ? undefined : { passId };
}

/** Quarantine for a household, or suspension of a pass, from one day to another. */
export function StandingOrderDialog({ order, decisions, nowMs, ...end }: Props) {
  const { language, locale, timeZone } = useWords();
  const { orders: words, presets } = locale.guard;
  const [chosen, setChosen] = useState<Person>();
  const person = order.person ?? chosen;
  const [today] = useState(() => siteDate(nowMs, timeZone));
  const [kind, setKind] = useState(order.kind);
  const [about, setAbout] = useState<About>(order.kind === 'suspension' ? 'pass' : 'household');
  const [typed, setTyped] = useState('');
  const [from, setFrom] = useState(today);
  const [last, setLast] = useState(addDays(today, (LENGTHS[0] ?? 1) - 1));

  // The day is also shown in words, because a browser shows dates in the format of its own country.
  const inWords = (label: string, date: string) => {
    const startMs = startOfSiteDay(date, timeZone);
    return Number.isNaN(startMs) ? label : `${label}: ${dayText(language, startMs, timeZone)}`;
  };
  const draft = (note: string): Draft => {
    const subject = subjectOf(person, about, typed);
    if (subject === undefined) return { problem: words.noSubject };
    const fromMs = startOfSiteDay(from, timeZone);
    const untilMs = last === '' ? undefined : startOfSiteDay(addDays(last, 1), timeZone);
    const wrong = Number.isNaN(fromMs) || (untilMs !== undefined && untilMs <= Math.max(fromMs, nowMs));
    if (wrong) return { problem: words.wrongDays };
    const begins = from === today ? {} : { fromMs };
    const ends = untilMs === undefined ? {} : { untilMs };
    return { type: 'order', kind, subject, ...begins, ...ends, note };
  };

  return (
    <ReasonDialog
      title={order.person === undefined ? words.add : fill(words.addFor, { who: order.person.words })}
      effect={words.effect[kind]}
      presets={presets.order}
      instant={false}
      draft={draft}
      {...end}
    >
      {order.person === undefined && (
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
      )}
      <Choices
        legend={words.kind}
        name="kind"
        value={kind}
        choices={ORDER_KINDS.map((value) => ({
          value,
          words: locale.vocabulary.orderKind[value],
        }))}
        onChoose={setKind}
      />
      {person?.passId !== undefined && person.holderRef !== undefined && (
        <Choices
          legend={words.about}
          name="about"
          value={about}
          choices={[
            { value: 'household', words: words.household },
            { value: 'pass', words: words.pass },
          ]}
          onChoose={setAbout}
        />
      )}
      <div class="days">
        <TextField label={inWords(words.from, from)} type="date" min={today} value={from} onText={setFrom} />
        <TextField label={inWords(words.last, last)} type="date" min={from} value={last} onText={setLast} />
        <div class="lengths">
          {LENGTHS.map((days) => (
            <button
              key={days}
              type="button"
              aria-pressed={last === lastDay(from, days)}
              onClick={() => setLast(lastDay(from, days))}
            >
              {fill(words.days, { count: days })}
            </button>
          ))}
          <button type="button" aria-pressed={last === ''} onClick={() => setLast('')}>
            {words.noEnd}
          </button>
        </div>
      </div>
    </ReasonDialog>
  );
}

/** The last of `days` days; empty while the first day is not complete. */
function lastDay(from: string, days: number): string {
  return /^\d{4}-\d\d-\d\d$/.test(from) ? addDays(from, days - 1) : '';
}
