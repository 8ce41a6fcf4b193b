import type { DemoStory } from '../../ports/demo-panel.ts';
import { fill, type Locale, wordIn } from '../shared/locale.ts';

interface Props {
  readonly story: DemoStory | undefined;
  readonly locale: Locale;
  readonly onChange: (running: boolean) => void;
}

/** One press plays a whole morning; the caption says who is coming and what to watch for. */
export function MorningStory({ story, locale, onChange }: Props) {
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
