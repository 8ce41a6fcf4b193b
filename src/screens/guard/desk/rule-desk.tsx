import type { GuardState } from '../guard-state.ts';
import type { Give } from '../orders.ts';
import { VisitorsCard } from '../people/visitors-card.tsx';
import { LevelCard } from './level-card.tsx';
import { ListsCard } from './lists-card.tsx';
import { OrdersCard } from './orders-card.tsx';
import { ShiftCard } from './shift-card.tsx';

interface Props {
  readonly picture: GuardState;
  /** The gate's time, Unix milliseconds. */
  readonly nowMs: number;
  readonly operator: string;
  readonly onOrder: Give;
  /** Called when the session may be over. */
  readonly onSessionDoubt: () => Promise<void>;
}

/** Rules, orders and visitors: everything that is not about the persons at the gate now. */
export function RuleDesk({ picture, nowMs, operator, onOrder, onSessionDoubt }: Props) {
  const { policy, lists, shift, site } = picture;
  return (
    <div class="rule-desk">
      <div>
        <VisitorsCard
          visitors={picture.visitors(nowMs)}
          makesPasses={site?.deskPassHours !== undefined}
          nowMs={nowMs}
          onOrder={onOrder}
        />
        <OrdersCard orders={picture.orders(nowMs)} nowMs={nowMs} onOrder={onOrder} />
      </div>
      <div>
        {shift && <ShiftCard {...{ shift, post: site?.post, operator, onOrder, onSessionDoubt }} />}
        {policy && <LevelCard policy={policy} nowMs={nowMs} onOrder={onOrder} />}
        {lists.length > 0 && <ListsCard lists={lists} />}
      </div>
    </div>
  );
}
