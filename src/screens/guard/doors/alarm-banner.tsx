import { Icon } from '../../shared/icon.tsx';
import type { DoorCall } from '../guard-state.ts';
import { useWords } from '../words.ts';

interface Props {
  readonly alarms: readonly DoorCall[];
  readonly silenced: boolean;
  readonly onSilence: () => void;
}

/**
 * Door alarms over the whole width. The element stays, empty, while there is no alarm, so that screen readers notice a
 * new one.
 */
export function AlarmBanner({ alarms, silenced, onSilence }: Props) {
  const words = useWords().locale.guard.alarm;
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
      {alarms.length > 0 && !silenced && (
        <button type="button" onClick={onSilence}>
          <Icon name="muted" />
          {words.silence}
        </button>
      )}
    </div>
  );
}
