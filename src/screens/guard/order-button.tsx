import type { ComponentChildren } from 'preact';
import { useContext } from 'preact/hooks';
import { mayGive } from '../../core/desk/rights.ts';
import type { Give, Order } from './orders.ts';
import { RoleContext } from './role.ts';

interface Props {
  readonly order: Order;
  readonly onOrder: Give;
  readonly class?: string;
  readonly title?: string;
  /** Its name for screen readers, where the words on it do not say whom it is about. */
  readonly label?: string;
  readonly children: ComponentChildren;
}

/** What an order is on the wire; nothing for the menu of orders about one person. */
function wireOf(order: Order) {
  if (order.type === 'person') return undefined;
  return order.type === 'plain' ? order.draft('') : order;
}

/** Opens the dialog of an order. It is not there for a role that has no right to the order. */
export function OrderButton({ order, onOrder, label, children, ...shown }: Props) {
  const role = useContext(RoleContext);
  const wire = wireOf(order);
  if (wire !== undefined && !mayGive(role, wire)) return null;
  return (
    <button type="button" aria-haspopup="dialog" aria-label={label} onClick={() => onOrder(order)} {...shown}>
      {children}
    </button>
  );
}
