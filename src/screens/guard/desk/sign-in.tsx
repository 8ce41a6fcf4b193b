import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { type Answer, getJson, postJson, problemIn } from '../../shared/api.ts';
import { useChimes } from '../../shared/chime.ts';
import { Icon } from '../../shared/icon.tsx';
import { fill, type Locale, wordIn } from '../../shared/locale.ts';
import { hasPasskeys } from '../accounts/ask-device.ts';
import { PasskeyButton } from '../dialogs/passkey-button.tsx';
import { useWords } from '../words.ts';
import { EntryForm, Field, textOf } from './entry-form.tsx';
import { useRepeatedChime } from './use-alarm-sound.ts';

interface Credentials {
  readonly operator: string;
  readonly password: string;
  /** A one-time or recovery code. */
  readonly code?: string;
}

/** Asks for the code that the account needs beside the password. */
const NEEDS_CODE = Symbol('a one-time code is needed');

/** Signs in; resolves with the problem in words, if any. */
async function signIn(
  locale: Locale,
  credentials: Credentials,
): Promise<string | undefined | typeof NEEDS_CODE> {
  const words = locale.guard.signIn;
  const answer = await postJson('/api/login', credentials);
  if (answer === 'unreachable') return words.unreachable;
  if (answer.status < 300) return undefined;
  if (answer.status === 429) return fill(words.locked, { seconds: answer.retryAfterS ?? 60 });
  if (answer.body.error === 'operator.code') {
    if (answer.body.cause === 'missing') return NEEDS_CODE;
    return answer.body.cause === 'clock' ? words.codeClock : words.codeWrong;
  }
  if (answer.status === 401 || answer.status === 403) return words.wrong;
  return `${words.failed} ${problemIn(locale, answer)}`;
}

export function SignIn({ onDone }: { onDone: () => Promise<void> }) {
  const { locale } = useWords();
  const words = locale.guard.signIn;
  const [known, setKnown] = useState<Credentials>();
  const enter = async (credentials: Credentials) => {
    const problem = await signIn(locale, credentials);
    if (problem === NEEDS_CODE) {
      setKnown(credentials);
      return undefined;
    }
    if (problem === undefined) await onDone();
    return problem;
  };
  const submit = (fields: FormData) =>
    enter({ operator: textOf(fields, 'operator').trim(), password: textOf(fields, 'password') });
  if (known !== undefined)
    return (
      <EntryForm
        key="code"
        title={words.codeTitle}
        explain={words.codeExplain}
        submit={words.submit}
        instead={
          <button type="button" onClick={() => setKnown(undefined)}>
            {words.back}
          </button>
        }
        onSubmit={(fields) => enter({ ...known, code: textOf(fields, 'code') })}
      >
        <Field name="code" label={words.code} autoComplete="one-time-code" focused />
      </EntryForm>
    );
  return (
    <EntryForm
      key="password"
      title={words.title}
      submit={words.submit}
      instead={hasPasskeys() && <PasskeyButton does="sign-in" onDone={() => void onDone()} />}
      onSubmit={submit}
    >
      <Field name="operator" label={words.operator} autoComplete="username" />
      <Field name="password" label={words.password} type="password" autoComplete="current-password" />
    </EntryForm>
  );
}

/** Why the gate refused, in the page's language. */
function problemOf(locale: Locale, answer: Exclude<Answer, 'unreachable'>): string {
  const { guard } = locale;
  const { cause } = answer.body;
  if (answer.status === 429) return fill(guard.signIn.locked, { seconds: answer.retryAfterS ?? 60 });
  const known = typeof cause === 'string' ? wordIn<string>(guard.setUp.problems, cause) : undefined;
  return known ?? `${guard.signIn.failed} ${problemIn(locale, answer)}`;
}

/** Sets the first password. The set-up code proves that the person can read the kiosk's own terminal. */
export function SetUp({ onDone }: { onDone: () => Promise<void> }) {
  const { locale } = useWords();
  const { setUp, signIn: words } = locale.guard;
  const submit = async (fields: FormData) => {
    const operator = textOf(fields, 'operator').trim();
    const password = textOf(fields, 'password');
    if (password !== textOf(fields, 'again')) return setUp.mismatch;
    const answer = await postJson('/api/setup', { code: textOf(fields, 'code').trim(), operator, password });
    if (answer === 'unreachable') return words.unreachable;
    if (answer.status >= 300) return problemOf(locale, answer);
    const session = await getJson('/api/session');
    const signedIn = session !== 'unreachable' && session.body.status === 'signed-in';
    const problem = signedIn ? undefined : await signIn(locale, { operator, password });
    if (problem === undefined) await onDone();
    // A new account has no code.
    return problem === NEEDS_CODE ? undefined : problem;
  };
  return (
    <EntryForm title={setUp.title} explain={setUp.explain} submit={setUp.submit} onSubmit={submit}>
      <Field name="code" label={setUp.code} autoComplete="one-time-code" />
      <Field name="operator" label={words.operator} autoComplete="username" />
      <Field name="password" label={setUp.password} type="password" autoComplete="new-password" />
      <p class="rule">{setUp.rule}</p>
      <Field name="again" label={setUp.again} type="password" autoComplete="new-password" />
    </EntryForm>
  );
}

/** As in src/adapters/web/calls.ts: the number of matters that wait for a guard, without persons. */
export interface Calls {
  readonly waiting: number;
  readonly alarm: boolean;
}

/**
 * Shows that nobody is signed in, and sounds while something waits for a guard. These messages do not move the form,
 * because a finger may be on its way to it.
 */
export function SignedOut({ calls, children }: { calls: Calls; children: ComponentChildren }) {
  const { signIn: words, header } = useWords().locale.guard;
  const { player, audible } = useChimes();
  const { waiting, alarm } = calls;
  useRepeatedChime(player, waiting === 0 ? undefined : alarm ? 'alarm' : 'attention');
  return (
    <>
      <div role="alert" class={waiting > 0 ? 'signed-out needed' : 'signed-out'}>
        <Icon name={waiting > 0 ? 'bell' : 'warning'} />
        <p>
          <strong>{words.nobody}</strong>
          <br />
          {waiting > 0 ? fill(words.waiting, { count: waiting }) : words.quiet}
        </p>
      </div>
      {children}
      {!audible && (
        <button type="button" class="badge warn">
          <Icon name="muted" />
          {header.soundOff}
        </button>
      )}
    </>
  );
}
