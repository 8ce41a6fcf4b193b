import { useContext, useEffect, useState } from 'preact/hooks';
import type { PasskeyView } from '../../../ports/passkey-desk.ts';
import { getJson, postJson } from '../../shared/api.ts';
import { fill, wordIn } from '../../shared/locale.ts';
import { FormEnd } from '../dialogs/form-end.tsx';
import { TextField } from '../dialogs/text-field.tsx';
import { CodeContext } from '../role.ts';
import { problemOf } from '../send-order.ts';
import { useWords } from '../words.ts';
import { askDevice } from './ask-device.ts';
import type { OwnWayProps } from './own-way-props.ts';

/** Longest name of a device, in characters, as core/contract/requests.ts takes it. */
const LONGEST_NAME = 40;

/** The passkeys of one's own account: adds this device, takes one off. */
export function PasskeyForm({ onDone, onBack, onSessionDoubt }: OwnWayProps) {
  const { locale } = useWords();
  const { passkeys: words, code: codeWords, dialog, accounts } = locale.guard;
  const hasCode = useContext(CodeContext);
  const [passkeys, setPasskeys] = useState<readonly PasskeyView[]>();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);

  useEffect(() => {
    let wanted = true;
    void getJson('/api/passkeys').then((answer) => {
      if (!wanted) return;
      if (answer === 'unreachable') setProblem(dialog.noAnswer);
      else if (answer.status === 401) void onSessionDoubt();
      else setPasskeys((answer.body.passkeys ?? []) as readonly PasskeyView[]);
    });
    return () => {
      wanted = false;
    };
  }, [dialog, onSessionDoubt]);

  const send = async (work: () => ReturnType<typeof askDevice>) => {
    if (busy) return;
    setBusy(true);
    setProblem(undefined);
    const answer = await work();
    setBusy(false);
    if (answer === 'no-device') return setProblem(words.problems.passkey);
    if (answer === 'unreachable') return setProblem(dialog.noAnswer);
    if (answer.status === 200) return onDone();
    const { cause } = answer.body;
    const known = typeof cause === 'string' ? wordIn<string>(words.problems, cause) : undefined;
    const refusal = known ?? problemOf(locale, answer);
    if (refusal === undefined) return onSessionDoubt();
    setProblem(refusal);
  };
  const add = () => {
    if (name.trim() === '') return setProblem(words.noName);
    if (password === '') return setProblem(dialog.noPassword);
    if (hasCode && code.trim() === '') return setProblem(codeWords.noCode);
    void send(() =>
      askDevice('create', {
        options: 'register-options',
        body: { password, ...(hasCode && { code }) },
        answer: 'register',
        beside: { name: name.trim() },
      }),
    );
  };
  const remove = (id: string) => {
    if (password === '') return setProblem(dialog.noPassword);
    void send(() => postJson('/api/passkey/remove', { id, password }));
  };

  return (
    <form
      class="account-form"
      onSubmit={(event) => {
        event.preventDefault();
        add();
      }}
    >
      <h3>{accounts.acts.passkeys}</h3>
      <p>{fill(words.explain, { host: location.hostname })}</p>
      {passkeys?.length === 0 && <p>{words.none}</p>}
      {passkeys !== undefined && passkeys.length > 0 && (
        <ul class="entries accounts">
          {passkeys.map((passkey) => (
            <li key={passkey.id}>
              <p>
                <strong class="foreign">{passkey.name}</strong>
                {passkey.host !== location.hostname && (
                  <span class="fine"> {fill(words.elsewhere, { host: passkey.host })}</span>
                )}
              </p>
              <span class="does">
                <button
                  type="button"
                  disabled={busy}
                  aria-label={fill(words.removeOf, { name: passkey.name })}
                  onClick={() => remove(passkey.id)}
                >
                  {words.remove}
                </button>
              </span>
            </li>
          ))}
        </ul>
      )}
      <TextField label={words.name} value={name} onText={setName} maxLength={LONGEST_NAME} />
      <TextField
        label={accounts.own}
        type="password"
        autoComplete="current-password"
        value={password}
        onText={setPassword}
      />
      {hasCode && (
        <TextField
          label={words.code}
          value={code}
          onText={setCode}
          autoComplete="one-time-code"
          maxLength={32}
        />
      )}
      <FormEnd problem={problem} busy={busy} does={words.add} cancel={codeWords.back} onCancel={onBack} />
    </form>
  );
}
