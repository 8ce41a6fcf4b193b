import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { type Answer, getJson, postJson } from '../../shared/api.ts';
import { fill, wordIn } from '../../shared/locale.ts';
import { QrImage } from '../../shared/qr-image.tsx';
import { FormEnd } from '../dialogs/form-end.tsx';
import { TextField } from '../dialogs/text-field.tsx';
import { problemOf } from '../send-order.ts';
import { useWords } from '../words.ts';
import type { OwnWayProps } from './own-way-props.ts';
import { RecoveryCodes } from './recovery-codes.tsx';

/** The answers of the gate, as routes-codes.ts gives them. */
interface Begun {
  readonly secret: string;
  readonly uri: string;
}
type Step =
  | { readonly at: 'loading' }
  | { readonly at: 'begin'; readonly on: boolean; readonly left: number }
  | ({ readonly at: 'scan' } & Begun)
  | { readonly at: 'recovery'; readonly codes: readonly string[] };

/** Puts a one-time code on one's own account, or takes it off: password, QR code, first code, recovery codes. */
export function CodeForm({ onDone, onBack, onSessionDoubt }: OwnWayProps) {
  const { locale } = useWords();
  const { code: words, dialog, accounts } = locale.guard;
  const [step, setStep] = useState<Step>({ at: 'loading' });
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);

  const failed = async (answer: Answer): Promise<void> => {
    if (answer === 'unreachable') return setProblem(dialog.noAnswer);
    const { cause } = answer.body;
    const known = typeof cause === 'string' ? wordIn<string>(words.problems, cause) : undefined;
    const text = known ?? problemOf(locale, answer);
    if (text === undefined) await onSessionDoubt();
    else setProblem(text);
  };
  useEffect(() => {
    let wanted = true;
    void getJson('/api/code').then(async (answer) => {
      if (!wanted) return;
      if (answer === 'unreachable' || answer.status !== 200) return failed(answer);
      setStep({ at: 'begin', on: answer.body.on === true, left: Number(answer.body.recovery) });
    });
    return () => {
      wanted = false;
    };
    // Once: what the gate says then is changed by this form alone.
  }, []);

  /** Sends one step; its answer if the gate took it. */
  const send = async (path: string, body: object) => {
    if (busy) return undefined;
    setBusy(true);
    setProblem(undefined);
    const answer = await postJson(`/api/code/${path}`, body);
    setBusy(false);
    if (answer !== 'unreachable' && answer.status === 200) return answer.body;
    await failed(answer);
    return undefined;
  };
  const mayGoOn = (on: boolean) => {
    const lacks = password === '' ? dialog.noPassword : on && code.trim() === '' ? words.noCode : undefined;
    setProblem(lacks);
    return lacks === undefined;
  };
  const begin = async (on: boolean) => {
    if (!mayGoOn(on)) return;
    const begun = await send('begin', { password, ...(on && { code }) });
    if (begun === undefined) return;
    setCode('');
    setPassword('');
    setStep({ at: 'scan', ...(begun as unknown as Begun) });
  };
  const remove = async () => {
    if (mayGoOn(true) && (await send('remove', { password, code })) !== undefined) await onDone();
  };
  const confirm = async () => {
    const done = await send('confirm', { code });
    if (done !== undefined) setStep({ at: 'recovery', codes: done.recovery as readonly string[] });
  };

  const form = (does: string, submit: () => Promise<void>, children: ComponentChildren) => (
    <form
      class="account-form"
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <h3>{accounts.acts.code}</h3>
      {children}
      <FormEnd problem={problem} busy={busy} does={does} cancel={words.back} onCancel={onBack} />
    </form>
  );
  if (step.at === 'recovery') return <RecoveryCodes codes={step.codes} onKept={() => void onDone()} />;
  if (step.at === 'scan')
    return form(
      words.confirm,
      confirm,
      <>
        <p>{words.scan}</p>
        <div class="enrolment">
          <QrImage text={step.uri} />
          <div>
            <p class="fine">{words.secret}</p>
            <p class="secret">{(step.secret.match(/.{1,4}/g) ?? []).join(' ')}</p>
            <TextField
              label={words.first}
              value={code}
              onText={setCode}
              autoComplete="one-time-code"
              inputMode="numeric"
              maxLength={12}
            />
          </div>
        </div>
      </>,
    );
  if (step.at === 'loading')
    return (
      <div class="actions">
        <p role="status">{problem}</p>
        <button type="button" onClick={onBack}>
          {words.back}
        </button>
      </div>
    );
  const { on, left } = step;
  return form(
    on ? words.again : words.begin,
    () => begin(on),
    <>
      <p>{on ? fill(words.on, { left }) : words.off}</p>
      <TextField
        label={accounts.own}
        type="password"
        autoComplete="current-password"
        value={password}
        onText={setPassword}
      />
      {on && (
        <>
          <TextField
            label={words.current}
            value={code}
            onText={setCode}
            autoComplete="one-time-code"
            maxLength={32}
          />
          <p>
            <button type="button" disabled={busy} onClick={() => void remove()}>
              {words.remove}
            </button>
          </p>
        </>
      )}
    </>,
  );
}
