import type { ElevatedSheet as Sheet } from '../../../ports/gate-state.ts';
import type { SiteView } from '../../../ports/guard-feed.ts';
import { clockText, dayText } from '../../shared/times.ts';
import { useWords } from '../words.ts';
import './contact.css';

/** The text of the site in this language, or in another one that it has. */
function siteWords(text: Sheet['steps'][number] | undefined, language: keyof Sheet['steps'][number]): string {
  return text?.[language] ?? text?.['zh-CN'] ?? text?.['zh-TW'] ?? text?.en ?? '';
}

/** What to do after an elevated contact reading, and whom to call, to read and to print. It names nobody. */
export function ElevatedSheet({
  site,
  nowMs,
}: {
  readonly site: SiteView | undefined;
  readonly nowMs: number;
}) {
  const { language, locale, timeZone } = useWords();
  const words = locale.guard.elevated;
  const { steps = [], calls = [] } = site?.elevatedSheet ?? {};
  const own = steps.map((step) => siteWords(step, language)).filter(Boolean);
  return (
    <section class="elevated-sheet" aria-label={words.title}>
      <h3 class="on-paper">{words.title}</h3>
      <p class="elevated-head">
        {site?.name} · {dayText(language, nowMs, timeZone)} {clockText(language, nowMs, timeZone)}
      </p>
      <ol>
        {(own.length > 0 ? own : words.steps).map((step) => (
          <li key={step}>{step}</li>
        ))}
      </ol>
      {calls.length > 0 && (
        <>
          <h4>{words.call}</h4>
          <ul class="elevated-calls">
            {calls.map(({ who, telephone }) => (
              <li key={telephone}>
                <span>{siteWords(who, language) || words.office}</span> <strong>{telephone}</strong>
              </li>
            ))}
          </ul>
        </>
      )}
      <p class="elevated-note">{words.screening}</p>
    </section>
  );
}
