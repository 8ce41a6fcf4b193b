import { orderWeight } from '../../../core/policy/order-weight.ts';
import { fill } from '../../shared/locale.ts';
import { levelWords } from '../desk/level-card.tsx';
import type { Order } from '../orders.ts';
import { useWords } from '../words.ts';
import { type DialogEnd, ReasonDialog } from './reason-dialog.tsx';

/** A level holds for everybody, so the guard proves anew who is sitting here. */
export function LevelDialog({ order, ...end }: { order: Extract<Order, { type: 'level' }> } & DialogEnd) {
  const { locale } = useWords();
  const { level: words, presets } = locale.guard;
  return (
    <ReasonDialog
      title={fill(words.ask, { level: levelWords(locale, order.level) })}
      effect={order.opensGate ? words.opens : words.checks}
      presets={presets.level}
      instant={false}
      weight={orderWeight('level')}
      draft={(note) => ({ path: '/api/guard/level', body: { level: order.level, note } })}
      {...end}
    />
  );
}
