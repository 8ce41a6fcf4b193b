import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

interface Props {
  readonly title: string;
  readonly explain?: string;
  readonly submit: string;
  readonly children: ComponentChildren;
  /** What may be done instead of sending the form. */
  readonly instead?: ComponentChildren;
  /** Resolves with the problem in words; undefined on success. */
  readonly onSubmit: (fields: FormData) => Promise<string | undefined>;
}

/** The common form of set-up and sign-in. */
export function EntryForm({ title, explain, submit, children, instead, onSubmit }: Props) {
  const [error, setError] = useState<string>();
  const [busy, setBusy] = useState(false);
  const send = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy || !(event.currentTarget instanceof HTMLFormElement)) return;
    setBusy(true);
    setError(undefined);
    const problem = await onSubmit(new FormData(event.currentTarget));
    setBusy(false);
    setError(problem);
  };
  return (
    <form class="entry-form" onSubmit={(event) => void send(event)}>
      <h1>{title}</h1>
      {explain && <p>{explain}</p>}
      {children}
      <p role="alert" class="problem">
        {error}
      </p>
      <button type="submit" class="primary" disabled={busy}>
        {submit}
      </button>
      {instead}
    </form>
  );
}

interface FieldProps {
  readonly name: string;
  readonly label: string;
  readonly type?: 'text' | 'password';
  readonly autoComplete: string;
  /** Has the focus once it is there. */
  readonly focused?: boolean;
}

export function Field({ name, label, type = 'text', autoComplete, focused = false }: FieldProps) {
  const input = useRef<HTMLInputElement>(null);
  useLayoutEffect(() => {
    if (focused) input.current?.focus();
  }, [focused]);
  return (
    <label class="field">
      <span>{label}</span>
      <input
        ref={input}
        name={name}
        type={type}
        autoComplete={autoComplete}
        required
        maxLength={200}
        spellcheck={false}
      />
    </label>
  );
}

/** A field's text. */
export function textOf(fields: FormData, name: string): string {
  const value = fields.get(name);
  return typeof value === 'string' ? value : '';
}
