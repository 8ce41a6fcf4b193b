import { useRef, useState } from 'preact/hooks';
import { Icon } from '../../shared/icon.tsx';
import { FormEnd } from '../dialogs/form-end.tsx';
import { Modal } from '../dialogs/modal.tsx';
import { PasswordField } from '../dialogs/password-field.tsx';
import { problemOf } from '../send-order.ts';
import { useWords } from '../words.ts';
import type { DeskActivity } from './desk-activity.ts';

interface Props {
  readonly presence: DeskActivity;
  readonly onSessionDoubt: () => Promise<void>;
}

/** Shown at an unattended desk: everything stays visible, but orders need the password first. */
export function AwayBanner(props: Props) {
  const { away } = useWords().locale.guard;
  const [asking, setAsking] = useState(false);
  return (
    <section class="away-banner" aria-label={away.title}>
      <Icon name="lock" />
      <p role="status">
        <strong>{away.title}</strong> {away.text}
      </p>
      <button type="button" class="primary" aria-haspopup="dialog" onClick={() => setAsking(true)}>
        {away.enter}
      </button>
      {asking && <PasswordDialog {...props} onClose={() => setAsking(false)} />}
    </section>
  );
}

function PasswordDialog({ presence, onSessionDoubt, onClose }: Props & { readonly onClose: () => void }) {
  const { locale } = useWords();
  const { away, dialog: words } = locale.guard;
  const dialog = useRef<HTMLDialogElement>(null);
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const send = async () => {
    if (busy) return;
    if (password === '') return setProblem(words.noPassword);
    setBusy(true);
    setProblem(undefined);
    const answer = await presence.enter(password);
    setBusy(false);
    if (answer === 'unreachable') return setProblem(words.noAnswer);
    if (answer.status === 200) return dialog.current?.close();
    const refusal = problemOf(locale, answer);
    if (refusal === undefined) return onSessionDoubt();
    setProblem(refusal);
  };
  return (
    <Modal title={away.ask} dialog={dialog} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <PasswordField value={password} onText={setPassword} />
        <FormEnd
          problem={problem}
          busy={busy}
          does={away.goOn}
          cancel={words.cancel}
          onCancel={() => dialog.current?.close()}
        />
      </form>
    </Modal>
  );
}
