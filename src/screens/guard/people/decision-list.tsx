import { someAboutReading } from '../../../core/access/reasons.ts';
import type { DecisionView, VisitorView } from '../../../ports/boards.ts';
import { Icon } from '../../shared/icon.tsx';
import { fill, type Locale, reasonWords, wordIn } from '../../shared/locale.ts';
import { secondsText } from '../../shared/times.ts';
import { OrderButton } from '../order-button.tsx';
import { type Give, personOf } from '../orders.ts';
import { useWords } from '../words.ts';
import { Remedies } from './remedies.tsx';

/** Number of lines; more than fit on a screen, and the log has the rest. */
const SHOWN = 60;
/** Orders about a person are offered in the row for this time, in milliseconds; after that the person has gone. */
const FRESH_MS = 10 * 60_000;

interface Props {
  readonly decisions: readonly DecisionView[];
  readonly visitors: readonly VisitorView[];
  /** The gate's time, Unix milliseconds. */
  readonly nowMs: number;
  /** Whether the guard has a thermometer to measure by hand. */
  readonly byHand: boolean;
  readonly onOrder: Give;
}

export function DecisionList({ decisions, visitors, nowMs, byHand, onOrder }: Props) {
  const words = useWords().locale.guard.decisions;
  const granted = new Set(
    decisions.filter(({ decision }) => decision === 'Granted').map(({ passage }) => passage),
  );
  return (
    <section class="decisions" aria-labelledby="decisions">
      <h2 id="decisions">{words.title}</h2>
      {decisions.length === 0 && <p>{words.empty}</p>}
      <ol>
        {decisions.slice(0, SHOWN).map((decision) => (
          <Row
            key={`${decision.passage} ${decision.timeMs}`}
            decision={decision}
            fresh={nowMs - decision.timeMs < FRESH_MS}
            overruled={granted.has(decision.passage)}
            visitors={visitors}
            byHand={byHand}
            onOrder={onOrder}
          />
        ))}
      </ol>
    </section>
  );
}

/** The reasons of a decision in words: failed checks, then the result of the screening, then marks. */
export function whyOf(
  locale: Locale,
  { reasons, reason, screening, marks = [] }: DecisionView,
): readonly string[] {
  const failed = reasons.length > 0 ? reasons : reason === undefined ? [] : [reason];
  return [
    ...failed.map((one) => reasonWords(locale, one).guard),
    wordIn(locale.cause, screening?.cause)?.guard ?? '',
    failed.length === 0 && screening?.contactReading === undefined
      ? (wordIn(locale.vocabulary.outcome, screening?.outcome) ?? '')
      : '',
    byHandWords(locale, screening?.contactReading),
    ...marks.map((mark) => wordIn(locale.vocabulary.mark, mark) ?? ''),
  ].filter(Boolean);
}

/** What was measured by hand, named as such. */
function byHandWords(
  { guard }: Locale,
  reading: NonNullable<DecisionView['screening']>['contactReading'],
): string {
  if (reading === undefined) return '';
  const degrees = reading.degreesC === undefined ? '' : ` ${reading.degreesC.toFixed(1)} °C`;
  return `${guard.contact.methods[reading.method]}: ${guard.contact.outcome[reading.outcome]}${degrees}`;
}

interface RowProps {
  readonly decision: DecisionView;
  readonly fresh: boolean;
  /** Whether a guard let this person through in spite of the refusal. */
  readonly overruled: boolean;
  readonly visitors: readonly VisitorView[];
  readonly byHand: boolean;
  readonly onOrder: Give;
}

function Row({ decision, fresh, overruled, visitors, byHand, onOrder }: RowProps) {
  const { language, locale, timeZone } = useWords();
  const { vocabulary } = locale;
  const granted = decision.decision === 'Granted';
  const person = personOf(locale, decision);
  const temperature = decision.screening?.temperatureC;
  return (
    <li class={granted ? 'row granted' : 'row denied'}>
      <time>{secondsText(language, decision.timeMs, timeZone)}</time>
      <span class="way">
        <Icon name={decision.direction === 'out' ? 'out' : 'in'} />
        {wordIn(vocabulary.direction, decision.direction)}
      </span>
      <strong class="verdict">
        <Icon name={granted ? 'check' : 'cross'} />
        {wordIn(vocabulary.decision, decision.decision)}
      </strong>
      <span class="because">{whyOf(locale, decision).join(' · ')}</span>
      <span class="degrees">{temperature === undefined ? '' : `${temperature.toFixed(1)} °C`}</span>
      <span class="holder">
        {wordIn(vocabulary.kind, decision.kind) ?? wordIn(vocabulary.recognition, decision.recognition)}{' '}
        {decision.guest && `${locale.guard.people.guestOf} `}
        {decision.holder && (
          <strong>
            {decision.guest ? decision.holder.label : (decision.label ?? decision.holder.label)}{' '}
            <span class="unit">{decision.holder.unit}</span>
          </strong>
        )}{' '}
        {decision.label !== undefined && (
          <q>{decision.guest || decision.holder === undefined ? decision.label : decision.holder.label}</q>
        )}
        {decision.decidedBy !== 'auto' && (
          <span class="by">
            {' '}
            {decision.decidedBy === 'server'
              ? locale.guard.decisions.byCentre
              : fill(locale.guard.decisions.by, { operator: decision.decidedBy })}
          </span>
        )}
        {decision.note !== undefined && <q class="by">{decision.note}</q>}
      </span>
      <span class="through">{wordIn(vocabulary.passageState, decision.passageState)}</span>
      {person && (
        <OrderButton
          order={{ type: 'person', person }}
          onOrder={onOrder}
          class="about"
          title={locale.guard.person.more}
          label={`${locale.guard.person.more} ${person.words}`}
        >
          <Icon name="dots" />
        </OrderButton>
      )}
      {fresh && (
        <Remedies view={decision} visitors={visitors} onOrder={onOrder}>
          {!granted && !overruled && <LetIn decision={decision} onOrder={onOrder} />}
          {!granted && !overruled && byHand && someAboutReading(decision.reasons) && (
            <ByHand decision={decision} onOrder={onOrder} />
          )}
        </Remedies>
      )}
    </li>
  );
}

/** Overrules a refusal. The order is about the person of the row, also if the card shows another one by now. */
function LetIn({ decision, onOrder }: Pick<RowProps, 'decision' | 'onOrder'>) {
  const { remedies } = useWords().locale.guard;
  const { accessPoint, direction, passage } = decision;
  const named = { [accessPoint]: { passage, overrule: true } } as const;
  return (
    <OrderButton
      order={{ type: 'open', accessPoints: [{ id: accessPoint, direction }], named }}
      onOrder={onOrder}
    >
      {remedies.overrule}
    </OrderButton>
  );
}

/** Measures the refused person of the row by hand. */
function ByHand({ decision, onOrder }: Pick<RowProps, 'decision' | 'onOrder'>) {
  const { people } = useWords().locale.guard;
  const { accessPoint: id, direction, passage } = decision;
  return (
    <OrderButton
      order={{ type: 'contact-reading', accessPoint: { id, direction }, passage, overrule: true }}
      onOrder={onOrder}
    >
      {people.byHand}
    </OrderButton>
  );
}
