import { describe, expect, it } from 'vitest';
import type { Direction } from '../../../src/core/access/vocabulary.ts';
import type { DoorVerb } from '../../../src/core/door/door-orders.ts';
import { signPass } from '../../../src/core/pass/issue-pass.ts';
import { sampleClaims, testSigner } from '../../support/gate/pass-samples.ts';
import { Scene } from '../../support/gate/scene.ts';
import { WILLOW_COURT, WITHOUT_THERMOMETER } from '../../support/gate/willow-court.ts';

const DAY_S = 86_400;

/** A pass of an office that nobody here knows. */
function byStranger(): string {
  return signPass(sampleClaims(), testSigner('stranger'));
}

/** What the display of a way says. */
function display(court: Scene, direction: Direction = 'in') {
  const { feedback, message } = court.gate.prompts.at(`main-${direction}`) ?? {};
  return message ?? feedback;
}

describe('a display where nobody stands', () => {
  const order = (court: Scene, verb: DoorVerb) =>
    court.gate.desk.give({ type: 'door', door: 'main', verb, ...court.guard('drill') });

  it.each([
    ['lockdown', 'lockdown-release', 'Disabled'],
    ['block', 'unblock', 'Disabled'],
    ['hold', 'release', 'HeldOpen'],
  ] as const)('asks nobody for a code after %s, and does after %s', async (begin, end, told) => {
    const court = await Scene.opens('2020-02-24 08:00', WITHOUT_THERMOMETER);
    expect(display(court)).toBe('Idle');
    order(court, begin);
    expect([display(court), display(court, 'out')]).toEqual([told, told]);
    await court.person().shows('in');
    await court.later(30);
    expect(display(court)).toBe(told);
    order(court, end);
    expect([display(court), display(court, 'out')]).toEqual(['Idle', 'Idle']);
  });

  it('asks nobody for a code while the level holds the gate open', async () => {
    const court = await Scene.opens('2020-02-24 08:00', WITHOUT_THERMOMETER);
    court.gate.desk.give({ type: 'level', ...court.guard('Festival'), level: 'open' });
    expect(display(court)).toBe('HeldOpen');
    await court.person().shows('in');
    await court.later(30);
    expect(display(court)).toBe('HeldOpen');
  });
});

describe('whoever is measured before the pass is shown', () => {
  const opens = () => Scene.opens('2020-02-24 08:00', WILLOW_COURT, { thermometer: true });

  const stands = (court: Scene, objectC: number) =>
    court.gate.sensors.forehead.setTemperatures({ objectC, ambientC: 22 });

  it('is asked for it while the forehead stays, and is through within a second of showing it', async () => {
    const court = await opens();
    stands(court, 36.4);
    await court.later(2);
    expect([display(court), display(court, 'out')]).toEqual(['RequireIdentifier', 'Idle']);
    expect(await court.person().shows('in')).toBe('Granted');
  });

  it('also where the forehead came half a second before the pass', async () => {
    const court = await opens();
    stands(court, 36.4);
    await court.later(0.5);
    expect(await court.person().shows('in')).toBe('Measure');
    await court.later(0.8);
    expect(court.says()).toBe('Granted');
  });

  it('lends the reading to nobody: who steps in after the other has stepped away is measured', async () => {
    for (const awayS of [0.11, 0.5, 2]) {
      const court = await opens();
      stands(court, 36.4);
      await court.later(2);
      expect(display(court)).toBe('RequireIdentifier');
      stands(court, 22);
      await court.later(awayS);
      expect(display(court)).toBe('Idle');
      stands(court, 38.2);
      expect(await court.person().shows('in')).toBe('Measure');
      await court.later(0.6);
      expect(court.says()).toBe('Measure');
      expect(court.gate.actuator.pulses).toEqual([]);
    }
  });

  it('and goes away again is forgotten at once, and has no row', async () => {
    const court = await opens();
    await court.forehead(37.9, { room: 22 });
    expect(display(court)).toBe('Idle');
    expect(court.gate.data('access.denied')).toEqual([]);
    expect(await court.person().shows('in')).toBe('Measure');
  });

  it('is asked for nothing where the door stands open for everybody', async () => {
    const court = await opens();
    court.gate.desk.give({ type: 'door', door: 'main', verb: 'hold', ...court.guard('drill') });
    await court.forehead(36.4, { room: 22 });
    expect(display(court)).toBe('HeldOpen');
  });
});

describe('a refusal', () => {
  it('that asks for something is still there when two lines are read, a plain no is not', async () => {
    const court = await Scene.opens('2020-02-24 08:00', WITHOUT_THERMOMETER);
    const now = Math.floor(court.gate.clock.read().wallMs / 1000);
    const expired = court.person({ issuedAt: now - 9 * DAY_S, expiresAt: now - DAY_S });
    expect(await expired.shows('in')).toBe('CredentialExpired');
    await court.later(9);
    expect(court.says()).toBe('CredentialExpired');
    await court.later(5);
    expect(display(court)).toBe('Idle');
    expect(await expired.shows('in', byStranger())).toBe('gp:UnknownIssuer');
    await court.later(8);
    expect(display(court)).toBe('Idle');
  });

  it('makes room for the next person at once', async () => {
    const court = await Scene.opens('2020-02-24 08:00', WITHOUT_THERMOMETER);
    const now = Math.floor(court.gate.clock.read().wallMs / 1000);
    await court.person({ issuedAt: now - 9 * DAY_S, expiresAt: now - DAY_S }).shows('in');
    expect(await court.person().shows('in')).toBe('Granted');
  });
});
