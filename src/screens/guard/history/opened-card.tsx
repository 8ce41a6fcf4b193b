import type { RefObject } from 'preact';
import type { PassageStep } from '../../../core/events/passage-steps.ts';
import type { HistoryQuestion, OpenedPassage } from '../../../ports/passage-history.ts';
import { Icon } from '../../shared/icon.tsx';
import { fill, type Locale, reasonWords, wordIn } from '../../shared/locale.ts';
import { dateText, dayText, secondsText, siteDate, turnOf } from '../../shared/times.ts';
import { levelWords } from '../desk/level-card.tsx';
import { useWords } from '../words.ts';
import { byWords } from './found-lines.tsx';

interface Props {
  readonly opened: OpenedPassage;
  readonly heading: RefObject<HTMLHeadingElement>;
  readonly onBack: () => void;
  readonly onAllOf: (person: Pick<HistoryQuestion, 'passId' | 'holderRef'>) => void;
}

/** One passage as a whole: who it was as far as the register knows, and what happened. */
export function OpenedCard({ opened: { line, steps }, heading, onBack, onAllOf }: Props) {
  const { language, locale, timeZone } = useWords();
  const words = locale.guard.history;
  const { vocabulary, guard } = locale;
  const { view, visitor } = line;
  const { passId, holderRef, holder } = view;
  const granted = view.decision === 'Granted';
  const name = visitor ?? holder?.label;
  const turn = turnOf(view.timeMs, timeZone);
  return (
    <article class="card opened" aria-labelledby="opened">
      <div class="card-head">
        <h3 id="opened" ref={heading} tabIndex={-1}>
          {dateText(language, view.timeMs, timeZone)}{' '}
          <time>{secondsText(language, view.timeMs, timeZone)}</time>{' '}
          {turn && <small>{words.turn[turn]}</small>}
        </h3>
        <button type="button" onClick={onBack}>
          {words.back}
        </button>
      </div>
      <p class={`mood ${granted ? 'good' : 'bad'}`}>
        <Icon name={granted ? 'check' : 'cross'} />
        <strong>{wordIn(vocabulary.decision, view.decision)}</strong>
        <span>
          {wordIn(vocabulary.direction, view.direction)} <small>{view.accessPoint}</small>
        </span>
      </p>
      <div class="whose">
        {holder?.hasPhotograph === true && holderRef !== undefined && (
          <img src={`/api/guard/photo/${encodeURIComponent(holderRef)}`} alt="" />
        )}
        <dl>
          <div>
            <dt>
              {wordIn(vocabulary.kind, view.kind) ??
                wordIn(vocabulary.recognition, view.recognition) ??
                words.noPass}
            </dt>
            <dd>
              {view.guest && visitor === undefined && `${guard.people.guestOf} `}
              <strong class="foreign">{name ?? words.noName}</strong> <span class="unit">{holder?.unit}</span>
            </dd>
          </div>
          {passId !== undefined && <Numbered words={words.pass} number={passId} />}
          {holderRef !== undefined && <Numbered words={words.household} number={holderRef} />}
        </dl>
      </div>
      <div class="actions">
        {passId !== undefined && (
          <button type="button" onClick={() => onAllOf({ passId })}>
            {words.allOfPass}
          </button>
        )}
        {holderRef !== undefined && (
          <button type="button" onClick={() => onAllOf({ holderRef })}>
            {words.allOfHousehold}
          </button>
        )}
      </div>
      <h4>{words.happened}</h4>
      <ol class="steps">
        {steps.map((step) => (
          <li key={step.sequence}>
            <time>
              {siteDate(step.timeMs, timeZone) !== siteDate(view.timeMs, timeZone) &&
                `${dayText(language, step.timeMs, timeZone)} `}
              {secondsText(language, step.timeMs, timeZone)}
            </time>
            <span>
              <strong>{titleOf(locale, step)}</strong>
              <span class="detail">{detailsOf(locale, step).join(' · ')}</span>
              {step.note !== undefined && <q class="foreign">{step.note}</q>}
            </span>
          </li>
        ))}
      </ol>
    </article>
  );
}

function Numbered({ words, number }: { readonly words: string; readonly number: string }) {
  return (
    <div>
      <dt>{words}</dt>
      <dd class="number">{number}</dd>
    </div>
  );
}

function titleOf({ guard }: Locale, { name, operator, action }: PassageStep): string {
  const { step, act } = guard.history;
  if (action !== undefined)
    return fill(wordIn<string>(act, action) ?? act.other, { operator: operator ?? '' });
  return wordIn<string>(step, name) ?? name;
}

/** Everything else that a row says. */
function detailsOf(locale: Locale, step: PassageStep): readonly string[] {
  const { guard, vocabulary, cause } = locale;
  const words = guard.history;
  const {
    form,
    reasons = [],
    marks = [],
    screening,
    isReadingErased,
    decidedBy,
    level,
    counted,
    isUnsynced,
  } = step;
  if (form === 'altered') return [words.altered];
  const by = decidedBy === undefined || decidedBy === 'auto' ? words.byGate : byWords(locale, decidedBy);
  const isDecision = step.name === 'access.granted' || step.name === 'access.denied';
  return [
    ...reasons.map((reason) => reasonWords(locale, reason).guard),
    ...marks.map((mark) => wordIn(vocabulary.mark, mark) ?? ''),
    ...(screening === undefined
      ? []
      : [
          wordIn(vocabulary.outcome, screening.outcome) ?? '',
          wordIn(cause, screening.cause)?.guard ?? '',
          screening.object === undefined ? '' : `${guard.people.forehead} ${screening.object.toFixed(1)} °C`,
          screening.ambient === undefined ? '' : `${guard.people.air} ${screening.ambient.toFixed(1)} °C`,
          (screening.attempts ?? 1) > 1 ? fill(words.attempts, { count: screening.attempts ?? 1 }) : '',
        ]),
    isReadingErased ? words.readingErased : '',
    isDecision ? by : '',
    isDecision && level !== undefined ? fill(words.level, { level: levelWords(locale, level) }) : '',
    counted === undefined ? '' : fill(words.counted, { count: counted }),
    isUnsynced ? words.unsynced : '',
  ].filter(Boolean);
}
