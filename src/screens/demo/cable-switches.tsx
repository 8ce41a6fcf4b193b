import type { DemoState } from '../../ports/demo-panel.ts';
import { type Locale, wordIn } from '../shared/locale.ts';

interface Props {
  readonly devices: DemoState['devices'];
  readonly locale: Locale;
  readonly onChange: (change: { device: string; unplugged: boolean }) => void;
}

/** One switch a simulated cable. */
export function CableSwitches({ devices, locale, onChange }: Props) {
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
