import type { ComponentChildren, RefObject } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

interface Props {
  readonly title: ComponentChildren;
  readonly wide?: boolean;
  /** To be closed through this element: the dialog then returns the focus to where it was. */
  readonly dialog: RefObject<HTMLDialogElement>;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** A dialog over the page. Its title has the focus at first, so that a key from a scanner presses nothing. */
export function Modal({ title, wide = false, dialog, onClose, children }: Props) {
  const heading = useRef<HTMLHeadingElement>(null);
  useLayoutEffect(() => {
    dialog.current?.showModal();
    heading.current?.focus();
  }, [dialog]);
  return (
    <dialog ref={dialog} class={wide ? 'wide' : ''} aria-labelledby="order-title" onClose={onClose}>
      <h2 ref={heading} id="order-title" class="order-title" tabIndex={-1}>
        {title}
      </h2>
      {children}
    </dialog>
  );
}
