import type { DemoSample } from '../../ports/demo-panel.ts';
import { type Locale, reasonWords, wordIn } from '../shared/locale.ts';
import { QrImage } from '../shared/qr-image.tsx';

interface Props {
  readonly samples: readonly DemoSample[];
  readonly locale: Locale;
  readonly onPresent: (sample: string) => void;
}

/** One card a sample pass: who it is, its code, what the gate ought to say. */
export function PassCards({ samples, locale, onPresent }: Props) {
  const words = locale.demo;
  return (
    <section aria-labelledby="passes">
      <h2 id="passes">{words.passes}</h2>
      <ul class="passes">
        {samples.map(({ id, text, expected }) => (
          <li key={id} class="card pass">
            <QrImage text={text} />
            <div>
              <h3>{wordIn<string>(words.sample, id) ?? id}</h3>
              <p>
                {words.expected}{' '}
                <strong>
                  {expected === 'Granted'
                    ? locale.vocabulary.decision.Granted
                    : reasonWords(locale, expected).guard}
                </strong>
              </p>
              <button type="button" class="primary" onClick={() => onPresent(id)}>
                {words.present}
              </button>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
