import { describe, expect, it } from 'vitest';
import { PASS_FLAGS } from '../../../src/core/pass/pass.ts';
import { Scene } from '../../support/gate/scene.ts';
import { WITHOUT_THERMOMETER } from '../../support/gate/willow-court.ts';

const HOUSE_12 = 'a1b2c3d4e5f6';
const HOUSE_14 = '0f0e0d0c0b0a';

describe('the people who live in the court', () => {
  it('send one person of a household out every two days', async () => {
    const court = await Scene.opens('2020-02-24 08:00', WITHOUT_THERMOMETER);
    const grandmother = court.person({ holderRef: HOUSE_12 });
    const grandson = court.person({ holderRef: HOUSE_12 });
    const neighbour = court.person({ holderRef: HOUSE_14 });

    expect(await grandmother.goesOut()).toBe('Granted');
    expect(await grandmother.comesIn()).toBe('Granted');
    await court.at('2020-02-24 16:00');
    expect(await grandson.goesOut()).toBe('gp:QuotaExceeded');
    expect(await neighbour.goesOut()).toBe('Granted');
    await court.at('2020-02-25 08:00');
    expect(await grandson.goesOut()).toBe('gp:QuotaExceeded');
    await court.at('2020-02-26 08:00');
    expect(await grandson.goesOut()).toBe('Granted');
  });

  it('stay outside for three hours at most: who is late is let in, and the guard hears of it', async () => {
    const court = await Scene.opens('2020-02-24 09:00', WITHOUT_THERMOMETER);
    const wang = court.person({ holderRef: HOUSE_12 });
    const zhao = court.person({ holderRef: HOUSE_14 });
    await wang.goesOut();
    await zhao.goesOut();

    await court.at('2020-02-24 11:59');
    expect(await wang.comesIn()).toBe('Granted');
    expect(court.gate.feed.get('attention')).toEqual([]);
    await court.at('2020-02-24 12:05');
    expect(await zhao.comesIn()).toBe('Granted');
    expect(court.gate.data('access.granted').map(({ marks }) => marks)).toEqual([
      undefined,
      undefined,
      undefined,
      ['lateReturn'],
    ]);
    expect(court.gate.feed.get('attention')).toMatchObject([{ kind: 'lateReturn', accessPoint: 'main-in' }]);
  });

  it('find the gate closed from 22:30 to 6:30, unless the guard knows why not', async () => {
    const court = await Scene.opens('2020-02-24 22:29', WITHOUT_THERMOMETER);
    const wang = court.person({ holderRef: HOUSE_12 });
    const zhao = court.person({ holderRef: HOUSE_14 });

    expect(await wang.goesOut()).toBe('Granted');
    await court.at('2020-02-24 22:30');
    expect(await zhao.goesOut()).toBe('NotPermittedAtThisTime');
    await court.at('2020-02-25 00:20');
    expect(await wang.shows('in')).toBe('NotPermittedAtThisTime');
    const home = { ...court.guard('Comes from the night clinic'), accessPoint: 'main-in' };
    expect(court.gate.desk.give({ type: 'open', ...home })).toEqual({ status: 'done' });
    expect(court.says()).toBe('Granted');
    await court.gate.walk();
    await court.at('2020-02-25 06:29');
    expect(await zhao.goesOut()).toBe('NotPermittedAtThisTime');
    await court.at('2020-02-25 06:30');
    expect(await zhao.goesOut()).toBe('Granted');
  });

  it('need no phone: an old man has a paper card, and the gate gives him time', async () => {
    const court = await Scene.opens('2020-02-24 08:00', WITHOUT_THERMOMETER);
    const oldMan = court.person({ holderRef: HOUSE_12, flags: PASS_FLAGS.slow });
    const grandson = court.person({ holderRef: HOUSE_14 });

    expect(await grandson.goesOut()).toBe('Granted');
    expect(await oldMan.shows('out')).toBe('Granted');
    expect(court.gate.actuator.pulses).toEqual([3_000, 6_000]);
    // Anybody else's passage would be over by now.
    await court.later(12);
    await court.gate.walk();
    await court.later(15);
    expect(court.gate.data('access.nottaken')).toEqual([]);
    expect(court.gate.data('access.taken')).toHaveLength(2);
    // The same card again, on the same paper, as often as he likes.
    expect(await oldMan.comesIn()).toBe('Granted');
  });
});
