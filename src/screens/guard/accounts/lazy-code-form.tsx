import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useWords } from '../words.ts';
import type { CodeFormProps } from './code-form.tsx';

/** The one-time code of one's own account. Its code, with that of QR images, is loaded when it is asked for. */
export function LazyCodeForm(props: CodeFormProps) {
  const { books, code } = useWords().locale.guard;
  const [Content, setContent] = useState<ComponentType<CodeFormProps>>();
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let wanted = true;
    import('./code-form.tsx').then(
      ({ CodeForm }) => wanted && setContent(() => CodeForm),
      () => wanted && setFailed(true),
    );
    return () => {
      wanted = false;
    };
  }, []);
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
