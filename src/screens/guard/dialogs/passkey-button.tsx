import { useEffect, useRef, useState } from 'preact/hooks';
import type { Answer } from '../../shared/api.ts';
import { askDevice } from '../accounts/ask-device.ts';
import { problemOf } from '../send-order.ts';
import { useWords } from '../words.ts';

interface Props {
  /** What is asked of the device: a sign-in, or a confirmation before an order. */
  readonly does: 'sign-in' | 'confirm';
  readonly onDone: (answer: Exclude<Answer, 'unreachable'>) => void;
}

/** Has a device confirm whoever holds it, in the place of the password. */
export function PasskeyButton({ does, onDone }: Props) {
  const { locale } = useWords();
  const { passkeys: words, dialog } = locale.guard;
  const [said, setSaid] = useState<string>();
  const [busy, setBusy] = useState(false);
  const saying = useRef<HTMLParagraphElement>(null);
  useEffect(() => {
    if (said !== undefined) saying.current?.scrollIntoView({ block: 'nearest' });
  }, [said]);
  const ask = async () => {
    if (busy) return;
    setBusy(true);
    setSaid(undefined);
    const answer = await askDevice('use', { options: `${does}-options`, answer: does });
    setBusy(false);
    if (answer === 'unreachable') return setSaid(dialog.noAnswer);
    if (answer === 'no-device' || answer.body.error === 'operator.refused') return setSaid(words.failed);
    if (answer.status !== 200) return setSaid(problemOf(locale, answer) ?? words.failed);
    if (does === 'confirm') setSaid(words.accepted);
    onDone(answer);
  };
  return (
    <div class="passkey">
      <p ref={saying} role="status">
        {said}
      </p>
      <button type="button" disabled={busy} onClick={() => void ask()}>
        {does === 'sign-in' ? words.signIn : words.use}
      </button>
    </div>
  );
}
