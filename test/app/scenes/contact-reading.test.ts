import { describe, expect, it } from 'vitest';
import { siteDay } from '../../../src/core/time/site-time.ts';
import { policy } from '../../support/gate/policy-samples.ts';
import { Scene } from '../../support/gate/scene.ts';

const ROOM = { room: 22 };
const PAUSE_S = 11;
const IN = { accessPoint: 'main-in' } as const;
/** Screens whoever comes in, with or without a thermometer. */
const SCREENED = policy({ normal: { screening: { direction: { in: 'enforce', out: 'off' }, kinds: {} } } });

const opens = () => Scene.opens('2020-02-24 08:00', SCREENED, { thermometer: true });
const axillary = (degreesC: number) => ({ method: 'axillary', degreesC }) as const;

function shown(court: Scene): string {
  const passage = court.gate.feed.get('passage/main-in')?.passage;
  if (passage === undefined) throw new Error('the card shows nobody');
  return passage;
}

function notes(court: Scene, passage: string, degreesC: number) {
  const contactReading = axillary(degreesC);
  return court.gate.desk.give({ type: 'contact-reading', operator: 'chen', ...IN, passage, contactReading });
}

/** Measured twice above the threshold, which refuses. */
async function tooWarm(court: Scene): Promise<string> {
  await court.person().shows('in');
  await court.forehead(37.9, ROOM);
  await court.later(PAUSE_S);
  await court.forehead(37.9, ROOM);
  expect(court.says()).toBe('gp:TemperatureHigh');
  return shown(court);
}

const elevatedOn = (court: Scene) =>
  court.gate.store.dayCounts
    .cells(siteDay('2020-02-24'))
    .filter(({ counted }) => counted === 'contactReading')
    .reduce((sum, { count }) => sum + count, 0);

describe('a reading by a contact thermometer', () => {
  it('lets nobody through by itself; the guard does, with a reason, and the decision names it', async () => {
    const court = await opens();
    const passage = await tooWarm(court);
    expect(notes(court, passage, 36.8)).toEqual({ status: 'done' });
    await court.later(1);
    expect(court.gate.actuator.pulses).toEqual([]);
    const order = { type: 'open', ...IN, passage, overrule: true, ...court.guard('Armpit 36.8') } as const;
    expect(court.gate.desk.give(order)).toEqual({ status: 'done' });
    const contactReading = { method: 'axillary', outcome: 'normal', enteredBy: 'chen' };
    expect(court.gate.data('operator.override')).toEqual([
      { action: 'contact-reading', operator: 'chen', ...IN, passage, screening: { contactReading } },
      { action: 'open', operator: 'chen', ...IN, passage, note: 'Armpit 36.8' },
    ]);
    const [granted] = court.gate.data('access.granted');
    expect(granted).toMatchObject({ decidedBy: 'chen', screening: { mode: 'enforce', contactReading } });
    expect(granted?.screening?.contactReading).toEqual(contactReading);
    expect(court.gate.data('access.denied')).toMatchObject([{ screening: { outcome: 'elevated' } }]);
    expect(elevatedOn(court)).toBe(0);
    const line = court.gate.feed.get('decisions')?.[0];
    expect(line?.screening?.contactReading).toEqual({
      method: 'axillary',
      outcome: 'normal',
      degreesC: 36.8,
    });
    await court.gate.walk();
    await court.later(30);
    expect(court.gate.feed.get('decisions')?.[0]?.screening?.contactReading?.degreesC).toBeUndefined();
  });

  it('goes with the order that opens, in one step, and both are on record before the lock moves', async () => {
    const court = await opens();
    await court.person().shows('in');
    await court.forehead(37.9, ROOM);
    const passage = shown(court);
    const order = { type: 'open', ...IN, passage, contactReading: axillary(36.6) } as const;
    expect(court.gate.desk.give({ ...order, ...court.guard('By hand') })).toEqual({ status: 'done' });
    expect(court.gate.data('operator.override').map(({ action }) => action)).toEqual([
      'contact-reading',
      'open',
    ]);
    // What the sensor has seen stays what it was.
    expect(court.gate.data('access.granted')).toMatchObject([
      { screening: { outcome: 'elevated', contactReading: { outcome: 'normal' } } },
    ]);
  });

  it('refuses where it is elevated, counts one case, and no lower reading of the sensor takes it back', async () => {
    const court = await opens();
    await court.person().shows('in');
    await court.forehead(24.5, { room: -13 });
    expect(court.says()).toBe('Wait');
    const passage = shown(court);
    expect(notes(court, passage, 38.4)).toEqual({ status: 'done' });
    expect(court.says()).toBe('gp:TemperatureHigh');
    expect(court.gate.data('access.denied')).toMatchObject([
      { passage, decidedBy: 'chen', reason: 'gp:TemperatureHigh' },
    ]);
    expect(notes(court, passage, 38.5)).toEqual({ status: 'done' });
    expect(court.gate.desk.give({ type: 'measure', ...IN, ...court.guard('Again'), passage })).toEqual({
      status: 'done',
    });
    await court.forehead(36.4, ROOM);
    await court.later(PAUSE_S);
    await court.forehead(36.4, ROOM);
    expect(court.says()).toBe('gp:TemperatureHigh');
    expect(court.gate.actuator.pulses).toEqual([]);
    expect(notes(court, shown(court), 38.5)).toEqual({ status: 'done' });
    expect(elevatedOn(court)).toBe(1);
  });

  it('stands in for a thermometer that is not there, and for somebody without a pass', async () => {
    const court = await Scene.opens('2020-02-24 23:50', SCREENED);
    expect(await court.person().shows('in')).toBe('GuardCalled');
    const open = { type: 'open', ...IN, contactReading: axillary(36.7), ...court.guard('By hand') } as const;
    expect(court.gate.desk.give({ ...open, passage: shown(court) })).toEqual({ status: 'done' });
    await court.gate.walk();
    await court.later(10);
    expect(court.gate.desk.give({ ...open, passage: null })).toEqual({ status: 'done' });
    const contactReading = { method: 'axillary', outcome: 'normal', enteredBy: 'chen' };
    expect(court.gate.data('access.granted').map(({ screening }) => screening)).toEqual([
      expect.objectContaining({ outcome: 'notMeasurable', cause: 'sensor_missing', contactReading }),
      { mode: 'enforce', outcome: 'skipped', contactReading },
    ]);
    await court.gate.walk();
    await court.later(10);
    await court.person().shows('in');
    expect(notes(court, shown(court), 38.4)).toEqual({ status: 'done' });
    await court.at('2020-02-25 00:02');
    const told = court.gate
      .data('stats.daily')[0]
      ?.counts.filter(({ counted }) => counted === 'contactReading');
    expect(told).toEqual([
      { ...IN, direction: 'in', counted: 'contactReading', of: 'elevated', count: '<5' },
    ]);
  });

  it('is taken of a method that the site has, within what a body can be, of a person who is known', async () => {
    const court = await opens();
    const passage = await tooWarm(court);
    const give = (contactReading: { method: 'oral' | 'axillary'; degreesC: number }, of = passage) =>
      court.gate.desk.give({
        type: 'contact-reading',
        operator: 'chen',
        ...IN,
        passage: of,
        contactReading,
      });
    expect(give({ method: 'oral', degreesC: 36.8 })).toMatchObject({ cause: 'no_such_method' });
    expect(give({ method: 'axillary', degreesC: 368 })).toMatchObject({ cause: 'wrong_degrees' });
    expect(give({ method: 'axillary', degreesC: 36.85 })).toMatchObject({ cause: 'wrong_degrees' });
    expect(give({ method: 'axillary', degreesC: 36.8 }, 'nobody')).toMatchObject({ cause: 'passage_over' });
    expect(court.gate.data('operator.override')).toEqual([]);
  });
});
