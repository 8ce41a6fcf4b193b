import { describe, expect, it } from 'vitest';
import { Scene } from '../../support/gate/scene.ts';
import { WILLOW_COURT, WITHOUT_THERMOMETER } from '../../support/gate/willow-court.ts';

const opens = (thermometer = false) =>
  Scene.opens('2020-02-24 08:00', thermometer ? WILLOW_COURT : WITHOUT_THERMOMETER, { thermometer });
const stands = (court: Scene, objectC: number) =>
  court.gate.sensors.forehead.setTemperatures({ objectC, ambientC: 22 });
const granted = (court: Scene) => court.gate.data('access.granted').map(({ passId }) => passId);
const screen = (court: Scene) => court.gate.prompts.at('main-in');

/** Somebody is let through and has the leaf open. */
async function walking(court: Scene) {
  const first = court.person();
  expect(await first.shows('in')).toBe('Granted');
  court.gate.contact.is('Open');
  await court.later(0.2);
  return first;
}

describe('who shows a good pass while another is on the way through', () => {
  it('waits, and is let through when the door has closed behind that one, with a row of each', async () => {
    const court = await opens();
    const first = await walking(court);
    const next = court.person();
    expect(await next.shows('in')).toBe('Wait');
    expect(screen(court)).toMatchObject({ cause: 'next' });
    expect(court.gate.actuator.pulses).toHaveLength(1);
    expect(court.gate.data('access.denied')).toEqual([]);
    court.gate.contact.is('Closed');
    await court.later(0.1);
    expect(court.says()).toBe('Granted');
    expect(granted(court)).toEqual([first.card.passId, next.card.passId]);
    await court.gate.walk();
    expect(court.gate.data('access.taken')).toHaveLength(2);
  });

  it('opens nothing while the first has not gone, and one door serves one at a time', async () => {
    const court = await opens();
    await court.person().shows('in');
    await court.person().shows('in');
    await court.later(2.5);
    expect(court.gate.actuator.pulses).toHaveLength(1);
    expect(await court.person().shows('in')).not.toBe('Granted');
    expect(granted(court)).toHaveLength(1);
  });

  it('and takes the code away is refused after three seconds; who goes on showing it stays next', async () => {
    const court = await opens();
    await walking(court);
    const next = court.person();
    for (let second = 0; second < 6; second += 2) {
      await next.shows('in');
      await court.later(1.8);
    }
    expect(court.says()).toBe('Wait');
    await court.later(3);
    expect(court.gate.data('access.denied')).toMatchObject([
      { passId: next.card.passId, reasons: ['gp:OneAtATime'] },
    ]);
    court.gate.contact.is('Closed');
    await court.later(5);
    expect(granted(court)).toHaveLength(1);
  });

  it('is decided about when it is the turn: a door that is shut meanwhile stays shut', async () => {
    const court = await opens();
    await walking(court);
    await court.person().shows('in');
    court.gate.desk.give({ type: 'door', door: 'main', verb: 'block', ...court.guard('A fight') });
    court.gate.contact.is('Closed');
    await court.later(0.1);
    expect(court.says()).toBe('gp:GateMode');
    expect(granted(court)).toHaveLength(1);
  });

  it('waits for no bad pass: it is named at once, and who is next stays next', async () => {
    const court = await opens();
    await walking(court);
    const next = court.person();
    await next.shows('in');
    await court.person({ issuedAt: 0, expiresAt: 1 }).shows('in');
    expect(court.gate.data('access.denied')[0]?.reasons).toContain('CredentialExpired');
    court.gate.contact.is('Closed');
    await court.later(0.1);
    expect(granted(court)).toContain(next.card.passId);
  });

  it('is measured meanwhile, and with a forehead of its own alone', async () => {
    const court = await opens(true);
    const first = court.person();
    stands(court, 36.4);
    await court.later(2);
    expect(await first.shows('in')).toBe('Granted');
    // The first one stays at the sensor, and lends nothing to the next.
    const next = court.person();
    expect(await next.shows('in')).toBe('Measure');
    await court.later(1);
    expect(court.says()).toBe('Measure');
    stands(court, 22);
    court.gate.contact.is('Open');
    await court.later(0.2);
    stands(court, 36.6);
    await court.later(1.2);
    expect(court.says()).toBe('Wait');
    stands(court, 22);
    await court.later(0.1);
    court.gate.contact.is('Closed');
    await court.later(0.1);
    expect(court.says()).toBe('Granted');
    expect(granted(court)).toEqual([first.card.passId, next.card.passId]);
  });
});
