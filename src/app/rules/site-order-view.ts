import type { NotObeyed } from '../../core/access/vocabulary.ts';
import { type SiteOrders, siteOrderOf } from '../../core/command/site-order.ts';
import type { SiteOrderView } from '../../ports/gate-state.ts';
import type { Door } from '../door/door.ts';

/** What the site is ordered, as this gate tells it to guards and servers. */
export function siteOrderView(
  orders: SiteOrders,
  doors: readonly Door[],
  { isUnrecorded, guardMayEnd }: { readonly isUnrecorded: boolean; readonly guardMayEnd: boolean },
): SiteOrderView {
  const { waiting, endedHere, lockdown, evacuation } = orders;
  const holds = siteOrderOf(orders);
  const asked = waiting === undefined ? undefined : waiting.verb === 'evacuate' ? 'evacuate' : 'none';
  const order = asked ?? (holds === 'none' ? (endedHere?.order ?? holds) : holds);
  const from = waiting ?? evacuation ?? lockdown ?? endedHere;
  const reason =
    waiting?.cause ?? (order === holds ? troubleOf(doors, holds, isUnrecorded) : endedHere?.cause);
  const begun = waiting ?? evacuation ?? lockdown;
  return {
    order,
    holds,
    counter: orders.counter,
    ...(from === undefined ? {} : { by: from.by, keys: from.keys }),
    ...(from?.note === undefined ? {} : { note: from.note }),
    ...(begun === undefined ? {} : { sinceMs: begun.sinceS * 1000 }),
    ...(holds === 'lockdown' && lockdown !== undefined ? { untilMs: lockdown.untilS * 1000 } : {}),
    obeyed: reason === undefined,
    ...(reason === undefined ? {} : { reason }),
    ...(waiting === undefined ? {} : { waits: waiting.verb }),
    ...(guardMayEnd && holds === 'lockdown' ? { guardMayEnd: true } : {}),
  };
}

function troubleOf(
  doors: readonly Door[],
  holds: SiteOrderView['holds'],
  isUnrecorded: boolean,
): NotObeyed | undefined {
  if (isUnrecorded) return 'log_unavailable';
  if (holds === 'none') return undefined;
  if (doors.some(({ isObeyed }) => !isObeyed)) return 'lock_disobeys';
  return holds === 'lockdown' && doors.some(({ isFire }) => isFire) ? 'fire_alarm' : undefined;
}
