import { expect, it } from 'vitest';
import { Scene } from '../support/gate/scene.ts';
import { WILLOW_COURT } from '../support/gate/willow-court.ts';

it('shows the guard no degrees of a person who has left', async () => {
  const court = await Scene.opens('2020-02-24 08:00', WILLOW_COURT, { thermometer: true });
  const degrees = () =>
    (court.gate.feed.get('decisions') ?? []).map(({ screening }) => screening?.temperatureC);
  const outcomes = () => (court.gate.feed.get('decisions') ?? []).map(({ screening }) => screening?.outcome);
  await court.person().shows('in');
  await court.forehead(36.5, { room: 21 });
  expect(degrees()).toEqual([expect.closeTo(36.5, 0)]);
  await court.gate.walk();
  await court.later(30);
  expect(degrees()).toEqual([undefined]);
  expect(outcomes()).toEqual(['normal']);
});
