import { useContext } from 'preact/hooks';
import { mayDo } from '../../../core/desk/rights.ts';
import type { PolicyView } from '../../../ports/gate-state.ts';
import { Icon } from '../../shared/icon.tsx';
import { fill, type Locale, wordIn } from '../../shared/locale.ts';
import { OrderButton } from '../order-button.tsx';
import type { Give } from '../orders.ts';
import { RoleContext } from '../role.ts';
import { useWords } from '../words.ts';

/** A level's name in words; the usual names have words, other names of the site are shown as they are. */
export function levelWords(locale: Locale, level: string): string {
  return wordIn(locale.guard.level.names, level) ?? level;
}

/** The level in force, the other levels as buttons, and the number of people inside. */
export function LevelCard({ policy, onOrder }: { policy: PolicyView; onOrder: Give }) {
  const { locale } = useWords();
  const words = locale.guard.level;
  const role = useContext(RoleContext);
  const { level, levels, openLevels, gate, occupancy, occupancyLimit } = policy;
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
      {levels.length > 1 && mayDo(role, 'level') && (
        <fieldset class="actions">
          <legend>{words.change}</legend>
          {levels
            .filter((name) => name !== level)
            .map((name) => (
              <OrderButton
                order={{ type: 'level', level: name, opensGate: openLevels.includes(name) }}
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
