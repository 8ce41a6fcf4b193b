import { describe, expect, it } from 'vitest';
import { Scene } from '../../support/gate/scene.ts';
import { WILLOW_COURT, WITHOUT_THERMOMETER } from '../../support/gate/willow-court.ts';

/** A contact is believed after some milliseconds. */
const STEADY_S = 0.1;
const FIRE = { feedback: 'TextMessage', message: 'FireAlarm' };

/** What both displays say, without the words that are the same for every state. */
function told(court: Scene): object[] {
  return (['in', 'out'] as const).map((direction) => {
    const { accessPoint, simulated, ...view } = court.gate.prompts.at(`main-${direction}`) ?? {};
    return view;
  });
}

async function alarm(court: Scene, state: 'Open' | 'Closed' | 'Unknown'): Promise<void> {
  court.gate.inputs.fire.is(state);
  await court.later(STEADY_S);
}

describe('in a fire', () => {
  it('both displays say it at once and until the alarm is over, whatever becomes of the contact', async () => {
    const court = await Scene.opens('2020-02-24 08:00', WITHOUT_THERMOMETER);
    const idle = told(court);
    await alarm(court, 'Open');
    expect(told(court)).toEqual([
      { direction: 'in', ...FIRE },
      { direction: 'out', ...FIRE },
    ]);
    await alarm(court, 'Unknown');
    await court.later(3_600);
    expect(told(court)).toMatchObject([FIRE, FIRE]);
    await alarm(court, 'Closed');
    expect(told(court)).toEqual(idle);
  });

  it('it goes before every other state, and passes are decided, written down and shown to the guard as ever', async () => {
    const court = await Scene.opens('2020-02-24 08:00', WITHOUT_THERMOMETER);
    const wang = court.person();
    const guest = court.person({ issuedAt: 0, expiresAt: 1 });
    await alarm(court, 'Open');
    await guest.shows('in');
    expect(told(court)).toMatchObject([FIRE, FIRE]);
    expect(court.gate.feed.get('passage/main-in')).toMatchObject({ feedback: 'AccessDenied' });
    await court.later(15);
    await wang.shows('out');
    expect(told(court)).toMatchObject([FIRE, FIRE]);
    expect(court.gate.feed.get('passage/main-out')).toMatchObject({ feedback: 'AccessGranted' });
    await court.gate.walk();
    expect(told(court)).toMatchObject([FIRE, FIRE]);
    expect(court.gate.data('access.denied')).toMatchObject([{ passId: guest.card.passId }]);
    expect(court.gate.data('access.granted')).toMatchObject([{ passId: wang.card.passId }]);
    expect(court.gate.data('access.taken')).toHaveLength(1);
  });

  it('who was let through as it began is told of the fire, and so is who stands before an open door', async () => {
    const court = await Scene.opens('2020-02-24 08:00', WITHOUT_THERMOMETER);
    const wang = court.person();
    expect(await wang.shows('in')).toBe('Granted');
    await alarm(court, 'Open');
    expect(court.says()).toBe('TextMessage');
    court.gate.contact.is('Open');
    await court.later(60);
    expect(told(court)).toMatchObject([FIRE, FIRE]);
    await alarm(court, 'Closed');
    await court.later(25);
    expect(court.says()).toBe('DoorPreAlarmWarning');
  });

  it('a waiting that went on meanwhile is not begun anew', async () => {
    const court = await Scene.opens('2020-02-24 08:00', WILLOW_COURT, { thermometer: true });
    const wang = court.person();
    await wang.shows('in');
    await court.forehead(38.5, { room: 22 });
    const before = court.gate.prompts.at('main-in')?.waitSeconds ?? 0;
    expect(before).toBeGreaterThan(5);
    await alarm(court, 'Open');
    await court.later(4);
    await alarm(court, 'Closed');
    const after = court.gate.prompts.at('main-in');
    expect(after).toMatchObject({ feedback: 'Measure', cause: 'repeat' });
    expect(after?.waitSeconds).toBeLessThanOrEqual(before - 4);
  });

  it('an opened lid is nothing for residents', async () => {
    const court = await Scene.opens('2020-02-24 08:00', WITHOUT_THERMOMETER);
    const before = told(court);
    court.gate.inputs.tamper.is('Open');
    await court.later(STEADY_S);
    expect(court.gate.door.tamper).toBe('TamperDetected');
    expect(told(court)).toEqual(before);
  });
});
