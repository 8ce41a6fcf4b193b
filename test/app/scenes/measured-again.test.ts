import { describe, expect, it } from 'vitest';
import { stepAt } from '../../../src/core/pass/dynamic-code.ts';
import { dynamicCode } from '../../../src/core/pass/issue-pass.ts';
import { testSigner } from '../../support/gate/pass-samples.ts';
import { passText } from '../../support/gate/rule-gate.ts';
import { type Person, Scene } from '../../support/gate/scene.ts';
import { WILLOW_COURT } from '../../support/gate/willow-court.ts';

const ROOM = { room: 22 };
/** Between the two measurements of an elevated reading. */
const PAUSE_S = 11;

const opens = () => Scene.opens('2020-02-24 08:00', WILLOW_COURT, { thermometer: true });

function again(court: Scene) {
  return court.gate.desk.give({ type: 'measure', ...court.guard('Hat off'), accessPoint: 'main-in' });
}

/** Measured twice above the threshold, which refuses. */
async function tooWarmTwice(court: Scene): Promise<void> {
  await court.forehead(37.9, ROOM);
  await court.later(PAUSE_S);
  await court.forehead(37.9, ROOM);
  expect(court.says()).toBe('gp:TemperatureHigh');
}

describe('the guard has a forehead measured once more', () => {
  it('of somebody with a phone pass, whose code is its own and no replay', async () => {
    const court = await opens();
    const holderKey = { algorithm: 'Ed25519', publicKey: testSigner('phone').publicKey } as const;
    const li = court.person({ holderKey });
    const { wallMs } = court.gate.clock.read();
    const code = dynamicCode(passText(li.card), testSigner('phone'), stepAt(wallMs));
    expect(await li.shows('in', code)).toBe('Measure');
    await court.forehead(24.5, { room: -13 });
    expect(court.says()).toBe('Wait');
    expect(again(court)).toEqual({ status: 'done' });
    await court.forehead(36.4, ROOM);
    expect(court.says()).toBe('Granted');
    await court.gate.walk();
    await court.later(3);
    expect(await li.shows('in', code)).toBe('RetryIdentifier');
  });

  it('of somebody who was just refused for it, as a passage of its own', async () => {
    const court = await opens();
    const wang = court.person();
    await wang.shows('in');
    await tooWarmTwice(court);
    expect(again(court)).toEqual({ status: 'done' });
    expect(court.says()).toBe('Measure');
    await court.forehead(36.4, ROOM);
    expect(court.says()).toBe('Granted');
    const [refused] = court.gate.data('access.denied');
    const [granted] = court.gate.data('access.granted');
    expect(granted).toMatchObject({ passId: wang.card.passId, screening: { outcome: 'normal' } });
    expect(granted?.passage).not.toBe(refused?.passage);
    expect(court.gate.data('operator.override')).toMatchObject([
      { action: 'measure', operator: 'chen', accessPoint: 'main-in', passage: refused?.passage },
    ]);
  });

  it('and refuses again who is still too warm', async () => {
    const court = await opens();
    await court.person().shows('in');
    await tooWarmTwice(court);
    again(court);
    await tooWarmTwice(court);
    expect(court.gate.data('access.denied').map(({ reasons }) => reasons)).toEqual([
      ['gp:TemperatureHigh'],
      ['gp:TemperatureHigh'],
    ]);
  });

  it('forgets no reading above the threshold when nobody comes to the sensor', async () => {
    const court = await opens();
    await court.person().shows('in');
    await tooWarmTwice(court);
    again(court);
    await court.later(21);
    expect(court.gate.data('access.denied').at(-1)?.reasons).toEqual([
      'gp:TemperatureHigh',
      'gp:TemperatureNotMeasured',
      'gp:PassageTimeout',
    ]);
  });

  it.each<[string, (court: Scene, person: Person) => Promise<unknown>]>([
    ['where nobody stands', async () => undefined],
    ['who was refused for something else', (_court, person) => person.shows('in', 'no pass at all')],
    [
      'whom the guard turned away',
      async (court, person) => {
        await person.shows('in');
        court.gate.desk.give({ type: 'refuse', ...court.guard('Went away'), accessPoint: 'main-in' });
      },
    ],
    [
      'who has gone by now',
      async (court, person) => {
        await person.shows('in');
        await tooWarmTwice(court);
        await court.later(20);
      },
    ],
  ])('but not %s', async (_who, before) => {
    const court = await opens();
    await before(court, court.person());
    expect(again(court)).toMatchObject({
      status: 'refused',
      detail: expect.stringContaining('show the pass'),
    });
    expect(court.gate.data('operator.override').filter(({ action }) => action === 'measure')).toEqual([]);
  });
});
