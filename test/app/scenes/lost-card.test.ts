import { expect, it } from 'vitest';
import { revocationsContent } from '../../../src/core/bundle/revocations.ts';
import { sampleBundle } from '../../support/gate/bundle-samples.ts';
import { SITE } from '../../support/gate/rule-gate.ts';
import { Scene } from '../../support/gate/scene.ts';
import { courtKeys, WITHOUT_THERMOMETER } from '../../support/gate/willow-court.ts';

const HOUSE_12 = 'a1b2c3d4e5f6';

it('a lost card is revoked by a signed list and reissued: the new one passes, the old one does not', async () => {
  const court = await Scene.opens('2020-02-24 08:30', WITHOUT_THERMOMETER);
  const { lists } = court.gate;
  await lists.receive({ bytes: courtKeys(), source: 'apply' });
  const grandmother = court.person({ holderRef: HOUSE_12 });
  expect(await grandmother.comesIn()).toBe('Granted');

  // She lost it at the market; the office prints another one and says so in its list.
  await court.at('2020-02-24 15:00');
  const revoked = revocationsContent([grandmother.card.passId ?? ''], []);
  const list = sampleBundle('revocations', { site: SITE, content: revoked });
  const forged = list.with(-1, (list.at(-1) ?? 0) ^ 1);
  expect(await lists.receive({ bytes: forged, source: 'usb' })).toMatchObject({ status: 'refused' });
  expect(await grandmother.comesIn()).toBe('Granted');
  expect(await lists.receive({ bytes: list, source: 'usb' })).toMatchObject({ status: 'applied', number: 1 });

  const withNewCard = court.person({ holderRef: HOUSE_12 });
  const finder = grandmother;
  expect(await finder.comesIn()).toBe('gp:Revoked');
  expect(await withNewCard.comesIn()).toBe('Granted');
  expect(court.gate.data('access.denied')).toMatchObject([
    { passId: grandmother.card.passId, revocationVersion: 1 },
  ]);
});
