import type { DemoState } from '../../ports/demo-panel.ts';
import type { Locale } from '../shared/locale.ts';

interface Props {
  readonly printer: NonNullable<DemoState['printer']>;
  readonly locale: Locale;
  readonly onPaper: (hasPaper: boolean) => void;
}

/** The simulated receipt printer of the guard's desk: its last slip, and its roll. */
export function DeskPrinter({ printer: { slips, hasPaper }, locale, onPaper }: Props) {
  const words = locale.demo.printer;
  return (
    <section aria-labelledby="printer" class="card">
      <h2 id="printer">{words.title}</h2>
      {slips === 0 ? (
        <p>{words.none}</p>
      ) : (
        <img class="slip" src={`/api/demo/slip?${slips}`} alt={words.slip} />
      )}
      <label class="switch">
        <input
          type="checkbox"
          checked={hasPaper}
          onChange={(event) => onPaper(event.currentTarget.checked)}
        />
        {words.paper}
      </label>
    </section>
  );
}
