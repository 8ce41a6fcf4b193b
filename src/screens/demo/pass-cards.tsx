import type { DemoSample, DemoStory } from '../../ports/demo-panel.ts';
import { fill, type Locale, reasonWords, wordIn } from '../shared/locale.ts';
import { QrImage } from '../shared/qr-image.tsx';

interface PassCardsProps {
  readonly samples: readonly DemoSample[];
  readonly locale: Locale;
  readonly onPresent: (sample: string) => void;
}

/** One card per sample pass: its holder, its code, and the answer to expect from the gate. */
export function PassCards({ samples, locale, onPresent }: PassCardsProps) {
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

interface MorningStoryProps {
  readonly story: DemoStory | undefined;
  readonly locale: Locale;
  readonly onChange: (running: boolean) => void;
}

/** Plays a whole morning at one press; the caption says who comes and what to look at. */
export function MorningStory({ story, locale, onChange }: MorningStoryProps) {
  const words = locale.demo.story;
  return (
    <section aria-labelledby="story" class="card story">
      <h2 id="story">{words.title}</h2>
      <p aria-live="polite">
        {story === undefined ? (
          words.about
        ) : (
          <>
            <strong>{fill(words.progress, { number: story.number, of: story.of })}</strong>{' '}
            {wordIn<string>(words.steps, story.step) ?? story.step}
          </>
        )}
      </p>
      <button
        type="button"
        class={story === undefined ? 'primary' : ''}
        onClick={() => onChange(story === undefined)}
      >
        {story === undefined ? words.begin : words.end}
      </button>
    </section>
  );
}
