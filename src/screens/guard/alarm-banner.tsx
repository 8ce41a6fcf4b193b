import type { DoorView } from '../../ports/guard-feed.ts';
import { Icon } from '../shared/icon.tsx';
import { useWords } from './words.ts';

interface Props {
  readonly alarms: readonly DoorView[];
  readonly silenced: boolean;
  readonly onSilence: () => void;
}

/** Door alarms over the whole width. Empty, but present, while there is none, so that screen readers notice. */
export function AlarmBanner({ alarms, silenced, onSilence }: Props) {
  const words = useWords().locale.guard.alarm;
  return (
    <div class="alarms" role="alert">
      {alarms.map(({ door, name, alarm }) =>
        alarm === 'Normal' ? null : (
          <p key={door} class="alarm">
            <Icon name="warning" />
            <strong>
              {name}: {words[alarm].title}
            </strong>
            <span>{words[alarm].do}</span>
          </p>
        ),
      )}
      {alarms.length > 0 && !silenced && (
        <button type="button" onClick={onSilence}>
          <Icon name="muted" />
          {words.silence}
        </button>
      )}
    </div>
  );
}
