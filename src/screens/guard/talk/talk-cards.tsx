import { useState } from 'preact/hooks';
import type { AssistView } from '../../../ports/gate-state.ts';
import { Icon } from '../../shared/icon.tsx';
import { fill } from '../../shared/locale.ts';
import { clockText } from '../../shared/times.ts';
import { giveOrder, problemOf } from '../send-order.ts';
import { useWords } from '../words.ts';
import { useTalk } from './use-talk.ts';

interface Props {
  readonly calls: readonly AssistView[];
  readonly onSessionDoubt: () => Promise<void>;
}

/** Who talks with a caller now: this page, with what it needs for that, and other guards. */
export function TalkCards({ calls, onSessionDoubt }: Props) {
  const { language, locale, timeZone } = useWords();
  const words = locale.guard.talk;
  const own = useTalk()?.accessPoint;
  const others = calls.filter(({ status, accessPoint }) => status === 'talking' && accessPoint !== own);
  const mine = calls.find(({ status, accessPoint }) => status === 'talking' && accessPoint === own);
  if (others.length === 0 && own === undefined) return null;
  return (
    <section class="talks" aria-label={words.title}>
      {own !== undefined && (
        <OwnTalk accessPoint={own} isOpen={mine?.talk === 'open'} onSessionDoubt={onSessionDoubt} />
      )}
      {others.map(({ accessPoint, operator = '', sinceMs }) => (
        <p key={accessPoint} class="talk">
          <Icon name="person" />
          {fill(words.by, { who: operator, place: accessPoint })}
          {sinceMs !== undefined && ` · ${clockText(language, sinceMs, timeZone)}`}
        </p>
      ))}
    </section>
  );
}

interface OwnTalkProps extends Pick<Props, 'onSessionDoubt'> {
  readonly accessPoint: string;
  readonly isOpen: boolean;
}

function OwnTalk({ accessPoint, isOpen, onSessionDoubt }: OwnTalkProps) {
  const { locale } = useWords();
  const { talk: words, attention, dialog } = locale.guard;
  const talk = useTalk();
  const [problem, setProblem] = useState<string>();
  if (talk === undefined) return null;
  const { isMuted, volume } = talk;
  const say = async (answer: 'coming' | 'refused') => {
    setProblem(undefined);
    const given = await giveOrder({ type: 'answer-assist', accessPoint, answer });
    if (given === 'unreachable') setProblem(dialog.noAnswer);
    else if (given.status === 401) await onSessionDoubt();
    else if (given.status !== 200) setProblem(problemOf(locale, given));
  };
  return (
    <div class="talk own">
      <p role="status">
        <strong>{fill(isOpen ? words.open : words.connecting, { place: accessPoint })}</strong>
      </p>
      <p class={isMuted ? 'mic-light muted' : 'mic-light'}>
        <Icon name={isMuted ? 'silent' : 'microphone'} />
        {isMuted ? words.muted : isOpen ? words.lightBoth : words.light}
      </p>
      <label class="volume">
        {words.volume}
        <input
          type="range"
          min="0"
          max="1"
          step="0.05"
          value={volume}
          onInput={({ currentTarget }) => talk.setVolume(currentTarget.valueAsNumber)}
        />
      </label>
      <p role="status" class="problem">
        {problem}
      </p>
      <div class="actions">
        <button type="button" aria-pressed={isMuted} onClick={() => talk.mute(!isMuted)}>
          {words.mute}
        </button>
        <button type="button" onClick={() => void say('coming')}>
          {attention.coming}
        </button>
        <button type="button" class="stop" onClick={() => talk.hangUp()}>
          {words.hangUp}
        </button>
      </div>
    </div>
  );
}
