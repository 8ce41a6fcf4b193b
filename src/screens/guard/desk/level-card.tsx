import { useContext } from 'preact/hooks';
import { mayDo } from '../../../core/desk/rights.ts';
import type { PolicyView, ScheduleView } from '../../../ports/gate-state.ts';
import { Icon } from '../../shared/icon.tsx';
import { fill, type Locale, wordIn } from '../../shared/locale.ts';
import { clockText, dayText, siteDate } from '../../shared/times.ts';
import { OrderButton } from '../order-button.tsx';
import type { Give } from '../orders.ts';
import { RoleContext } from '../role.ts';
import { useWords } from '../words.ts';

/** A level's name in words; the usual names have words, other names of the site are shown as they are. */
export function levelWords(locale: Locale, level: string): string {
  return wordIn(locale.guard.level.names, level) ?? level;
}

interface LevelCardProps {
  readonly policy: PolicyView;
  /** The gate's time, Unix milliseconds. */
  readonly nowMs: number;
  readonly onOrder: Give;
}

/** The level in force, the other levels as buttons, and the number of people inside. */
export function LevelCard({ policy, nowMs, onOrder }: LevelCardProps) {
  const { locale } = useWords();
  const words = locale.guard.level;
  const role = useContext(RoleContext);
  const { level, levels, openLevels, gate, occupancy, occupancyLimit, schedule } = policy;
  const scheduled = schedule !== undefined;
  const full = occupancyLimit !== undefined && occupancy >= occupancyLimit;
  const inside = { count: occupancy, limit: occupancyLimit ?? '' };
  return (
    <section class="card" aria-labelledby="level">
      <h2 id="level">{words.title}</h2>
      <p class="present">
        <strong>{levelWords(locale, level)}</strong>
        <span class={gate === 'open' ? 'badge warn' : 'badge'}>
          <Icon name={gate === 'open' ? 'warning' : 'check'} />
          {words.gate[gate]}
        </span>
      </p>
      {schedule && <ScheduleWords schedule={schedule} nowMs={nowMs} onOrder={onOrder} />}
      {levels.length > 1 && mayDo(role, 'level') && (
        <fieldset class="actions">
          <legend>{words.change}</legend>
          {schedule?.state === 'follows' && (
            <OrderButton
              order={{ type: 'level', level, opensGate: openLevels.includes(level), scheduled }}
              onOrder={onOrder}
            >
              {fill(words.keep, { level: levelWords(locale, level) })}
            </OrderButton>
          )}
          {levels
            .filter((name) => name !== level)
            .map((name) => (
              <OrderButton
                order={{ type: 'level', level: name, opensGate: openLevels.includes(name), scheduled }}
                onOrder={onOrder}
                key={name}
              >
                {levelWords(locale, name)}
              </OrderButton>
            ))}
        </fieldset>
      )}
      <p class={full ? 'inside full' : 'inside'}>
        <Icon name="people" />
        <strong>{fill(occupancyLimit === undefined ? words.count : words.countOf, inside)}</strong>
        {full && <span class="badge warn">{words.full}</span>}
        <OrderButton order={{ type: 'occupancy', value: occupancy }} onOrder={onOrder}>
          {words.correct}
        </OrderButton>
      </p>
    </section>
  );
}

/** What the schedule says now and next, and the way back to it. */
function ScheduleWords({
  schedule,
  nowMs,
  onOrder,
}: Pick<LevelCardProps, 'nowMs' | 'onOrder'> & { readonly schedule: ScheduleView }) {
  const { language, locale, timeZone } = useWords();
  const words = locale.guard.level.schedule;
  const { state, level, next } = schedule;
  const when = (atMs: number) => {
    const day =
      siteDate(atMs, timeZone) === siteDate(nowMs, timeZone) ? '' : `${dayText(language, atMs, timeZone)} `;
    return `${day}${clockText(language, atMs, timeZone)}`;
  };
  return (
    <div class="schedule">
      <p>
        <Icon name={state === 'follows' ? 'check' : 'warning'} />
        <span>
          {fill(words[state], { level: levelWords(locale, level) })}{' '}
          {next && fill(words.next, { time: when(next.atMs), level: levelWords(locale, next.level) })}
        </span>
      </p>
      {state === 'held' && (
        <OrderButton
          onOrder={onOrder}
          order={{
            type: 'plain',
            title: words.backAsk,
            effect: words.backEffect,
            presets: locale.guard.presets.level,
            draft: (note) => ({ type: 'follow-schedule', note }),
          }}
        >
          {words.back}
        </OrderButton>
      )}
    </div>
  );
}
