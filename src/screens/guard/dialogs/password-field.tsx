import { useContext } from 'preact/hooks';
import { CodeContext } from '../role.ts';
import { useWords } from '../words.ts';
import { TextField } from './text-field.tsx';

interface Props {
  readonly value: string;
  readonly onText: (text: string) => void;
}

/** Asks somebody who is signed in for the password again, or for a one-time code where the account has them. */
export function PasswordField({ value, onText }: Props) {
  const words = useWords().locale.guard.dialog;
  const hasCode = useContext(CodeContext);
  return (
    <TextField
      label={hasCode ? words.passwordOrCode : words.password}
      type="password"
      autoComplete="current-password"
      value={value}
      onText={onText}
    />
  );
}
