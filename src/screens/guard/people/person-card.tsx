import { onlyAboutReading, someAboutReading } from '../../../core/access/reasons.ts';
import type { PassageView, VisitorView } from '../../../ports/boards.ts';
import type { GuardTopics, SiteView } from '../../../ports/guard-feed.ts';
import type { Holder } from '../../../ports/holder-register.ts';
import { Icon, type IconName } from '../../shared/icon.tsx';
import { fill, reasonWords, wordIn } from '../../shared/locale.ts';
import { clockText, dayText } from '../../shared/times.ts';
import { useSecondsLeft } from '../../shared/use-seconds-left.ts';
import { OrderButton } from '../order-button.tsx';
import { type Give, personOf, placeWords } from '../orders.ts';
import { useWords } from '../words.ts';
import { Remedies } from './remedies.tsx';

interface PersonCardProps {
  readonly point: SiteView['accessPoints'][number];
  readonly passage: PassageView | undefined;
  readonly reading: GuardTopics[`thermometer/${string}`];
  /** Whether a thermometer works here. */
  readonly thermometer: boolean;
  /** Whether the guard has a thermometer to measure by hand. */
  readonly byHand: boolean;
  readonly visitors: readonly VisitorView[];
  readonly onOrder: Give;
}

/** Feedback during which a person stands there and can be refused. */
const TURNABLE: ReadonlySet<PassageView['feedback']> = new Set(['Measure', 'Wait', 'GuardCalled']);

/** Whether a new measurement could let the person through; false while one is under way. */
function canBeMeasured({ feedback, reasons }: PassageView): boolean {
  if (feedback === 'AccessDenied') return onlyAboutReading(reasons);
  return (feedback === 'Wait' || feedback === 'GuardCalled') && someAboutReading(reasons);
}

/** Whether a reading by hand says something about this person: where one is asked for, or has refused. */
function canBeReadByHand({ feedback, reasons }: PassageView): boolean {
  if (feedback === 'Measure') return true;
  const waits = feedback === 'Wait' || feedback === 'GuardCalled' || feedback === 'AccessDenied';
  return waits && someAboutReading(reasons);
}

type Mood = 'empty' | 'busy' | 'good' | 'bad' | 'calls';

function moodOf(feedback: PassageView['feedback'] | undefined): [Mood, IconName] {
  switch (feedback) {
    case undefined:
    case 'Idle':
      return ['empty', 'person'];
    case 'AccessGranted':
      return ['good', 'check'];
    case 'AccessDenied':
    case 'Fault':
    case 'Disabled':
      return ['bad', 'cross'];
    case 'GuardCalled':
      return ['calls', 'bell'];
    case 'DoorOpenTooLong':
    case 'DoorPreAlarmWarning':
      return ['bad', 'warning'];
    default:
      return ['busy', 'dots'];
  }
}

/** The person at one access point, the reasons, and the possible orders. */
export function PersonCard({
  point,
  passage,
  reading,
  thermometer,
  byHand,
  visitors,
  onOrder,
}: PersonCardProps) {
  const { locale } = useWords();
  const { people } = locale.guard;
  const [mood, icon] = moodOf(passage?.feedback);
  const cause = wordIn(locale.cause, passage?.cause)?.guard;
  const why = [
    ...new Set([...(passage?.reasons ?? []).map((reason) => reasonWords(locale, reason).guard), cause]),
  ];
  const feedback = passage?.feedback ?? 'Idle';
  const person = passage && personOf(locale, passage);
  return (
    <article class={`card person ${mood}`} aria-label={placeWords(locale, point)}>
      <h3>
        <Icon name={point.direction} />
        {locale.vocabulary.direction[point.direction]} <small>{point.id}</small>
      </h3>
      <p class="mood" aria-live="polite">
        <Icon name={icon} />
        <strong>{wordIn(locale.vocabulary.feedback, feedback) ?? feedback}</strong>
        {passage?.kind && <span class="chip">{wordIn(locale.vocabulary.kind, passage.kind)}</span>}
        {passage?.waitSeconds !== undefined && <Remaining seconds={passage.waitSeconds} since={passage} />}
      </p>
      {point.outOfService && <OutOfService point={point} {...point.outOfService} onOrder={onOrder} />}
      {passage?.guest && <p class="label">{people.guestOf}</p>}
      {passage?.holder && <HolderWords holder={passage.holder} holderRef={passage.holderRef} />}
      {passage?.label && (
        <p class="label">
          {people.label} <q>{passage.label}</q>
        </p>
      )}
      {why.some(Boolean) && (
        <ul class="why">
          {why.filter(Boolean).map((one) => (
            <li key={one}>{one}</li>
          ))}
        </ul>
      )}
      {reading && (
        <p class="reading">
          {people.forehead} <strong>{reading.objectC.toFixed(1)} °C</strong>
          {reading.ambientC !== undefined && ` · ${people.air} ${reading.ambientC.toFixed(1)} °C`}
        </p>
      )}
      <div class="actions">
        <OrderButton
          order={{ type: 'open', accessPoints: [point] }}
          onOrder={onOrder}
          class={mood === 'calls' ? 'go' : ''}
        >
          {point.direction === 'in' ? people.letIn : people.letOut}
        </OrderButton>
        {TURNABLE.has(feedback) && (
          <OrderButton
            order={{ type: 'refuse', accessPoint: point.id, passage: passage?.passage }}
            onOrder={onOrder}
            class="stop"
          >
            {people.turnAway}
          </OrderButton>
        )}
        {thermometer && passage && canBeMeasured(passage) && (
          <OrderButton
            order={{ type: 'measure', accessPoint: point.id, passage: passage.passage }}
            onOrder={onOrder}
          >
            {people.measureAgain}
          </OrderButton>
        )}
        {byHand && passage?.passage !== undefined && canBeReadByHand(passage) && (
          <OrderButton
            order={{
              type: 'contact-reading',
              accessPoint: point,
              passage: passage.passage,
              overrule: feedback === 'AccessDenied',
            }}
            onOrder={onOrder}
          >
            {people.byHand}
          </OrderButton>
        )}
        {passage && <Remedies view={passage} visitors={visitors} onOrder={onOrder} />}
        {person && (
          <OrderButton order={{ type: 'person', person }} onOrder={onOrder} class="more">
            {locale.guard.person.more}
          </OrderButton>
        )}
      </div>
    </article>
  );
}

function Remaining({ seconds, since }: { seconds: number; since: PassageView }) {
  const { people } = useWords().locale.guard;
  const left = Math.ceil(useSecondsLeft(seconds, since));
  return <span class="chip">{fill(people.waiting, { seconds: left })}</span>;
}

interface OutOfServiceProps {
  readonly point: SiteView['accessPoints'][number];
  readonly sinceMs: number;
  readonly by: string;
  readonly note: string;
  readonly onOrder: Give;
}

/** Who has taken this access point out of service and why, and the order that puts it back. */
function OutOfService({ point, sinceMs, by, note, onOrder }: OutOfServiceProps) {
  const { language, locale, timeZone } = useWords();
  const { people } = locale.guard;
  const time = `${dayText(language, sinceMs, timeZone)} ${clockText(language, sinceMs, timeZone)}`;
  return (
    <div class="out-of-service">
      <p>{fill(people.outOfService, { time, who: by, note })}</p>
      <OrderButton order={{ type: 'enable', point }} onOrder={onOrder} class="primary">
        {people.enable}
      </OrderButton>
    </div>
  );
}

interface HolderWordsProps {
  readonly holder: Holder;
  readonly holderRef: string | undefined;
}

/** The holder of the pass, from the register on the kiosk, as plain text. */
function HolderWords({ holder, holderRef }: HolderWordsProps) {
  return (
    <p class="whose">
      {holder.hasPhotograph === true && holderRef !== undefined && (
        <img src={`/api/guard/photo/${encodeURIComponent(holderRef)}`} alt="" />
      )}
      <span>
        <strong>{holder.label}</strong>
        {holder.unit !== '' && <span class="unit">{holder.unit}</span>}
      </span>
    </p>
  );
}
