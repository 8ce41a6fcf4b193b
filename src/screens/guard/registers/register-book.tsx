import { useContext, useState } from 'preact/hooks';
import { mayDo } from '../../../core/desk/rights.ts';
import { REGISTERS, type Register } from '../../../core/policy/register-line.ts';
import type { RegisterView } from '../../../ports/register-desk.ts';
import type { BookProps } from '../books/book-props.ts';
import { OrderButton } from '../order-button.tsx';
import { RoleContext } from '../role.ts';
import { useWords } from '../words.ts';
import { Line } from './line.tsx';
import { LineForm } from './line-form.tsx';
import { PassSlip } from './pass-slip.tsx';
import './registers.css';
import { keyOf, useRegisters } from './use-registers.ts';

/** Who is inside and since when, who has left, and the orders that enter somebody. */
export function RegisterBook({ picture, nowMs, onOrder, onSessionDoubt }: BookProps) {
  const { locale } = useWords();
  const words = locale.guard.registers;
  const role = useContext(RoleContext);
  const [adding, setAdding] = useState<Register>();
  const [shown, setShown] = useState<string>();
  const visits = picture.visitors(nowMs);
  const change = visits
    .map(({ passId, insideSinceMs, leftMs }) => `${passId} ${insideSinceMs} ${leftMs}`)
    .join();
  const { inside, lines, isLast, failed, look, more } = useRegisters(change, onSessionDoubt);
  const visitors = visits
    .filter(
      ({ insideSinceMs, leftMs, fromMs }) =>
        insideSinceMs !== undefined || (leftMs === undefined && fromMs <= nowMs),
    )
    .map((visit) => ({ register: 'visitor', ...visit }) as const);
  const present = [...visitors, ...inside].sort((one, other) => sinceMs(one) - sinceMs(other));
  const shared = { nowMs, onOrder, onSessionDoubt, onDone: () => void look(), onShow: setShown };

  return (
    <div class="registers">
      <div class="actions">
        {picture.site?.deskPassHours !== undefined && (
          <OrderButton order={{ type: 'visitor-pass' }} onOrder={onOrder} class="primary">
            {locale.guard.visitorPass.make}
          </OrderButton>
        )}
        <OrderButton order={{ type: 'visitor' }} onOrder={onOrder}>
          {locale.guard.visitors.register}
        </OrderButton>
        {REGISTERS.filter((register) => mayDo(role, register)).map((register) => (
          <button key={register} type="button" aria-haspopup="dialog" onClick={() => setAdding(register)}>
            {words.add[register]}
          </button>
        ))}
      </div>
      <p role="status" class="problem">
        {failed && words.failed}
      </p>
      <section class="card" aria-labelledby="register-inside">
        <h3 id="register-inside">
          {words.inside} <small>{present.length}</small>
        </h3>
        {present.length === 0 && <p class="none">{words.nobody}</p>}
        <ul class="entries">
          {present.map((line) => (
            <Line key={keyOf(line)} line={line} isPresent {...shared} />
          ))}
        </ul>
      </section>
      <section class="card" aria-labelledby="register-all">
        <h3 id="register-all">{words.all}</h3>
        {lines.length === 0 && <p class="none">{words.nothing}</p>}
        <ul class="entries">
          {lines.map((line) => (
            <Line key={keyOf(line)} line={line} {...shared} />
          ))}
        </ul>
        {!isLast && (
          <button type="button" onClick={() => void more()}>
            {words.more}
          </button>
        )}
      </section>
      {shown !== undefined && (
        <PassSlip
          passId={shown}
          site={picture.site}
          onClose={() => setShown(undefined)}
          onSessionDoubt={onSessionDoubt}
        />
      )}
      {adding && (
        <LineForm
          register={adding}
          onDone={() => void look()}
          onClose={() => setAdding(undefined)}
          onSessionDoubt={onSessionDoubt}
        />
      )}
    </div>
  );
}

function sinceMs(line: RegisterView): number {
  return line.register === 'visitor' ? (line.insideSinceMs ?? line.fromMs) : line.cameMs;
}
