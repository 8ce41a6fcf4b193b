import { useRef } from 'preact/hooks';
import { Modal } from '../dialogs/modal.tsx';
import { OrderButton } from '../order-button.tsx';
import type { Give, Order, Person } from '../orders.ts';
import { useWords } from '../words.ts';

interface Props {
  readonly person: Person;
  readonly onOrder: Give;
  readonly onClose: () => void;
}

/** The orders about one person; each choice opens its own dialog. */
export function PersonMenu({ person, onOrder, onClose }: Props) {
  const { person: words, dialog: dialogWords } = useWords().locale.guard;
  const dialog = useRef<HTMLDialogElement>(null);
  const { passId, holderRef } = person;
  const choices: readonly (readonly [string, Order])[] = [
    [words.stayIn, { type: 'order', person, kind: 'quarantine' }],
    [words.suspend, { type: 'order', person, kind: 'suspension' }],
    [words.forgive, { type: 'forgive', person }],
    ...(passId === undefined ? [] : [[words.visitor, { type: 'visitor', passId }] as const]),
    ...(holderRef === undefined ? [] : [[words.host, { type: 'visitor', host: person }] as const]),
  ];
  return (
    <Modal
      dialog={dialog}
      title={
        <>
          {words.title} <q>{person.words}</q>
        </>
      }
      onClose={onClose}
    >
      <div class="menu">
        {choices.map(([name, order]) => (
          <OrderButton order={order} onOrder={onOrder} key={name}>
            {name}
          </OrderButton>
        ))}
      </div>
      <div class="actions">
        <button type="button" onClick={() => dialog.current?.close()}>
          {dialogWords.cancel}
        </button>
      </div>
    </Modal>
  );
}
