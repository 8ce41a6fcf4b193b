import { useEffect, useState } from 'preact/hooks';
import type { DecisionView } from '../../../ports/boards.ts';
import type { FoundPersons } from '../../../ports/holder-register.ts';
import { postJson, problemIn } from '../../shared/api.ts';
import { fill, type Locale } from '../../shared/locale.ts';
import { clockText } from '../../shared/times.ts';
import { Choices } from '../dialogs/choices.tsx';
import { TextField } from '../dialogs/text-field.tsx';
import { type Person, personOf } from '../orders.ts';
import { useWords } from '../words.ts';

/** Time from the last key to the search, in milliseconds: whoever types slowly is not on record with each letter. */
const SEARCH_AFTER_MS = 600;
const RECENT_SHOWN = 5;
const LONGEST_TEXT = 30;
/** A number of a pass or a household, which needs no search. */
/** One letter or digit, which most of the register has somewhere. One Chinese character is a name. */
const TOO_SHORT = /^[ -~]$/;
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
  const { found, problem } = useFound(NUMBER.test(text) ? '' : text);
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
    ...[...recent.values()].filter(([{ passId }]) => !found?.some((one) => one.passId === passId)),
  ];
  return (
    <>
      <TextField label={words.reference} maxLength={LONGEST_TEXT} value={typed} onText={onTyped} />
      {NUMBER.test(text) || people.length === 0 ? (
        <p role="status">
          {!NUMBER.test(text) && text !== '' && found !== undefined && (problem ?? words.nobody)}
        </p>
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

interface Found {
  /** Undefined before the answer. */
  readonly found?: readonly Person[];
  /** Why the gate names nobody. */
  readonly problem?: string;
}

/** The entries of the gate's registers for a text: who lives or works here, and visitors. */
function useFound(text: string): Found {
  const { locale } = useWords();
  const [answer, setAnswer] = useState<Found & { readonly text: string }>();
  useEffect(() => {
    if (text === '' || TOO_SHORT.test(text)) return undefined;
    let wanted = true;
    const timer = setTimeout(async () => {
      const reply = await postJson('/api/guard/find-holder', { text });
      if (!wanted) return;
      if (reply === 'unreachable')
        return setAnswer({ text, found: [], problem: locale.guard.dialog.noAnswer });
      if (reply.status !== 200) return setAnswer({ text, found: [], problem: problemIn(locale, reply) });
      // The server's word: both are built from the same port.
      const { holders, visitors } = reply.body as unknown as FoundPersons;
      const people = [...holders.map(personFound), ...visitors.map((one) => visitorFound(locale, one))];
      setAnswer({ text, found: people });
    }, SEARCH_AFTER_MS);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [text, locale]);
  if (text === '') return { found: [] };
  return answer?.text === text ? answer : {};
}

function personFound({ holderRef, label, unit }: FoundPersons['holders'][number]): Person {
  return { holderRef, words: `${unit} ${label}`.trim() };
}

function visitorFound(locale: Locale, { passId, label, unit }: FoundPersons['visitors'][number]): Person {
  return { passId, words: [locale.vocabulary.kind.visitor, label, unit].filter(Boolean).join(' ') };
}
