import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { LONGEST_NOTE } from '../../../core/access/bounds.ts';
import type { GuardOrder } from '../../../core/desk/guard-order.ts';
import type { OrderWeight } from '../../../core/desk/order-weight.ts';
import { useWords } from '../words.ts';
import { Modal } from './modal.tsx';
import { PasswordField } from './password-field.tsx';
import { useSending } from './use-sending.ts';

/** The order to send, or in words what is missing. */
export type Draft = GuardOrder | { readonly problem: string };

export interface DialogEnd {
  readonly onClose: () => void;
  readonly onSessionDoubt: () => Promise<void>;
}

interface Props extends DialogEnd {
  readonly title: string;
  readonly effect?: string | undefined;
  readonly presets: readonly string[];
  /** Whether one press on a ready-made reason sends the order. */
  readonly instant: boolean;
  /** Default `attended`, as for most orders. */
  readonly weight?: OrderWeight;
  /** Further fields of the order. */
  readonly children?: ComponentChildren;
  readonly draft: (note: string) => Draft;
  /** Called when the order is done, with the answer; without it the dialog closes. */
  readonly onDone?: (answer: Readonly<Record<string, unknown>>) => void;
}

/** Text of a pass, which a scanner in keyboard mode types into any field; it is never accepted as a reason. */
const PASS_TEXT = /G[PR]1:/i;

/** Asks for the reason, then sends the order. An order about more than one person's passage needs a confirmation. */
export function ReasonDialog(props: Props) {
  const { title, effect, presets, weight = 'attended', children, draft, onDone } = props;
  const { onClose, onSessionDoubt } = props;
  const { locale } = useWords();
  const words = locale.guard.dialog;
  const dialog = useRef<HTMLDialogElement>(null);
  const [note, setNote] = useState('');
  const sending = useSending(weight, onSessionDoubt);
  const { busy, problem, setProblem, asksPassword, password, setPassword } = sending;
  const instant = props.instant && !asksPassword;

  const send = async (reason: string) => {
    const text = reason.trim();
    if (busy) return;
    if (text === '') return setProblem(words.empty);
    if (PASS_TEXT.test(text)) {
      setNote('');
      return setProblem(words.scanned);
    }
    const order = draft(text);
    if ('problem' in order) return setProblem(order.problem);
    const answer = await sending.send(order);
    if (answer === undefined) return;
    if (onDone === undefined) dialog.current?.close();
    else onDone(answer);
  };

  return (
    <Modal title={title} wide={Boolean(children)} dialog={dialog} onClose={onClose}>
      {effect && <p class="effect">{effect}</p>}
      <div class="asks">
        {Boolean(children) && <div>{children}</div>}
        <div>
          <p>{words.why}</p>
          <div class="presets">
            {presets.map((preset) => (
              <button
                key={preset}
                type="button"
                disabled={busy}
                aria-pressed={instant ? undefined : note === preset}
                onClick={() => (instant ? void send(preset) : setNote(preset))}
              >
                {preset}
              </button>
            ))}
          </div>
          <label class="field">
            <span>{words.own}</span>
            <input
              type="text"
              value={note}
              maxLength={LONGEST_NOTE}
              autoComplete="off"
              onInput={(event) => setNote(event.currentTarget.value)}
            />
          </label>
          {asksPassword && <PasswordField value={password} onText={setPassword} />}
        </div>
      </div>
      <div class="dialog-end">
        <p role="alert" class="problem">
          {problem}
        </p>
        <div class="actions">
          <button type="button" class="primary" disabled={busy} onClick={() => void send(note)}>
            {words.do}
          </button>
          <button type="button" onClick={() => dialog.current?.close()}>
            {words.cancel}
          </button>
        </div>
      </div>
    </Modal>
  );
}
