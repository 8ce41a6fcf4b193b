import { useState } from 'preact/hooks';
import {
  LONGEST_LABEL,
  LONGEST_PHONE,
  LONGEST_PURPOSE,
  LONGEST_UNIT,
  PASS_ID,
} from '../../../core/access/bounds.ts';
import { attributesOf } from '../../../core/access/reasons.ts';
import type { DecisionView } from '../../../ports/boards.ts';
import { fill } from '../../shared/locale.ts';
import { addDays, clockText, siteDate, startOfSiteDay } from '../../shared/times.ts';
import type { Order } from '../orders.ts';
import { useWords } from '../words.ts';
import { Choices } from './choices.tsx';
import { type DialogEnd, type Draft, ReasonDialog } from './reason-dialog.tsx';
import { TextField } from './text-field.tsx';

const HOUR_MS = 3_600_000;
/** Number of cards to choose from, the last shown first. */
const CARDS_SHOWN = 3;

const LENGTHS = ['1', '2', '4', 'today'] as const;
type Length = (typeof LENGTHS)[number];

interface Props extends DialogEnd {
  readonly order: Extract<Order, { type: 'visitor' }>;
  /** Newest first. */
  readonly decisions: readonly DecisionView[];
  /** The gate's time, Unix milliseconds. */
  readonly nowMs: number;
}

/** Visitors' cards that were shown at a reader, each once. */
function shownCards(decisions: readonly DecisionView[]): readonly DecisionView[] {
  const cards = new Map<string, DecisionView>();
  for (const decision of decisions) {
    const isVisitor =
      decision.kind === 'visitor' ||
      decision.reasons.some((reason) => attributesOf(reason).order === 'registerVisitor');
    if (!isVisitor || decision.passId === undefined) continue;
    if (!cards.has(decision.passId)) cards.set(decision.passId, decision);
  }
  return [...cards.values()].slice(0, CARDS_SHOWN);
}

/** Enters a visitor. The card is shown at the reader and chosen here, or its number is typed. */
export function VisitorDialog({ order, decisions, nowMs, ...end }: Props) {
  const { language, locale, timeZone } = useWords();
  const { visitors: words, presets } = locale.guard;
  const cards = shownCards(decisions);
  const [chosen, setChosen] = useState(order.passId);
  const [typed, setTyped] = useState('');
  const [who, setWho] = useState('');
  const [phone, setPhone] = useState('');
  const [where, setWhere] = useState('');
  const [length, setLength] = useState<Length>('2');
  // The number may be typed as it is printed: in groups, in capitals.
  const number = typed.replace(/[\s-]/g, '').toLowerCase();
  const passId = number === '' ? (chosen ?? cards[0]?.passId ?? '') : number;

  const draft = (note: string): Draft => {
    if (!PASS_ID.test(passId)) return { problem: words.noCard };
    if (who.trim() === '') return { problem: words.noWho };
    const midnight = startOfSiteDay(addDays(siteDate(nowMs, timeZone), 1), timeZone);
    const untilMs = length === 'today' ? midnight : Math.ceil(nowMs + Number(length) * HOUR_MS);
    const hostRef = order.host?.holderRef;
    const said = {
      label: who,
      ...(phone.trim() !== '' && { phone }),
      ...(where.trim() !== '' && { unit: where }),
      ...(hostRef !== undefined && { hostRef }),
      // Why somebody is let visit is what the visit is for.
      purpose: note.slice(0, LONGEST_PURPOSE),
    };
    return { type: 'visitor', passId, ...said, untilMs, note };
  };

  return (
    <ReasonDialog
      title={words.register}
      effect={order.passId === undefined ? words.how : undefined}
      presets={presets.visitor}
      instant={false}
      draft={draft}
      {...end}
    >
      {order.passId !== undefined && (
        <p class="fixed">
          {words.card}
          <strong>{decisions.find(({ passId: id }) => id === order.passId)?.label ?? order.passId}</strong>
        </p>
      )}
      {order.passId === undefined && (
        <>
          {cards.length > 0 && (
            <Choices
              legend={words.card}
              name="card"
              value={number === '' ? passId : ''}
              choices={cards.map(({ passId: id = '', timeMs, label }) => ({
                value: id,
                words: fill(words.shownAt, {
                  time: clockText(language, timeMs, timeZone),
                  card: label ?? id,
                }),
              }))}
              onChoose={(id) => {
                setTyped('');
                setChosen(id);
              }}
            />
          )}
          <TextField label={words.number} maxLength={24} value={typed} onText={setTyped} />
        </>
      )}
      <div class="pair">
        <TextField label={words.who} maxLength={LONGEST_LABEL} value={who} onText={setWho} />
        {order.host === undefined ? (
          <TextField label={words.where} maxLength={LONGEST_UNIT} value={where} onText={setWhere} />
        ) : (
          <p class="fixed">
            {words.where}
            <strong>{order.host.words}</strong>
          </p>
        )}
      </div>
      <TextField label={words.phone} maxLength={LONGEST_PHONE} value={phone} onText={setPhone} />
      <Choices
        legend={words.until}
        name="until"
        value={length}
        choices={LENGTHS.map((value) => ({
          value,
          words: value === 'today' ? words.today : fill(words.hours, { count: value }),
        }))}
        onChoose={setLength}
      />
    </ReasonDialog>
  );
}
