import { postJson, problemIn } from '../../shared/api.ts';
import { fill, type Locale } from '../../shared/locale.ts';
import { useWords } from '../words.ts';
import { EntryForm, Field, textOf } from './entry-form.tsx';

/** Signs in; resolves with what went wrong in words. */
export async function signIn(
  locale: Locale,
  operator: string,
  password: string,
): Promise<string | undefined> {
  const words = locale.guard.signIn;
  const answer = await postJson('/api/login', { operator, password });
  if (answer === 'unreachable') return words.unreachable;
  if (answer.status < 300) return undefined;
  if (answer.status === 429) return fill(words.locked, { seconds: answer.retryAfterS ?? 60 });
  if (answer.status === 401 || answer.status === 403) return words.wrong;
  return `${words.failed} ${problemIn(locale, answer)}`;
}

export function SignIn({ onDone }: { onDone: () => Promise<void> }) {
  const { locale } = useWords();
  const words = locale.guard.signIn;
  const submit = async (fields: FormData) => {
    const problem = await signIn(locale, textOf(fields, 'operator').trim(), textOf(fields, 'password'));
    if (problem === undefined) await onDone();
    return problem;
  };
  return (
    <EntryForm title={words.title} submit={words.submit} onSubmit={submit}>
      <Field name="operator" label={words.operator} autoComplete="username" />
      <Field name="password" label={words.password} type="password" autoComplete="current-password" />
    </EntryForm>
  );
}
