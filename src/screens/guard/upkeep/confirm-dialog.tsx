import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { type Answer, postJson } from '../../shared/api.ts';
import { FormEnd } from '../dialogs/form-end.tsx';
import { Modal } from '../dialogs/modal.tsx';
import { PasswordField } from '../dialogs/password-field.tsx';
import { problemOf } from '../send-order.ts';
import { useWords } from '../words.ts';

interface Props {
  readonly title: string;
  /** What it means. */
  readonly effect: string;
  readonly path: string;
  /** The order without the password; a text says what is wrong with it. */
  readonly order: () => object | string;
  readonly onDone: (answer: Exclude<Answer, 'unreachable'>) => void;
  readonly onSessionDoubt: () => Promise<void>;
  readonly onClose: () => void;
  readonly children?: ComponentChildren;
}

/** Asks for the password before an order about the kiosk's data, and sends it. */
export function ConfirmDialog({
  title,
  effect,
  path,
  order,
  onDone,
  onSessionDoubt,
  onClose,
  children,
}: Props) {
  const { locale } = useWords();
  const { dialog: words, upkeep } = locale.guard;
  const dialog = useRef<HTMLDialogElement>(null);
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);

  const send = async () => {
    if (busy) return;
    const body = order();
    if (typeof body === 'string') return setProblem(body);
    if (password === '') return setProblem(words.noPassword);
    setBusy(true);
    setProblem(undefined);
    const answer = await postJson(path, { ...body, password });
    setBusy(false);
    if (answer === 'unreachable') return setProblem(words.noAnswer);
    if (answer.status === 200) {
      dialog.current?.close();
      return onDone(answer);
    }
    if (answer.body.error === 'too_many_requests') return setProblem(upkeep.busy);
    const refusal = problemOf(locale, answer);
    if (refusal === undefined) return onSessionDoubt();
    setProblem(refusal);
  };

  return (
    <Modal title={title} dialog={dialog} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <p class="effect">{effect}</p>
        {children}
        <PasswordField value={password} onText={setPassword} />
        <FormEnd
          problem={problem}
          busy={busy}
          does={upkeep.confirm}
          cancel={words.cancel}
          onCancel={() => dialog.current?.close()}
        />
      </form>
    </Modal>
  );
}
