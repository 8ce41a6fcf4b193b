import { useContext } from 'preact/hooks';
import { hasPasskeys } from '../accounts/ask-device.ts';
import { CodeContext, PasskeyContext } from '../role.ts';
import { useWords } from '../words.ts';
import { PasskeyButton } from './passkey-button.tsx';
import { TextField } from './text-field.tsx';

interface Props {
  readonly value: string;
  readonly onText: (text: string) => void;
}

/** Asks somebody who is signed in for the password again, or for a one-time code or passkey where the account has them. */
export function PasswordField({ value, onText }: Props) {
  const words = useWords().locale.guard.dialog;
  const hasCode = useContext(CodeContext);
  const mayAskDevice = useContext(PasskeyContext) && hasPasskeys();
  return (
    <>
      <TextField
        label={hasCode ? words.passwordOrCode : words.password}
        type="password"
        autoComplete="current-password"
        value={value}
        onText={onText}
      />
      {mayAskDevice && (
        <PasskeyButton does="confirm" onDone={({ body }) => onText(String(body.proof ?? ''))} />
      )}
    </>
  );
}
