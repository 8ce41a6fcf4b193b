import { useState } from 'preact/hooks';
import type { AssistView } from '../../../ports/gate-state.ts';
import { Icon } from '../../shared/icon.tsx';
import { mayListen } from '../../shared/microphone.ts';
import { giveOrder, problemOf } from '../send-order.ts';
import { useWords } from '../words.ts';
import { useTalk } from './use-talk.ts';

interface Props {
  readonly call: AssistView | undefined;
  readonly onSessionDoubt: () => Promise<void>;
}

/** Answers a call by voice, or says why that is not possible and what to do. */
export function TalkButton({ call, onSessionDoubt }: Props) {
  const { locale } = useWords();
  const { talk: words, dialog } = locale.guard;
  const talk = useTalk();
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  if (call?.talk === undefined || talk === undefined) return null;
  const { accessPoint, talk: status, trouble } = call;
  const why = !mayListen()
    ? words.needsHttps
    : status === 'ready' || status === 'connecting' || status === 'open'
      ? undefined
      : words.cannot[status];
  const answer = async (): Promise<boolean> => {
    const given = await giveOrder({ type: 'answer-assist', accessPoint, answer: 'talking' });
    if (given !== 'unreachable' && given.status === 200) return true;
    if (given === 'unreachable') setProblem(dialog.noAnswer);
    else if (given.status === 401) await onSessionDoubt();
    else setProblem(problemOf(locale, given));
    return false;
  };
  const press = async () => {
    setBusy(true);
    setProblem(undefined);
    const inTheWay = await talk.begin(accessPoint, answer);
    if (inTheWay !== undefined) setProblem(words.own[inTheWay]);
    setBusy(false);
  };
  return (
    <span class="seen">
      <span role="status" class="problem">
        {problem ?? why ?? (trouble && words.trouble[trouble])}
      </span>
      {why === undefined && (
        <button type="button" class="primary" disabled={busy} onClick={() => void press()}>
          <Icon name="microphone" />
          {words.start}
        </button>
      )}
    </span>
  );
}
