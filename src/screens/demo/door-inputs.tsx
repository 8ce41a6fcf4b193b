import type { InputKind } from '../../core/door/door-mode.ts';
import type { DemoState } from '../../ports/demo-panel.ts';
import { type Locale, wordIn } from '../shared/locale.ts';

type Door = DemoState['doors'][number];

interface DoorInputsProps {
  readonly door: Door;
  readonly locale: Locale;
  readonly onChange: (change: { door: string; input: InputKind; active: boolean }) => void;
}

/** Exit button, lid and fire alarm of a door, as far as they are simulated. */
export function DoorInputs({ door, locale, onChange }: DoorInputsProps) {
  const words = locale.demo.inputs;
  return (
    <section aria-labelledby="inputs">
      <h2 id="inputs">{words.title}</h2>
      <ul class="inputs">
        {door.inputs.map(({ input, active }) => {
          const said = words[input];
          // A push-button releases by itself, so it has no "off".
          const turnOff = active && 'turnOff' in said ? said.turnOff : undefined;
          return (
            <li key={input} class="card">
              <p aria-live="polite">
                {said.name}: <strong>{active ? said.on : said.off}</strong>
              </p>
              <button
                type="button"
                onClick={() => onChange({ door: door.id, input, active: turnOff === undefined })}
              >
                {turnOff ?? said.turnOn}
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

interface CableSwitchesProps {
  readonly devices: DemoState['devices'];
  readonly locale: Locale;
  readonly onChange: (change: { device: string; unplugged: boolean }) => void;
}

/** One switch per simulated cable. */
export function CableSwitches({ devices, locale, onChange }: CableSwitchesProps) {
  const words = locale.demo;
  const nameOf = (id: string) => {
    const [role, owner = ''] = id.split(':');
    return `${wordIn<string>(locale.vocabulary.deviceRole, role) ?? role} ${owner}`;
  };
  return (
    <section aria-labelledby="cables">
      <h2 id="cables">{words.unplug}</h2>
      <ul class="cables">
        {devices.map(({ id, unplugged }) => (
          <li key={id}>
            <label class="switch">
              <input
                type="checkbox"
                checked={!unplugged}
                onChange={(event) => onChange({ device: id, unplugged: !event.currentTarget.checked })}
              />
              {nameOf(id)}: <strong>{unplugged ? words.unplugged : words.plugged}</strong>
            </label>
          </li>
        ))}
      </ul>
    </section>
  );
}
