import { useState } from 'preact/hooks';
import { ROLES, type Role } from '../../../core/access/vocabulary.ts';
import { type Answer, postJson, problemIn } from '../../shared/api.ts';
import { type Locale, wordIn } from '../../shared/locale.ts';
import { Choices } from '../dialogs/choices.tsx';
import { FormEnd } from '../dialogs/form-end.tsx';
import { PasswordField } from '../dialogs/password-field.tsx';
import { TextField } from '../dialogs/text-field.tsx';
import { problemOf } from '../send-order.ts';
import { useWords } from '../words.ts';

/** What is done to an account; `role`: the one it has. */
export type AccountAct =
  | { readonly type: 'own-password' | 'create' | 'code' | 'passkeys'; readonly operator?: never }
  | {
      readonly type:
        | 'set-role'
        | 'set-password'
        | 'end-sessions'
        | 'remove'
        | 'remove-code'
        | 'remove-passkeys';
      readonly operator: string;
      readonly role: Role;
    };

interface Props {
  readonly act: AccountAct;
  readonly onDone: () => Promise<void>;
  readonly onBack: () => void;
  readonly onSessionDoubt: () => Promise<void>;
}

/** Why the gate refused, in the page's language; undefined when the session is over. */
function refusalOf(locale: Locale, answer: Exclude<Answer, 'unreachable'>): string | undefined {
  const { accounts, setUp } = locale.guard;
  const { cause } = answer.body;
  if (typeof cause !== 'string') return problemOf(locale, answer);
  return (
    wordIn<string>(accounts.problems, cause) ??
    wordIn<string>(setUp.problems, cause) ??
    problemIn(locale, answer)
  );
}

/** The fields of one change of an account. Each needs the password of whoever makes it. */
export function AccountForm({ act, onDone, onBack, onSessionDoubt }: Props) {
  const { locale } = useWords();
  const { accounts: words, dialog, setUp } = locale.guard;
  const { type, operator } = act;
  const [name, setName] = useState('');
  const [role, setRole] = useState<Role>('role' in act ? act.role : 'guard');
  const [newPassword, setNewPassword] = useState('');
  const [again, setAgain] = useState('');
  const [password, setPassword] = useState('');
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const setsPassword = type === 'own-password' || type === 'create' || type === 'set-password';

  const send = async () => {
    if (busy) return;
    if (setsPassword && newPassword !== again) return setProblem(setUp.mismatch);
    if (password === '') return setProblem(dialog.noPassword);
    setBusy(true);
    setProblem(undefined);
    const body = {
      password,
      ...(type !== 'own-password' && { operator: operator ?? name.trim() }),
      ...((type === 'create' || type === 'set-role') && { role }),
      ...(setsPassword && { newPassword }),
    };
    const answer = await postJson(type === 'own-password' ? '/api/password' : `/api/accounts/${type}`, body);
    setBusy(false);
    if (answer === 'unreachable') return setProblem(dialog.noAnswer);
    if (answer.status === 200) return onDone();
    const refusal = refusalOf(locale, answer);
    if (refusal === undefined) return onSessionDoubt();
    setProblem(refusal);
  };

  return (
    <form
      class="account-form"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <h3>
        {words.acts[type]}
        {operator !== undefined && (
          <>
            : <q>{operator}</q>
          </>
        )}
      </h3>
      {type === 'remove' && <p>{words.removes}</p>}
      {type === 'remove-code' && <p>{words.removesCode}</p>}
      {type === 'remove-passkeys' && <p>{words.removesPasskeys}</p>}
      {type === 'create' && <TextField label={words.name} value={name} onText={setName} maxLength={32} />}
      {(type === 'create' || type === 'set-role') && (
        <Choices
          legend={words.role}
          name="role"
          value={role}
          choices={ROLES.map((value) => ({
            value,
            words: `${words.roles[value].name}: ${words.roles[value].may}`,
          }))}
          onChoose={setRole}
        />
      )}
      {setsPassword && (
        <>
          <TextField
            label={setUp.password}
            type="password"
            autoComplete="new-password"
            value={newPassword}
            onText={setNewPassword}
          />
          <p class="fine">{setUp.rule}</p>
          <TextField
            label={setUp.again}
            type="password"
            autoComplete="new-password"
            value={again}
            onText={setAgain}
          />
        </>
      )}
      {type === 'own-password' ? (
        <TextField
          label={words.own}
          type="password"
          autoComplete="current-password"
          value={password}
          onText={setPassword}
        />
      ) : (
        <PasswordField value={password} onText={setPassword} />
      )}
      <FormEnd
        problem={problem}
        busy={busy}
        does={words.acts[type]}
        cancel={dialog.cancel}
        onCancel={onBack}
      />
    </form>
  );
}
