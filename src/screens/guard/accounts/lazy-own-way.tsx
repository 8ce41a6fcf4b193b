import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useWords } from '../words.ts';
import type { OwnWayProps } from './own-way-props.ts';

const FORMS = {
  code: async () => (await import('./code-form.tsx')).CodeForm,
  passkeys: async () => (await import('./passkey-form.tsx')).PasskeyForm,
} as const;

/** Another way to sign in to one's own account: one-time code or passkeys. Loaded when it is asked for. */
export function LazyOwnWay({ way, ...props }: OwnWayProps & { readonly way: keyof typeof FORMS }) {
  const { books, code } = useWords().locale.guard;
  const [Content, setContent] = useState<ComponentType<OwnWayProps>>();
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let wanted = true;
    FORMS[way]().then(
      (form) => wanted && setContent(() => form),
      () => wanted && setFailed(true),
    );
    return () => {
      wanted = false;
    };
  }, [way]);
  if (Content !== undefined) return <Content {...props} />;
  if (!failed) return null;
  return (
    <div class="actions">
      <p role="alert">{books.notLoaded}</p>
      <button type="button" onClick={props.onBack}>
        {code.back}
      </button>
    </div>
  );
}
