import type { RegisterView } from '../../../ports/register-desk.ts';
import { Icon } from '../../shared/icon.tsx';
import { fill } from '../../shared/locale.ts';
import { clockText, dayText, siteDate } from '../../shared/times.ts';
import { OrderButton } from '../order-button.tsx';
import { type Give, hostWords } from '../orders.ts';
import { SendButton } from '../send-button.tsx';
import { useWords } from '../words.ts';

interface Props {
  readonly line: RegisterView;
  /** The gate's time, Unix milliseconds. */
  readonly nowMs: number;
  /** It stands in the list of those who are inside. */
  readonly isPresent?: true;
  /** Called when the guard has noted something about it. */
  readonly onDone: () => void;
  readonly onOrder: Give;
  /** Shows the pass that this desk has made. */
  readonly onShow: (passId: string) => void;
  readonly onSessionDoubt: () => Promise<void>;
}

/** One line of a register. Whatever stands in it was typed by somebody, and is shown as text. */
export function Line({ line, nowMs, isPresent, onDone, onOrder, onShow, onSessionDoubt }: Props) {
  const { locale } = useWords();
  const words = locale.guard.registers;
  const time = useMomentText(nowMs);
  const { label, unit, purpose, leftMs, registeredBy } = line;
  const isVisitor = line.register === 'visitor';
  const about = [
    isVisitor ? hostWords(line) : unit,
    isVisitor && hostWords(line) !== unit ? unit : undefined,
    purpose,
    isVisitor ? line.phone : undefined,
  ].filter(Boolean);
  return (
    <li>
      <p>
        <span class="badge">{words.kinds[line.register]}</span>{' '}
        {!isVisitor && line.plate && <strong class="foreign plate">{line.plate} </strong>}
        <strong class="foreign">{label}</strong>
        <span class="fine">{about.join(' · ')}</span>
        <span class="fine">
          {stayText()} · {fill(words.by, { operator: registeredBy })}
          {isVisitor && line.confirmedBy && ` · ${fill(words.confirmedBy, { operator: line.confirmedBy })}`}
        </span>
      </p>
      {isPresent && isVisitor && line.untilMs <= nowMs && (
        <span class="badge warn">
          <Icon name="warning" />
          {fill(words.overdue, { time: time(line.untilMs) })}
        </span>
      )}
      {line.register === 'delivery' && (
        <span class={line.disinfected ? 'badge good' : 'badge warn'}>
          <Icon name={line.disinfected ? 'check' : 'cross'} />
          {line.disinfected ? words.disinfected : words.notDisinfected}
        </span>
      )}
      {isPresent && isVisitor && line.uses !== undefined && line.untilMs > nowMs && (
        <span class="does">
          <button
            type="button"
            aria-haspopup="dialog"
            aria-label={`${locale.guard.visitorPass.show}: ${label}`}
            onClick={() => onShow(line.passId)}
          >
            {locale.guard.visitorPass.show}
          </button>
          <OrderButton
            order={{
              type: 'plain',
              title: fill(locale.guard.visitorPass.withdrawAsk, { who: label }),
              effect: locale.guard.visitorPass.withdrawEffect,
              presets: locale.guard.presets.withdraw,
              draft: (note) => ({ type: 'withdraw-pass', passId: line.passId, note }),
            }}
            onOrder={onOrder}
            label={`${locale.guard.visitorPass.withdraw}: ${label}`}
          >
            {locale.guard.visitorPass.withdraw}
          </OrderButton>
        </span>
      )}
      {isPresent && (
        <SendButton
          orders={[{ type: 'note-left', subject: isVisitor ? { passId: line.passId } : { line: line.id } }]}
          words={words.left}
          label={`${words.left}: ${label}`}
          onDone={onDone}
          onSessionDoubt={onSessionDoubt}
        />
      )}
    </li>
  );

  function stayText(): string {
    const isInside = isVisitor ? line.insideSinceMs !== undefined : leftMs === undefined;
    if (isVisitor && isInside) return fill(words.since, { time: time(line.insideSinceMs ?? 0) });
    if (isInside) return fill(words.since, { time: time(isVisitor ? line.fromMs : line.cameMs) });
    if (leftMs !== undefined) {
      const from = time(isVisitor ? line.fromMs : line.cameMs);
      return fill(words.stayed, { from, left: time(leftMs) });
    }
    // A visitor whom no reader has seen.
    return fill(isVisitor && line.fromMs > nowMs ? words.expected : words.unseen, {
      time: time(isVisitor ? line.fromMs : 0),
    });
  }
}

/** 14:10, with the day where that is not today. */
function useMomentText(nowMs: number): (atMs: number) => string {
  const { language, timeZone } = useWords();
  return (atMs) => {
    const time = clockText(language, atMs, timeZone);
    if (siteDate(nowMs, timeZone) === siteDate(atMs, timeZone)) return time;
    return `${dayText(language, atMs, timeZone)} ${time}`;
  };
}
