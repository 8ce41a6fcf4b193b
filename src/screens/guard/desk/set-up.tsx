import { type Answer, getJson, postJson, problemIn } from '../../shared/api.ts';
import { fill, type Locale, wordIn } from '../../shared/locale.ts';
import { useWords } from '../words.ts';
import { EntryForm, Field, textOf } from './entry-form.tsx';
import { signIn } from './sign-in.tsx';

/** What the gate did not like, in the page's language. */
function problemOf(locale: Locale, answer: Exclude<Answer, 'unreachable'>): string {
  const { guard } = locale;
  const { cause } = answer.body;
  if (answer.status === 429) return fill(guard.signIn.locked, { seconds: answer.retryAfterS ?? 60 });
  const known = typeof cause === 'string' ? wordIn<string>(guard.setUp.problems, cause) : undefined;
  return known ?? `${guard.signIn.failed} ${problemIn(locale, answer)}`;
}

/** The first password. The set-up code proves that whoever types can read the kiosk's own terminal. */
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
    const problem = signedIn ? undefined : await signIn(locale, operator, password);
    if (problem === undefined) await onDone();
    return problem;
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
