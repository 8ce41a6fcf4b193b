import { useEffect, useState } from 'preact/hooks';
import type { DecisionView } from '../../../ports/boards.ts';
import { postJson } from '../../shared/api.ts';
import { fill } from '../../shared/locale.ts';
import { clockText } from '../../shared/times.ts';
import { Choices } from '../dialogs/choices.tsx';
import { TextField } from '../dialogs/text-field.tsx';
import { type Person, personOf } from '../orders.ts';
import { useWords } from '../words.ts';

/** Time from the last key to the search, in milliseconds. */
const SEARCH_AFTER_MS = 300;
const RECENT_SHOWN = 5;
const LONGEST_TEXT = 30;
/** A number of a pass or a household, which needs no search. */
const NUMBER = /^([0-9a-f]{12}|[0-9a-f]{16})$/i;

interface Props {
  readonly typed: string;
  readonly chosen: Person | undefined;
  /** Newest first; for the persons who passed lately. */
  readonly decisions: readonly DecisionView[];
  readonly onTyped: (text: string) => void;
  readonly onChosen: (person: Person) => void;
}

/** Picks a person by name or flat, from the register and from recent decisions, or by a complete number. */
export function PersonPicker({ typed, chosen, decisions, onTyped, onChosen }: Props) {
  const { language, locale, timeZone } = useWords();
  const { orders: words, visitors } = locale.guard;
  const text = typed.trim();
  const found = useFound(NUMBER.test(text) ? '' : text);
  const recent = new Map<string, [Person, string]>();
  for (const decision of decisions) {
    const person = personOf(locale, decision);
    if (person?.passId === undefined || recent.has(person.passId) || recent.size === RECENT_SHOWN) continue;
    if (!person.words.toLowerCase().includes(text.toLowerCase())) continue;
    const time = clockText(language, decision.timeMs, timeZone);
    recent.set(person.passId, [person, fill(visitors.shownAt, { time, card: person.words })]);
  }
  const people: readonly [Person, string][] = [
    ...(found ?? []).map((person): [Person, string] => [person, person.words]),
    ...recent.values(),
  ];
  return (
    <>
      <TextField label={words.reference} maxLength={LONGEST_TEXT} value={typed} onText={onTyped} />
      {NUMBER.test(text) || people.length === 0 ? (
        <p role="status">{!NUMBER.test(text) && text !== '' && found !== undefined && words.nobody}</p>
      ) : (
        <Choices
          legend={words.which}
          name="person"
          value={chosen === undefined ? '' : keyOf(chosen)}
          choices={people.map(([person, shown]) => ({ value: keyOf(person), words: shown }))}
          onChoose={(key) => {
            const one = people.find(([person]) => keyOf(person) === key);
            if (one !== undefined) onChosen(one[0]);
          }}
        />
      )}
    </>
  );
}

function keyOf({ passId, holderRef }: Person): string {
  return passId ?? holderRef ?? '';
}

/** The entries of the gate's register for a text; undefined during the request. */
function useFound(text: string): readonly Person[] | undefined {
  const [answer, setAnswer] = useState<{ readonly text: string; readonly people: readonly Person[] }>();
  useEffect(() => {
    if (text === '') return undefined;
    let wanted = true;
    const timer = setTimeout(async () => {
      const reply = await postJson('/api/guard/find-holder', { text });
      const holders = reply === 'unreachable' || reply.status !== 200 ? [] : reply.body.holders;
      if (wanted && Array.isArray(holders)) setAnswer({ text, people: holders.map(personFound) });
    }, SEARCH_AFTER_MS);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [text]);
  if (text === '') return [];
  return answer?.text === text ? answer.people : undefined;
}

function personFound(holder: { holderRef: string; label: string; unit: string }): Person {
  const { holderRef, label, unit } = holder;
  return { holderRef, words: `${unit} ${label}`.trim() };
}
