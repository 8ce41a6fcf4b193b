import { useRef, useState } from 'preact/hooks';
import { LONGEST_LABEL, LONGEST_PLATE, LONGEST_PURPOSE, LONGEST_UNIT } from '../../../core/access/bounds.ts';
import type { GuardOrder } from '../../../core/desk/guard-order.ts';
import type { Register } from '../../../core/policy/register-line.ts';
import { FormEnd } from '../dialogs/form-end.tsx';
import { Modal } from '../dialogs/modal.tsx';
import { PasswordField } from '../dialogs/password-field.tsx';
import { TextField } from '../dialogs/text-field.tsx';
import { useSending } from '../dialogs/use-sending.ts';
import { useWords } from '../words.ts';

interface Props {
  readonly register: Register;
  readonly onDone: () => void;
  readonly onClose: () => void;
  readonly onSessionDoubt: () => Promise<void>;
}

/** Enters a vehicle or a courier. Nothing of it leaves the kiosk, so no reason is asked for. */
export function LineForm({ register, onDone, onClose, onSessionDoubt }: Props) {
  const { locale } = useWords();
  const { registers: words, dialog: common } = locale.guard;
  const dialog = useRef<HTMLDialogElement>(null);
  const sending = useSending('attended', onSessionDoubt);
  const { busy, problem, setProblem, asksPassword, password, setPassword } = sending;
  const [plate, setPlate] = useState('');
  const [label, setLabel] = useState('');
  const [unit, setUnit] = useState('');
  const [purpose, setPurpose] = useState('');
  const [disinfected, setDisinfected] = useState(false);

  const order = (): GuardOrder => {
    const said = {
      label,
      ...(unit.trim() !== '' && { unit }),
      ...(purpose.trim() !== '' && { purpose }),
    };
    return register === 'vehicle'
      ? { type: register, plate, ...said }
      : { type: register, disinfected, ...said };
  };
  const send = async () => {
    if (register === 'vehicle' && plate.trim() === '') return setProblem(common.causes.no_plate);
    if (label.trim() === '') return setProblem(words.noWho);
    if ((await sending.send(order())) === undefined) return;
    onDone();
    dialog.current?.close();
  };

  return (
    <Modal wide title={words.add[register]} dialog={dialog} onClose={onClose}>
      <form
        class="line-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy) void send();
        }}
      >
        <div class="pair">
          {register === 'vehicle' && (
            <TextField label={words.plate} maxLength={LONGEST_PLATE} value={plate} onText={setPlate} />
          )}
          <TextField label={words.who[register]} maxLength={LONGEST_LABEL} value={label} onText={setLabel} />
          <TextField label={words.unit} maxLength={LONGEST_UNIT} value={unit} onText={setUnit} />
          <TextField label={words.purpose} maxLength={LONGEST_PURPOSE} value={purpose} onText={setPurpose} />
        </div>
        {register === 'delivery' && (
          <label class="tick">
            <input
              type="checkbox"
              checked={disinfected}
              onChange={(event) => setDisinfected(event.currentTarget.checked)}
            />
            {words.disinfect}
          </label>
        )}
        {asksPassword && <PasswordField value={password} onText={setPassword} />}
        <FormEnd
          problem={problem}
          busy={busy}
          does={words.enter}
          cancel={common.cancel}
          onCancel={() => dialog.current?.close()}
        />
      </form>
    </Modal>
  );
}
