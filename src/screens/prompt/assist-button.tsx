import { useState } from 'preact/hooks';
import type { AssistOrder } from '../../core/access/vocabulary.ts';
import type { PromptView } from '../../ports/resident-prompt.ts';
import { postJson } from '../shared/api.ts';
import { Icon } from '../shared/icon.tsx';
import type { Language } from '../shared/locale.ts';
import { showsCall } from './appearance.ts';
import type { PromptInfo } from './prompt-info.ts';
import { RESIDENT_WORDS } from './resident-words.ts';

interface Props {
  readonly view: PromptView;
  readonly assist: NonNullable<PromptInfo['assist']>;
  readonly language: Language;
  /** The microphone of this page is open. */
  readonly isHeard: boolean;
  /** Called before a call goes out. */
  readonly onPress: () => void;
  readonly onHangUp: () => void;
}

/**
 * Calls the guard, in every state of the screen. While a call is under way it says how far that is, and takes it back where
 * nobody has answered yet. While the microphone is open it says so, and closes it.
 */
export function AssistButton({ view, assist, language, isHeard, onPress, onHangUp }: Props) {
  const words = RESIDENT_WORDS[language].prompt.assist;
  /** The state in which a press has failed. */
  const [failed, setFailed] = useState<PromptView>();
  const { accessPoint } = view;
  const status = view.assist?.status;
  const press = async (order: AssistOrder) => {
    if (order === 'call') onPress();
    const answer = await postJson('/api/assist', { accessPoint, order });
    setFailed(answer === 'unreachable' || answer.status !== 200 ? view : undefined);
  };
  const rings = status === 'ringing' || status === 'unanswered';
  // What the large words say is not said twice.
  const told = status === undefined || showsCall(view) ? '' : words.status[status];
  return (
    <div class={status === undefined ? 'assist' : `assist ${status}`} lang={language}>
      <p role="status">{failed === view ? words.failed : told}</p>
      {status === undefined && assist.button && (
        <button type="button" class="call-guard" onClick={() => void press('call')}>
          <Icon name="bell" />
          {words.button}
        </button>
      )}
      {isHeard && (
        <>
          <p class="mic-light">
            <Icon name="microphone" />
            {words.light}
          </p>
          <button type="button" onClick={onHangUp}>
            {words.hangUp}
          </button>
        </>
      )}
      {rings && assist.button && assist.mayEnd === true && (
        <button type="button" onClick={() => void press('end')}>
          {words.end}
        </button>
      )}
    </div>
  );
}
