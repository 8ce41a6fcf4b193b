import { expect, it } from 'vitest';
import type { LedgerEntry } from '../../../src/core/decision/effect.ts';
import { openStore, temporaryFolder } from '../../support/store/store-folder.ts';

it('whoever came in last is inside: not who went out, was not seen to go in, or showed no pass', async () => {
  const store = await openStore(temporaryFolder());
  let passages = 0;
  const goes = (passId: string | undefined, direction: 'in' | 'out', rest: Partial<LedgerEntry> = {}) => {
    const passage = `p${++passages}`;
    const pass = passId === undefined ? {} : { passId, kind: 'resident' as const };
    const entry = { passage, ...pass, direction, accessPoint: `main-${direction}`, siteDay: 18_316, ...rest };
    store.log.commit({ events: [], effects: [{ kind: 'recordPassage', entry }] });
    return passage;
  };
  const gives = (passage: string) =>
    store.log.commit({ events: [], effects: [{ kind: 'giveBack', passage }] });
  goes('00000000000000a1', 'in', { holderRef: 'a1b2c3d4e5f6' });
  for (const direction of ['in', 'out', 'in'] as const) goes('00000000000000a2', direction);
  for (const direction of ['in', 'out'] as const) goes('00000000000000a3', direction);
  gives(goes('00000000000000a4', 'in'));
  goes('00000000000000a5', 'in');
  gives(goes('00000000000000a5', 'out'));
  goes('00000000000000a6', 'in', { isGuest: true, kind: 'visitor' });
  store.log.commit({ events: [], effects: [{ kind: 'forgive', subject: { passId: '00000000000000a6' } }] });
  const visit = { label: 'Plumber', fromMs: 0, untilMs: Date.now() + 86_400_000, registeredBy: 'chen' };
  const courier = {
    id: 'l1',
    register: 'delivery',
    label: 'Courier',
    cameMs: Date.now() + 1,
    registeredBy: 'chen',
  } as const;
  const effects = ['00000000000000a7', '00000000000000a8'].map((passId) => ({
    kind: 'registerVisitor' as const,
    visitor: { ...visit, passId },
  }));
  store.log.commit({
    events: [],
    effects: [
      ...effects,
      { kind: 'addLine', line: courier },
      { kind: 'addLine', line: { ...courier, id: 'l2' } },
    ],
  });
  for (const passId of ['00000000000000a7', '00000000000000a8']) goes(passId, 'in', { kind: 'visitor' });
  store.log.commit({
    events: [],
    effects: [
      { kind: 'visitorLeft', passId: '00000000000000a7' },
      { kind: 'lineLeft', id: 'l2' },
    ],
  });
  goes(undefined, 'in');
  goes(undefined, 'out');
  goes(undefined, 'out');
  const inside = store.musters.inside();
  expect(
    inside.map(({ line, passId, holderRef, kind, isGuest }) => [
      line,
      passId?.slice(-2),
      holderRef,
      kind,
      isGuest,
    ]),
  ).toEqual([
    [1, 'a1', 'a1b2c3d4e5f6', 'resident', undefined],
    [2, 'a2', undefined, 'resident', undefined],
    [3, 'a5', undefined, 'resident', undefined],
    [4, 'a6', undefined, 'visitor', true],
    [5, 'a8', undefined, 'visitor', undefined],
    [6, undefined, undefined, 'delivery', undefined],
  ]);
  expect(store.musters.unnamed(0, 18_316)).toEqual({ inUnnamed: 1, outUnnamed: 2, whileOpen: 0 });
  expect(store.musters.unnamed(Date.now() + 1_000, 18_316)).toMatchObject({ inUnnamed: 0, outUnnamed: 0 });
});
