import type { Value } from '../contract/fields.ts';
import { ORDERS } from '../contract/orders.ts';

/** All that a signed-in guard can order. */
export type OrderType = keyof typeof ORDERS;
export const ORDER_TYPES = Object.keys(ORDERS) as readonly OrderType[];

type OrderOf<T extends OrderType> = { readonly type: T } & Value<(typeof ORDERS)[T]>;

/** An order of the guard's desk, as the page sends it. */
export type GuardOrder = { [T in OrderType]: OrderOf<T> }[OrderType];

/** An order of one type with the operator who gives it. */
export type Given<T extends OrderType = OrderType> = Extract<GuardOrder, { type: T }> & {
  readonly operator: string;
};

/** The order that the fields say, or the names of those that are wrong; an order without any name is wrong as a whole. */
export function readOrder(
  type: OrderType,
  fields: unknown,
): { readonly order: GuardOrder } | { readonly wrong: readonly string[] } {
  const result = ORDERS[type].safeParse(fields);
  if (result.success) return { order: { type, ...result.data } as GuardOrder };
  return { wrong: [...new Set(result.error.issues.map(({ path }) => path.join('.')))] };
}
