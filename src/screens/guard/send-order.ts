import type { GuardOrder } from '../../core/desk/guard-order.ts';
import type { DeskAnswer } from '../../ports/guard-desk.ts';
import { type Answer, postJson, problemIn } from '../shared/api.ts';
import { fill, type Locale, wordIn } from '../shared/locale.ts';

/** Sends an order to the gate. @param password if the order needs it */
export function giveOrder({ type, ...fields }: GuardOrder, password?: string): Promise<Answer> {
  return postJson(`/api/guard/${type}`, password === undefined ? fields : { ...fields, password });
}

/** A failed answer in words; undefined when the session is over. */
export function problemOf(locale: Locale, answer: Exclude<Answer, 'unreachable'>): string | undefined {
  const { error, cause } = answer.body;
  const { dialog, signIn, away, code } = locale.guard;
  if (error === 'operator.refused') return cause === 'code' ? code.wrong : dialog.wrongPassword;
  if (error === 'operator.locked') return fill(signIn.locked, { seconds: answer.retryAfterS ?? 60 });
  if (error === 'desk.unattended') return away.refused;
  if (error === 'desk.password') return dialog.noPassword;
  if (answer.status === 401) return undefined;
  return `${dialog.refused} ${refusalOf(locale, answer)}`;
}

/** Why the gate refused, in the page's language. */
function refusalOf(locale: Locale, answer: Exclude<Answer, 'unreachable'>): string {
  const { dialog } = locale.guard;
  const { already, cause } = answer.body as Partial<Extract<DeskAnswer, { status: 'refused' }>>;
  if (already !== undefined) {
    const who = already.operator === 'auto' ? dialog.gateItself : already.operator;
    return fill(dialog.already[already.action], { who });
  }
  return wordIn<string>(dialog.causes, cause) ?? problemIn(locale, answer);
}
