import { describe, expect, it } from 'vitest';
import { AllHolders, AllOrders, ListedRevocations } from '../../src/app/lists/listed-facts.ts';
import { PresentState } from '../../src/app/state/present-state.ts';
import { StatePublisher } from '../../src/app/uplink/state-publisher.ts';
import type { StandingOrder } from '../../src/core/policy/standing-order.ts';
import type { StandingOrders } from '../../src/ports/rule-store.ts';
import { DAY_S, sampleBundle } from '../support/gate/bundle-samples.ts';
import { type DistributionRig, startDistribution } from '../support/gate/distribution-rig.ts';
import { NOW_S } from '../support/gate/pass-samples.ts';
import { openStore, temporaryFolder } from '../support/store/store-folder.ts';

const HOLDER = '0a0b0c0d0e0f';
const PASS = '0102030405060708';

async function gateWithLists(): Promise<DistributionRig> {
  const gate = await startDistribution(await openStore(temporaryFolder()), { graceSeconds: 60 });
  for (const type of ['trust', 'revocations', 'orders', 'directory'] as const)
    await gate.distribution.receive({ bytes: sampleBundle(type, { number: 7 }), source: 'apply' });
  return gate;
}

const OWN: StandingOrder = {
  id: 'own',
  kind: 'health',
  subject: { holderRef: HOLDER },
  fromMs: 0,
  source: 'guard',
  by: 'chen',
  note: 'Asked to stay in',
};
const own: StandingOrders = {
  ordersFor: (_passId, holderRef) => (holderRef === HOLDER ? [OWN] : []),
  find: (id) => (id === OWN.id ? OWN : undefined),
  standing: (_nowMs, limit) => [OWN].slice(0, limit),
  reportsOn: () => 3,
};

describe('what decisions see of the signed lists', () => {
  it('revocations, with their number and the age of the oldest list', async () => {
    const { inForce } = await gateWithLists();
    const list = new ListedRevocations(inForce);
    expect(list.number).toBe(7);
    expect(list.isRevoked(PASS, undefined, NOW_S)).toBe(true);
    expect(list.isRevoked('00'.repeat(8), HOLDER, NOW_S - 1)).toBe(true);
    expect(list.isRevoked('00'.repeat(8), HOLDER, NOW_S)).toBe(false);
    expect(list.nextUpdateMs).toBe((NOW_S + 7 * DAY_S + 60) * 1000);
  });

  it('nothing, where there is no list', async () => {
    const { inForce } = await startDistribution(await openStore(temporaryFolder()));
    const list = new ListedRevocations(inForce);
    expect([list.number, list.nextUpdateMs, list.isRevoked(PASS, HOLDER, 0)]).toEqual([0, undefined, false]);
    expect(new AllOrders(own, inForce).ordersFor(PASS, HOLDER)).toEqual([OWN]);
  });

  it('orders given here beside those of the list; only those given here can be ended here', async () => {
    const { inForce } = await gateWithLists();
    const orders = new AllOrders(own, inForce);
    expect(orders.ordersFor(PASS, HOLDER).map(({ kind }) => kind)).toEqual([
      'health',
      'quarantine',
      'suspension',
    ]);
    expect(orders.standing(NOW_S * 1000, 10)).toHaveLength(3);
    expect(orders.standing(NOW_S * 1000, 1)).toEqual([OWN]);
    const [, listed] = orders.ordersFor(PASS, HOLDER);
    expect(orders.find(listed?.id ?? '')).toBeUndefined();
    expect(orders.find('own')).toBe(OWN);
    expect(orders.reportsOn(HOLDER, 1)).toBe(3);
  });

  it('the names kept here before those of the list', async () => {
    const { inForce } = await gateWithLists();
    const local = { find: (ref: string) => (ref === HOLDER ? { label: 'Own', unit: '1' } : undefined) };
    const holders = new AllHolders(local, inForce);
    expect(holders.find(HOLDER)?.label).toBe('Own');
    expect(holders.find('000000000001')?.label).toBe('Sweepers');
    expect(holders.find('000000000002')).toBeUndefined();
  });
});

it('servers are told level and lists in one state', async () => {
  const { inForce } = await gateWithLists();
  const told: [string, object][] = [];
  const state = new PresentState();
  const publisher = new StatePublisher({
    state,
    sink: {
      publishState: (topic, payload) => told.push([topic, payload]),
      setCondition: () => undefined,
      setAlert: () => undefined,
    },
  });
  await publisher.start(new AbortController().signal);
  state.lists.set(inForce.views(NOW_S * 1000));
  expect(told).toEqual([]);
  state.rules.set({
    level: 'normal',
    version: 1,
    gate: 'checked',
    levels: ['normal'],
    openLevels: [],
    occupancy: 12,
  });
  expect(told).toEqual([
    [
      'state/policy',
      {
        level: 'normal',
        version: 1,
        lists: expect.arrayContaining([expect.objectContaining({ number: 7 })]),
      },
    ],
  ]);
});
