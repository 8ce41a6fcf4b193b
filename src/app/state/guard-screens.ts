import type { GateState } from '../../ports/gate-state.ts';
import type { GuardFeed } from '../../ports/guard-feed.ts';

/** Publishes the state of the gate on the guard's screens, from now on. */
export function showToGuards(state: GateState, feed: GuardFeed): void {
  state.doors.follow((door) => feed.publish(`door/${door.door}`, door));
  state.devices.follow((device) => feed.publish(`device/${device.id}`, device));
  state.rules.follow((rules) => feed.publish('policy', rules));
  state.lists.follow((lists) => feed.publish('lists', lists));
  state.clock.follow((clock) => feed.publish('clock', clock));
  state.queue.follow((queue) => feed.publish('queue', queue));
  state.servers.follow((servers) => feed.publish('servers', servers));
  state.siteOrder.follow((order) => feed.publish('siteOrder', order));
  state.shift.follow((shift) => feed.publish('shift', shift));
  state.muster.follow((muster) => feed.publish('muster', muster));
  state.backup.follow((backup) => feed.publish('backup', backup));
  state.https.follow((https) => feed.publish('https', https));
  state.readings.follow(({ accessPoint, reading }) =>
    feed.publish(`thermometer/${accessPoint}`, reading ?? null),
  );
  state.assists.follow((call) => feed.publish(`call/${call.accessPoint}`, call));
  state.passages.follow((passage) => feed.publish(`passage/${passage.accessPoint}`, passage));
  state.decisions.follow((decisions) => feed.publish('decisions', decisions));
  state.orders.follow((orders) => feed.publish('orders', orders));
  state.visitors.follow((visitors) => feed.publish('visitors', visitors));
  state.attention.follow((items) => feed.publish('attention', items));
  showPlace(state, feed);
}

/** Site, access points and level are one topic of the screens. Counts in the rules do not change it. */
function showPlace(state: GateState, feed: GuardFeed): void {
  let shown = '';
  const show = (): void => {
    const [site] = state.site.values;
    const [rules] = state.rules.values;
    if (site === undefined || rules === undefined) return;
    const { level, version } = rules;
    const accessPoints = state.accessPoints.values;
    const view = { ...site, policy: { level, version }, accessPoints };
    const text = JSON.stringify(view);
    if (text === shown) return;
    shown = text;
    feed.publish('site', view);
  };
  state.site.follow(show);
  state.accessPoints.follow(show);
  state.rules.follow(show);
}
