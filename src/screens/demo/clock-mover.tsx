import { useState } from 'preact/hooks';
import type { DemoState } from '../../ports/demo-panel.ts';
import { localeOf } from '../shared/all-words.ts';
import type { Language } from '../shared/locale.ts';
import { clockText, dateText } from '../shared/times.ts';

interface Props {
  readonly clock: DemoState['clock'];
  readonly language: Language;
  readonly onChange: (change: { time?: string }) => void;
}

const SWEEPERS_TIME = '04:00';

/** Shows the gate's clock and moves it, e.g. to four in the morning, when the sweeper's pass is valid. */
export function ClockMover({ clock, language, onChange }: Props) {
  const words = localeOf(language).demo.clock;
  const [time, setTime] = useState(SWEEPERS_TIME);
  return (
    <section aria-labelledby="clock">
      <h2 id="clock">{words.title}</h2>
      <div class="card clock">
        <p>
          <strong>{clockText(language, clock.timeMs, clock.timeZone)}</strong>{' '}
          {dateText(language, clock.timeMs, clock.timeZone)} {clock.moved ? `(${words.moved})` : ''}
        </p>
        <form
          class="actions"
          onSubmit={(event) => {
            event.preventDefault();
            onChange({ time });
          }}
        >
          <label class="field">
            <span>{words.to}</span>
            <input
              type="time"
              required
              value={time}
              onInput={(event) => setTime(event.currentTarget.value)}
            />
          </label>
          <button type="submit">{words.move}</button>
          <button type="button" disabled={!clock.moved} onClick={() => onChange({})}>
            {words.back}
          </button>
        </form>
      </div>
    </section>
  );
}
