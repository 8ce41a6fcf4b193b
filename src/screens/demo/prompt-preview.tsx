import { languageFrom } from '../../core/text/language.ts';
import type { PromptView } from '../../ports/resident-prompt.ts';
import { appearanceOf, countdownOf, LOST, STARTING, wordsOf } from '../prompt/appearance.ts';
import { PromptFrame } from '../prompt/prompt-frame.tsx';
import { localeOf } from '../shared/all-words.ts';
import { askPrompt } from '../shared/ask-prompt.ts';
import { type Language, secondLanguage } from '../shared/locale.ts';
import { useLiveFeed } from '../shared/use-live-feed.ts';

/** A small resident's screen, with the feed and the components of the real one. */
export function PromptPreview({ accessPoint, language }: { accessPoint: string; language: Language }) {
  const { live, topics, lostAtMs } = useLiveFeed({
    path: `/ws/prompt?${new URLSearchParams({ accessPoint })}`,
    heartbeat: askPrompt,
  });
  const view = live ? (topics.prompt as PromptView | undefined) : undefined;
  const first = languageFrom(view?.needs?.language) ?? language;
  const second = secondLanguage(first, 'zh-CN');
  const unconnected = lostAtMs === undefined ? 'starting' : 'lost';
  const words = (one: Language) => (view ? wordsOf(localeOf(one), view) : localeOf(one).prompt[unconnected]);
  return (
    <section aria-labelledby="preview">
      <h2 id="preview">{localeOf(language).demo.result}</h2>
      <div class="preview">
        <PromptFrame
          appearance={view ? appearanceOf(view) : unconnected === 'lost' ? LOST : STARTING}
          first={{ language: first, words: words(first) }}
          second={{ language: second, words: words(second) }}
          updateKey={view}
          waitSeconds={view && countdownOf(view)}
          largeType={view?.needs?.largeType ?? false}
        />
      </div>
    </section>
  );
}
