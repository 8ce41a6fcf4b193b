import { useState } from 'preact/hooks';
import type { GuardOrder } from '../../../core/desk/guard-order.ts';
import type { OrderWeight } from '../../../core/desk/order-weight.ts';
import { useAttendance } from '../desk/attendance.ts';
import { giveOrder, problemOf } from '../send-order.ts';
import { useWords } from '../words.ts';

/** Sends the order of a dialog, with the password where it is asked for, and says in words what went wrong. */
export function useSending(weight: OrderWeight, onSessionDoubt: () => Promise<void>) {
  const { locale } = useWords();
  const words = locale.guard.dialog;
  const [problem, setProblem] = useState<string>();
  const [busy, setBusy] = useState(false);
  const [password, setPassword] = useState('');
  const { attended, onLeft, onBack } = useAttendance();
  const asksPassword = weight === 'confirmed' || (weight === 'attended' && !attended);

  /** The gate's answer once it has carried it out; else undefined. */
  const send = async (order: GuardOrder): Promise<Readonly<Record<string, unknown>> | undefined> => {
    if (busy) return undefined;
    if (asksPassword && password === '') {
      setProblem(words.noPassword);
      return undefined;
    }
    setBusy(true);
    setProblem(undefined);
    const answer = await giveOrder(order, asksPassword ? password : undefined);
    setBusy(false);
    if (answer === 'unreachable') {
      setProblem(words.noAnswer);
      return undefined;
    }
    if (asksPassword && (answer.status === 200 || answer.status === 409)) onBack();
    if (answer.status === 200) return answer.body;
    if (answer.body.error === 'desk.unattended') onLeft();
    const refusal = problemOf(locale, answer);
    if (refusal === undefined) await onSessionDoubt();
    else setProblem(refusal);
    return undefined;
  };
  return { send, busy, problem, setProblem, asksPassword, password, setPassword };
}
