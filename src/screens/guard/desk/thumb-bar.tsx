import { useEffect, useState } from 'preact/hooks';
import type { SiteView } from '../../../ports/guard-feed.ts';
import { Icon } from '../../shared/icon.tsx';
import { fill } from '../../shared/locale.ts';
import type { GuardState } from '../guard-state.ts';
import { OrderButton } from '../order-button.tsx';
import { type Give, personOf, placeWords } from '../orders.ts';
import { SendButton } from '../send-button.tsx';
import { TalkButton } from '../talk/talk-button.tsx';
import { useWords } from '../words.ts';

interface Props {
  readonly picture: GuardState;
  readonly onOrder: Give;
  readonly onSessionDoubt: () => Promise<void>;
}

/**
 * On a phone: the first who waits or calls, and what can be answered, at the lower edge where the thumb of the hand is that
 * holds it. Nothing while nobody does.
 */
export function ThumbBar({ picture, onOrder, onSessionDoubt }: Props) {
  const { locale } = useWords();
  const words = locale.guard.thumb;
  const waiting = (picture.site?.accessPoints ?? []).filter((point) => isNeeded(picture, point));
  const [first] = waiting;
  if (first === undefined) return null;
  const passage = picture.passage(first.id);
  const call = callAt(picture, first.id);
  const isWaiting = passage?.feedback === 'GuardCalled';
  const person = passage && personOf(locale, passage);
  return (
    <section class="thumb-bar" aria-label={words.title}>
      <p>
        <Icon name="bell" />
        <strong>
          {isWaiting ? locale.vocabulary.feedback.GuardCalled : locale.guard.attention.kinds.assist.title}
        </strong>
        <span>{placeWords(locale, first)}</span>
        {person && <span class="foreign">{person.words}</span>}
        {waiting.length > 1 && <span class="count">{fill(words.more, { count: waiting.length - 1 })}</span>}
      </p>
      <div class="actions">
        <OrderButton order={{ type: 'open', accessPoints: [first] }} onOrder={onOrder} class="go">
          {first.direction === 'in' ? locale.guard.people.letIn : locale.guard.people.letOut}
        </OrderButton>
        {isWaiting && (
          <OrderButton
            order={{ type: 'refuse', accessPoint: first.id, passage: passage.passage }}
            onOrder={onOrder}
            class="stop"
          >
            {locale.guard.people.turnAway}
          </OrderButton>
        )}
        {call && (
          <>
            <TalkButton call={call} onSessionDoubt={onSessionDoubt} />
            <SendButton
              orders={[{ type: 'answer-assist', accessPoint: first.id, answer: 'coming' }]}
              words={locale.guard.attention.coming}
              isMain
              onSessionDoubt={onSessionDoubt}
            />
          </>
        )}
      </div>
    </section>
  );
}

function callAt({ assists }: GuardState, accessPoint: string) {
  return assists.find(
    (call) => call.accessPoint === accessPoint && (call.status === 'ringing' || call.status === 'unanswered'),
  );
}

function isNeeded(picture: GuardState, { id }: SiteView['accessPoints'][number]): boolean {
  return picture.waiting.includes(id) || callAt(picture, id) !== undefined;
}

/** A phone held upright; also where cards and dialogs take the whole width (narrow.css). */
const NARROW = '(max-width: 600px)';

/** Whether the page is as narrow as a phone, now and after it was turned. */
export function useNarrow(): boolean {
  const [narrow, setNarrow] = useState(() => matchMedia(NARROW).matches);
  useEffect(() => {
    const query = matchMedia(NARROW);
    const follow = () => setNarrow(query.matches);
    query.addEventListener('change', follow);
    return () => query.removeEventListener('change', follow);
  }, []);
  return narrow;
}
