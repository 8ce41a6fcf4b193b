import type { HistoryAnswer, HistoryLine, HistoryMark } from '../../../ports/passage-history.ts';
import { Icon } from '../../shared/icon.tsx';
import { fill, type Locale, reasonWords, wordIn } from '../../shared/locale.ts';
import { clockText, dayText, secondsText, siteDate, turnOf } from '../../shared/times.ts';
import { whyOf } from '../people/decision-list.tsx';
import { useWords } from '../words.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

type FullLine = HistoryLine & { readonly form: 'full' };

interface Props extends Pick<HistoryAnswer, 'fromMs' | 'toMs' | 'bounds'> {
  readonly lines: readonly HistoryLine[];
  readonly next?: HistoryMark;
  readonly busy: boolean;
  readonly onOpen: (sequence: number) => void;
  readonly onOlder: (from: HistoryMark) => void;
}

/** The passages that fit, the newest first, and what the log cannot tell any more. */
export function FoundLines({ fromMs, toMs, bounds, lines, next, busy, onOpen, onOlder }: Props) {
  const { language, locale, timeZone } = useWords();
  const words = locale.guard.history;
  const at = (ms: number) => `${dayText(language, ms, timeZone)} ${clockText(language, ms, timeZone)}`;
  const { sinceMs, accessMs, screeningMs } = bounds;
  const beginsMs = Math.max(fromMs, sinceMs ?? fromMs);
  const isYoung = sinceMs !== undefined && sinceMs > fromMs;
  return (
    <section aria-label={words.found}>
      <h3 id="found">
        {at(beginsMs)} – {at(Math.max(beginsMs, toMs - 1))}
      </h3>
      <p class="fine">
        {isYoung && `${fill(words.since, { time: at(beginsMs) })} `}
        {fill(words.kept, { days: Math.round(accessMs / DAY_MS), hours: Math.round(screeningMs / HOUR_MS) })}
      </p>
      <ol class="passages">
        {lines.map((line) => (
          <li
            key={line.form === 'reduced' ? `${line.timeMs} ${line.decision} ${line.reason}` : line.sequence}
          >
            {line.form === 'full' && <Line line={line} toMs={toMs} busy={busy} onOpen={onOpen} />}
            {line.form === 'reduced' && <ErasedLine line={line} />}
            {line.form === 'altered' && (
              <p class="erased problem">
                {at(line.timeMs)} · {words.altered}
              </p>
            )}
          </li>
        ))}
      </ol>
      {lines.length === 0 && <p>{next ? fill(words.reached, { time: at(next.toMs) }) : words.none}</p>}
      {next ? (
        <button type="button" class="older" disabled={busy} onClick={() => onOlder(next)}>
          {words.older}
        </button>
      ) : (
        lines.length > 0 && <p class="fine">{words.end}</p>
      )}
    </section>
  );
}

interface LineProps {
  readonly line: FullLine;
  readonly toMs: number;
  readonly busy: boolean;
  readonly onOpen: (sequence: number) => void;
}

function Line({ line, toMs, busy, onOpen }: LineProps) {
  const { language, locale, timeZone } = useWords();
  const { vocabulary, guard } = locale;
  const { view, sequence, visitor, counted, isReadingErased } = line;
  const granted = view.decision === 'Granted';
  const isOtherDay = siteDate(view.timeMs, timeZone) !== siteDate(toMs - 1, timeZone);
  const who = visitor ?? view.holder?.label;
  const turn = turnOf(view.timeMs, timeZone);
  const why = [
    turn === undefined ? '' : guard.history.turn[turn],
    line.isUnsynced ? guard.history.unsynced : '',
    ...whyOf(locale, view),
    view.decidedBy === 'auto' ? '' : byWords(locale, view.decidedBy),
    isReadingErased ? guard.history.readingErased : '',
    counted === undefined ? '' : fill(guard.history.counted, { count: counted }),
  ].filter(Boolean);
  return (
    <button
      id={`line-${sequence}`}
      type="button"
      class={`passage ${granted ? 'granted' : 'denied'}`}
      disabled={busy}
      onClick={() => onOpen(sequence)}
    >
      <span class="when">
        <time>{secondsText(language, view.timeMs, timeZone)}</time>
        {isOtherDay && <small>{dayText(language, view.timeMs, timeZone)}</small>}
      </span>
      <strong class="verdict">
        <Icon name={granted ? 'check' : 'cross'} />
        {wordIn(vocabulary.decision, view.decision)}
      </strong>
      <span class="way">
        {wordIn(vocabulary.direction, view.direction)} <small>{view.accessPoint}</small>
      </span>
      <span class="who">
        {wordIn(vocabulary.kind, view.kind) ?? wordIn(vocabulary.recognition, view.recognition)}{' '}
        {view.guest && visitor === undefined && `${guard.people.guestOf} `}
        {who !== undefined && <strong class="foreign">{who}</strong>}{' '}
        <span class="unit">{view.holder?.unit}</span>
      </span>
      {why.length > 0 && <span class="because">{why.join(' · ')}</span>}
    </button>
  );
}

/** Who else than the gate has decided. */
export function byWords({ guard }: Locale, decidedBy: string): string {
  const { by, byCentre } = guard.decisions;
  return decidedBy === 'server' ? byCentre : fill(by, { operator: decidedBy });
}

function ErasedLine({ line }: { readonly line: HistoryLine & { readonly form: 'reduced' } }) {
  const { language, locale, timeZone } = useWords();
  const { timeMs, decision, reason, count } = line;
  const words = locale.guard.history;
  const clock = (ms: number) => clockText(language, ms, timeZone);
  const turn = turnOf(timeMs, timeZone);
  return (
    <p class="erased">
      {dayText(language, timeMs, timeZone)} {clock(timeMs)}–{clock(timeMs + HOUR_MS - 1)}
      {turn && ` (${words.turn[turn]})`} ·{' '}
      <strong>
        {count} × {wordIn(locale.vocabulary.decision, decision)}
      </strong>
      {reason !== undefined && ` (${reasonWords(locale, reason).guard})`} · {words.erased}
    </p>
  );
}
