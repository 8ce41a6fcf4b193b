import type { ComponentType } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { SiteView } from '../../../ports/guard-feed.ts';
import type { Order } from '../orders.ts';
import { useWords } from '../words.ts';
import { Modal } from './modal.tsx';
import type { DialogEnd } from './reason-dialog.tsx';

interface Props extends DialogEnd {
  readonly order: Extract<Order, { type: 'visitor-pass' }>;
  readonly site: SiteView | undefined;
}

/** Makes a visitor's pass. Its code, with that of QR images, is loaded when it is asked for. */
export function LazyPassDialog(props: Props) {
  const words = useWords().locale.guard.books;
  const dialog = useRef<HTMLDialogElement>(null);
  const [Content, setContent] = useState<ComponentType<Props>>();
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let wanted = true;
    import('../registers/pass-dialog.tsx').then(
      ({ PassDialog }) => wanted && setContent(() => PassDialog),
      () => wanted && setFailed(true),
    );
    return () => {
      wanted = false;
    };
  }, []);
  if (Content !== undefined) return <Content {...props} />;
  if (!failed) return null;
  return (
    <Modal title={words.notLoaded} dialog={dialog} onClose={props.onClose}>
      <div class="actions">
        <button type="button" onClick={() => dialog.current?.close()}>
          {words.close}
        </button>
      </div>
    </Modal>
  );
}
