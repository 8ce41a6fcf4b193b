import { useEffect, useState } from 'preact/hooks';
import type { DemoPerson } from '../../ports/demo-panel.ts';
import type { Locale } from '../shared/locale.ts';

const OWN_VALUE_MS = 2_000;

interface Props {
  readonly person: DemoPerson | undefined;
  readonly locale: Locale;
  readonly onChange: (person: DemoPerson) => void;
}

/** Sets whether a forehead is there, its temperature, and the temperature of the room. */
export function PersonControls({ person, locale, onChange }: Props) {
  const words = locale.demo;
  // The value set here is shown until the poll has caught up with it.
  const [mine, setMine] = useState<DemoPerson>();
  useEffect(() => {
    if (mine === undefined) return undefined;
    const timer = setTimeout(() => setMine(undefined), OWN_VALUE_MS);
    return () => clearTimeout(timer);
  }, [mine]);
  const shown = mine ?? person;
  const move = (part: Partial<DemoPerson>) => shown && setMine({ ...shown, ...part });
  const change = (part: Partial<DemoPerson>) => {
    if (shown === undefined) return;
    setMine({ ...shown, ...part });
    onChange({ ...shown, ...part });
  };
  return (
    <section aria-labelledby="person">
      <h2 id="person">{words.person}</h2>
      {shown === undefined ? (
        <p>{words.noThermometer}</p>
      ) : (
        <div class="card person">
          <label class="switch">
            <input
              type="checkbox"
              checked={shown.present}
              onChange={(event) => change({ present: event.currentTarget.checked })}
            />
            {words.personPresent}
          </label>
          <Degrees
            label={words.forehead}
            range={[34, 41]}
            value={shown.foreheadC}
            onMove={(foreheadC) => move({ foreheadC })}
            onSet={(foreheadC) => change({ foreheadC })}
          />
          <Degrees
            label={words.room}
            range={[-20, 45]}
            value={shown.roomC}
            onMove={(roomC) => move({ roomC })}
            onSet={(roomC) => change({ roomC })}
          />
        </div>
      )}
    </section>
  );
}

interface DegreesProps {
  readonly label: string;
  /** Smallest and largest value in degrees Celsius. */
  readonly range: readonly [number, number];
  readonly value: number;
  readonly onMove: (value: number) => void;
  /** Called once, when the slider is released. */
  readonly onSet: (value: number) => void;
}

function Degrees({ label, range: [min, max], value, onMove, onSet }: DegreesProps) {
  return (
    <label class="degrees">
      <span>{label}</span>
      <input
        type="range"
        min={min}
        max={max}
        step={0.1}
        value={value}
        onInput={(event) => onMove(event.currentTarget.valueAsNumber)}
        onChange={(event) => onSet(event.currentTarget.valueAsNumber)}
      />
      <output>{value.toFixed(1)} °C</output>
    </label>
  );
}
