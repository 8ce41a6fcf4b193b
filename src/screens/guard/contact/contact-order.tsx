import type { ComponentType } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Modal } from '../dialogs/modal.tsx';
import { useWords } from '../words.ts';
import type { ContactDialogProps } from './contact-dialog.tsx';

/** The dialog for a contact reading. Its code is loaded when it is opened first. */
export function ContactOrder(props: ContactDialogProps) {
  const { books } = useWords().locale.guard;
  const dialog = useRef<HTMLDialogElement>(null);
  const [Content, setContent] = useState<ComponentType<ContactDialogProps>>();
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let wanted = true;
    import('./contact-dialog.tsx').then(
      (module) => wanted && setContent(() => module.ContactDialog),
      () => wanted && setFailed(true),
    );
    return () => {
      wanted = false;
    };
  }, []);
  if (Content !== undefined) return <Content {...props} />;
  return (
    <Modal title={failed ? books.notLoaded : books.loading} dialog={dialog} onClose={props.onClose}>
      <div class="actions">
        <button type="button" onClick={() => dialog.current?.close()}>
          {books.close}
        </button>
      </div>
    </Modal>
  );
}
