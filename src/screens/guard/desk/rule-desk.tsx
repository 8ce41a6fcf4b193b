import type { GuardState } from '../guard-state.ts';
import type { Give } from '../orders.ts';
import { VisitorsCard } from '../people/visitors-card.tsx';
import { LevelCard } from './level-card.tsx';
import { ListsCard } from './lists-card.tsx';
import { OrdersCard } from './orders-card.tsx';

interface Props {
  readonly picture: GuardState;
  /** The gate's time, Unix milliseconds. */
  readonly nowMs: number;
  readonly onOrder: Give;
}

/** Rules, orders and visitors: everything that is not about the persons at the gate now. */
export function RuleDesk({ picture, nowMs, onOrder }: Props) {
  const { policy, lists } = picture;
  return (
    <div class="rule-desk">
      <div>
        <VisitorsCard visitors={picture.visitors(nowMs)} nowMs={nowMs} onOrder={onOrder} />
        <OrdersCard orders={picture.orders(nowMs)} nowMs={nowMs} onOrder={onOrder} />
      </div>
      <div>
        {policy && <LevelCard policy={policy} onOrder={onOrder} />}
        {lists.length > 0 && <ListsCard lists={lists} />}
      </div>
    </div>
  );
}
