import { Icon, type IconName } from '../shared/icon.tsx';
import { fill, type Language, type Locale, wordIn } from '../shared/locale.ts';
import { clockText } from '../shared/times.ts';
import type { ShownGate } from './use-gates.ts';

interface Props {
  readonly gate: ShownGate;
  readonly language: Language;
  readonly locale: Locale;
}

/** How one gate is, in the colour of what it needs; a press brings its own page to the front. */
export function GateCard({ gate, language, locale }: Props) {
  const words = locale.gates;
  const { name, isOwn, state } = gate;
  const { status, summary } = state;
  const asks = status === 'asking' || status === 'ended';
  return (
    <article class={`gate ${moodOf(gate)}`} aria-label={name}>
      <h2>
        {name} {isOwn && <small>{words.here}</small>}
        {summary?.simulated && <span class="chip simulated">{locale.common.simulated}</span>}
      </h2>
      <p class="state" role="status">
        <Icon name={iconOf(gate)} />
        <strong>{headline(gate, language, locale)}</strong>
      </p>
      {status === 'lost' && <p>{words.lostText}</p>}
      {asks && <p>{isOwn ? words.loginText : status === 'ended' ? words.again : words.askingText}</p>}
      {summary && !asks && (
        <ul class="places">
          {summary.places.map(({ accessPoint, direction, feedback, kind, label, calls }) => (
            <li key={accessPoint} class={feedback === 'GuardCalled' || calls ? 'calls' : ''}>
              <Icon name={direction} />
              <span>
                {locale.vocabulary.direction[direction]} <small>{accessPoint}</small>
              </span>
              <strong>
                {calls && feedback !== 'GuardCalled'
                  ? words.calls
                  : (wordIn<string>(locale.vocabulary.feedback, feedback) ?? feedback)}
              </strong>
              {kind && <span class="chip">{wordIn(locale.vocabulary.kind, kind)}</span>}
              {label && <q>{label}</q>}
            </li>
          ))}
        </ul>
      )}
      {summary && !asks && summary.troubled > 0 && (
        <p class="troubled">
          <Icon name="warning" />
          {fill(words.troubled, { count: summary.troubled })}
        </p>
      )}
      <button type="button" class="primary" onClick={asks ? gate.ask : gate.open}>
        {asks && !isOwn ? words.watch : words.open}
      </button>
    </article>
  );
}

function moodOf({ state: { status, summary } }: ShownGate): string {
  if (status !== 'live') return status;
  if (summary?.alarm) return 'live alarm';
  return (summary?.needs ?? 0) > 0 ? 'live needed' : 'live quiet';
}

function iconOf({ state: { status, summary } }: ShownGate): IconName {
  if (status === 'lost') return 'warning';
  if (status !== 'live') return 'dots';
  if (summary?.alarm) return 'warning';
  return (summary?.needs ?? 0) > 0 ? 'bell' : 'check';
}

function headline({ isOwn, state }: ShownGate, language: Language, { gates: words }: Locale): string {
  const { status, summary, lostAtMs = 0 } = state;
  switch (status) {
    case 'lost':
      return fill(words.lost, { time: clockText(language, lostAtMs) });
    case 'connecting':
      return words.connecting;
    case 'live': {
      const count = summary?.needs ?? 0;
      const waits = count === 0 ? words.quiet : count === 1 ? words.one : fill(words.needs, { count });
      return summary?.alarm ? `${words.alarm} · ${waits}` : waits;
    }
    default:
      return isOwn ? words.login : words.asking;
  }
}
