import { Icon } from '../../shared/icon.tsx';
import type { DoorCall } from '../guard-state.ts';
import { useWords } from '../words.ts';

interface Props {
  readonly alarms: readonly DoorCall[];
  readonly silenced: boolean;
  readonly onSilence: () => void;
  /** Opens the list of who is inside; absent where the operator has no right to it. */
  readonly onInside: (() => void) | undefined;
}

/**
 * Door alarms over the whole width. The element stays, empty, while there is no alarm, so that screen readers notice a
 * new one.
 */
export function AlarmBanner({ alarms, silenced, onSilence, onInside }: Props) {
  const words = useWords().locale.guard.alarm;
  const isFire = alarms.some(({ kind }) => kind === 'FireAlarm');
  return (
    <div class="alarms" role="alert">
      {alarms.map(({ door, name, kind }) => (
        <p key={`${door} ${kind}`} class="alarm">
          <Icon name="warning" />
          <strong>
            {name}: {words[kind].title}
          </strong>
          <span>{words[kind].do}</span>
        </p>
      ))}
      {((isFire && onInside) || (alarms.length > 0 && !silenced)) && (
        <div class="alarm-does">
          {isFire && onInside && (
            <button type="button" onClick={onInside}>
              <Icon name="person" />
              {words.inside}
            </button>
          )}
          {!silenced && (
            <button type="button" onClick={onSilence}>
              <Icon name="muted" />
              {words.silence}
            </button>
          )}
        </div>
      )}
    </div>
  );
}
