import { useContext, useState } from 'preact/hooks';
import type { GuardOrder } from '../../core/desk/guard-order.ts';
import { mayGive } from '../../core/desk/rights.ts';
import { useAttendance } from './desk/attendance.ts';
import { RoleContext } from './role.ts';
import { giveOrder, problemOf } from './send-order.ts';
import { useWords } from './words.ts';

interface Props {
  readonly orders: readonly GuardOrder[];
  readonly words: string;
  readonly isMain?: true;
  /** Its name for screen readers, where the words do not say whom it is about. */
  readonly label?: string;
  readonly onDone?: () => void;
  /** Called when the session may be over. */
  readonly onSessionDoubt: () => Promise<void>;
}

/** Gives orders that need no reason at once: items are seen, a call is answered. The gate records who did it. */
export function SendButton({ orders, words, isMain, label, onDone, onSessionDoubt }: Props) {
  const { locale } = useWords();
  const { dialog } = locale.guard;
  const { onLeft } = useAttendance();
  const role = useContext(RoleContext);
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const send = async () => {
    setBusy(true);
    setProblem(undefined);
    for (const order of orders) {
      const answer = await giveOrder(order);
      if (answer !== 'unreachable' && answer.status === 200) continue;
      setBusy(false);
      if (answer === 'unreachable') return setProblem(dialog.noAnswer);
      if (answer.status === 401) return onSessionDoubt();
      if (answer.body.error === 'desk.unattended') onLeft();
      return setProblem(problemOf(locale, answer));
    }
    // Success needs no message: the list shows it.
    setBusy(false);
    onDone?.();
  };
  if (orders.some((order) => !mayGive(role, order))) return null;
  return (
    <span class="seen">
      <span role="status" class="problem">
        {problem}
      </span>
      <button
        type="button"
        class={isMain ? 'primary' : ''}
        aria-label={label}
        disabled={busy}
        onClick={() => void send()}
      >
        {words}
      </button>
    </span>
  );
}
