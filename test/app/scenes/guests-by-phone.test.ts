import { expect, it } from 'vitest';
import { revocationsContent } from '../../../src/core/bundle/revocations.ts';
import type { GuestRule, KindRule } from '../../../src/core/policy/policy.ts';
import { sampleBundle } from '../../support/gate/bundle-samples.ts';
import { invited, phone } from '../../support/gate/invited.ts';
import { policy } from '../../support/gate/policy-samples.ts';
import { SITE } from '../../support/gate/rule-gate.ts';
import { type Person, Scene } from '../../support/gate/scene.ts';
import { courtKeys } from '../../support/gate/willow-court.ts';

const HOUSE = 'a1b2c3d4e5f6';

/** The court with hard anti-passback; the household itself may go out twice a day. */
function court(guests: Partial<GuestRule> = {}, resident: KindRule = {}): Promise<Scene> {
  const rules = {
    guests: { count: 2, days: 7, confirm: 'host', ...guests } as const,
    kinds: { resident, visitor: { registration: 'confirmed' } } as const,
    antiPassback: { mode: 'hard' } as const,
  };
  return Scene.opens('2020-02-24 08:30', policy({ normal: rules }));
}

function hostAt(scene: Scene): Person {
  return scene.person({ holderRef: HOUSE, holderKey: phone, label: '3-402' });
}

async function goes(
  scene: Scene,
  host: Person,
  code: string,
  direction: 'in' | 'out' = 'in',
): Promise<string> {
  const said = await host.shows(direction, code);
  if (said === 'Granted') await scene.gate.walk();
  await scene.later(15);
  return said;
}

it('a guest comes in and leaves by the code of the host, counted for the guests of the household alone', async () => {
  const scene = await court({}, { quota: { count: 1, days: 1, direction: 'out' } });
  const host = hostAt(scene);
  const first = invited(scene, host.card, { label: '小李' });
  expect(await host.shows('in', first)).toBe('Granted');
  expect(scene.gate.feed.get('passage/main-in')).toMatchObject({
    kind: 'visitor',
    guest: true,
    label: '小李',
    holderRef: HOUSE,
  });
  // Counted with the grant, before anybody walks: a second guest at another lane meets the first.
  const asked = {
    passId: '',
    holderRef: HOUSE,
    direction: 'in',
    siteDay: 18_316,
    quotaDays: 7,
    usesWanted: 0,
  } as const;
  const counted = (isGuest: boolean) => scene.gate.store.holderState.facts({ ...asked, isGuest }).recent;
  expect(counted(true)).toMatchObject([{ direction: 'in', count: 1 }]);
  expect(counted(false)).toEqual([]);
  await scene.gate.walk();
  await scene.later(15);
  expect(await goes(scene, host, first)).toBe('gp:MaxUses');
  expect(await goes(scene, host, first, 'out')).toBe('Granted');

  expect(await goes(scene, host, invited(scene, host.card))).toBe('Granted');
  expect(await goes(scene, host, invited(scene, host.card))).toBe('gp:QuotaExceeded');
  const children = scene.person({ holderRef: HOUSE, holderKey: phone });
  expect(await goes(scene, children, invited(scene, children.card))).toBe('gp:QuotaExceeded');
  const neighbours = scene.person({ holderRef: '0000000000b1', holderKey: phone });
  expect(await goes(scene, neighbours, invited(scene, neighbours.card))).toBe('Granted');

  const card = scene.person({ holderRef: HOUSE });
  expect(await card.goesOut()).toBe('Granted');
  const [granted] = scene.gate.data('access.granted');
  expect(granted).toMatchObject({ guest: true, kind: 'visitor', holderRef: HOUSE, recognition: 'gp:QRCode' });
  expect(granted?.passId).not.toBe(host.card.passId);
  expect(JSON.stringify(scene.gate.data('access.granted'))).not.toContain('小李');
});

it('is one guest of one household at whichever of two lanes, also at both at once', async () => {
  const rules = {
    guests: { count: 2, days: 7, confirm: 'host' },
    kinds: { resident: {}, visitor: {} },
  } as const;
  const scene = await Scene.opens('2020-02-24 08:30', policy({ normal: rules }), { sideLane: true });
  const host = hostAt(scene);
  const { gate } = scene;
  const atSide = async (code: string) => {
    gate.sensors.side.scanner.present(code);
    await gate.pass(200);
    const told = gate.state.passages.values.find(({ accessPoint }) => accessPoint === 'side-in');
    return told?.reasons[0] ?? told?.feedback;
  };
  const [first, second, third] = ['a', 'b', 'c'].map(() => invited(scene, host.card)) as [
    string,
    string,
    string,
  ];
  // One picture, sent to two people, who stand at both lanes.
  expect(await host.shows('in', first)).toBe('Granted');
  expect(await atSide(first)).toBe('gp:MaxUses');
  expect([gate.actuator.isReleased(), gate.side.actuator.pulses]).toEqual([true, []]);
  await gate.walk();
  await gate.pass(30_000);
  expect(await atSide(second)).toBe('AccessGranted');
  gate.side.contact.is('Open');
  await gate.pass(1_000);
  gate.side.contact.is('Closed');
  await gate.pass(30_000);
  // Two guests have come in, one at each lane.
  expect(await goes(scene, host, third)).toBe('gp:QuotaExceeded');
  expect(await atSide(third)).toBe('gp:QuotaExceeded');
  expect([gate.actuator.pulses, gate.side.actuator.pulses]).toEqual([[3_000], [3_000]]);
});

it('in while in is about the guest, who cannot be given the id of a neighbour’s pass', async () => {
  const scene = await court();
  const host = hostAt(scene);
  const neighbour = scene.person({ uses: 1 });
  const cti = neighbour.card.passId ?? '';
  const twice = invited(scene, host.card, { uses: 2, cti });
  expect(await goes(scene, host, twice)).toBe('Granted');
  expect(await goes(scene, host, twice)).toBe('gp:AntipassbackViolation');
  expect(await neighbour.comesIn()).toBe('Granted');
  expect(await goes(scene, host, twice, 'out')).toBe('Granted');
  expect(await goes(scene, host, twice)).toBe('Granted');
  expect(await goes(scene, host, twice, 'out')).toBe('Granted');
  expect(await goes(scene, host, twice)).not.toBe('Granted');
});

it('whoever loses the pass, is suspended or kept in has no guests from that moment', async () => {
  const scene = await court({ count: 9 });
  await scene.gate.lists.receive({ bytes: courtKeys(), source: 'apply' });
  const host = hostAt(scene);
  const code = invited(scene, host.card);
  const { desk } = scene.gate;
  const order = (kind: 'quarantine' | 'suspension', subject: { passId: string } | { holderRef: string }) => {
    desk.give({ type: 'order', ...scene.guard('Told by the office'), kind, subject });
    const [standing] = scene.gate.feed.get('orders') ?? [];
    return () => desk.give({ type: 'end-order', ...scene.guard('Over'), orderId: standing?.id ?? '' });
  };
  const free = order('quarantine', { holderRef: HOUSE });
  expect(await goes(scene, host, code)).toBe('gp:QuarantineOrder');
  free();
  const enable = order('suspension', { passId: host.card.passId ?? '' });
  expect(await goes(scene, host, code)).toBe('CredentialNotEnabled');
  enable();
  const revoked = revocationsContent([host.card.passId ?? ''], []);
  await scene.gate.lists.receive({
    bytes: sampleBundle('revocations', { site: SITE, content: revoked }),
    source: 'usb',
  });
  expect(await goes(scene, host, code)).toBe('gp:Revoked');
  const renewed = scene.person({ holderRef: HOUSE, holderKey: phone });
  expect(await goes(scene, renewed, invited(scene, renewed.card))).toBe('Granted');
});

it('a guard confirms each guest where the level says so, and sees whose guest it is', async () => {
  const scene = await court({ confirm: 'guard' });
  const host = hostAt(scene);
  expect(await host.shows('in', invited(scene, host.card))).toBe('GuardCalled');
  expect(scene.gate.data('access.requested')).toMatchObject([
    { reasons: ['gp:HostNotConfirmed'], guest: true, holderRef: HOUSE },
  ]);
  scene.gate.desk.give({ type: 'open', ...scene.guard('Rang the host'), accessPoint: 'main-in' });
  expect(scene.says()).toBe('Granted');
  await scene.gate.walk();
  await scene.later(15);
  expect(scene.gate.feed.get('decisions')).toMatchObject([
    { guest: true, holderRef: HOUSE, decision: 'Granted' },
  ]);
});
