import type { DemoState } from '../../ports/demo-panel.ts';
import type { Locale } from '../shared/locale.ts';

interface Props {
  readonly door: DemoState['doors'][number];
  readonly locale: Locale;
  readonly onChange: (change: { door: string; open?: boolean; walkThrough?: boolean }) => void;
}

/** The state of relay and door leaf, as a drawing and in words. */
export function GateView({ door, locale, onChange }: Props) {
  const words = locale.demo;
  return (
    <section aria-labelledby="gate" class="card gate">
      <h2 id="gate">
        {words.gate}: {door.id}
      </h2>
      <svg viewBox="0 0 232 120" aria-hidden="true">
        <path class="post" d="M70 112V16h80v96M50 112h120" />
        <path
          class={door.open ? 'leaf open' : 'leaf'}
          d={door.open ? 'M70 16l-34 14v92l34-10z' : 'M74 20h72v92H74z'}
        />
        <circle class={door.released ? 'lamp on' : 'lamp'} cx="196" cy="40" r="16" />
        {door.released && <path class="rays" d="M196 16V8M196 72v-8M220 40h8M172 40h-8" />}
      </svg>
      <p aria-live="polite">
        {words.relay}: <strong>{door.released ? words.relayOn : words.relayOff}</strong> · {words.door}:{' '}
        <strong>{door.open ? words.doorOpen : words.doorClosed}</strong>
      </p>
      <div class="actions">
        <button type="button" onClick={() => onChange({ door: door.id, open: !door.open })}>
          {door.open ? words.closeDoor : words.openDoor}
        </button>
        <label class="switch">
          <input
            type="checkbox"
            checked={door.walkThrough}
            onChange={(event) => onChange({ door: door.id, walkThrough: event.currentTarget.checked })}
          />
          {words.walkThrough}
        </label>
      </div>
    </section>
  );
}
