import { describe, expect, it } from 'vitest';
import { daily } from '../../support/gate/policy-samples.ts';
import { Scene, siteMs } from '../../support/gate/scene.ts';
import { WILLOW_COURT, WITHOUT_THERMOMETER } from '../../support/gate/willow-court.ts';

const HOST = 'a1b2c3d4e5f6';

describe('at four in the morning, at -13 °C', () => {
  it('the sweepers have a standing file; whose skin is too cold to measure waits, and the guard decides', async () => {
    const court = await Scene.opens('2020-02-24 04:00', WILLOW_COURT, { thermometer: true });
    const file = { kind: 'worker', windows: [daily(3.5, 9)] } as const;
    const sweeper = court.person(file);
    const resident = court.person();

    expect(await resident.comesIn()).toBe('NotPermittedAtThisTime');
    expect(await sweeper.shows('in')).toBe('Measure');
    await court.forehead(24.5, { room: -13 });
    expect(court.says()).toBe('Wait');
    expect(court.gate.prompts.at('main-in')).toMatchObject({ cause: 'cold_skin', waitSeconds: 300 });
    const [waiting] = court.gate.data('access.requested');
    expect(waiting).toMatchObject({
      reasons: ['gp:TemperatureNotMeasured'],
      screening: { outcome: 'notMeasurable', cause: 'cold_skin' },
    });

    await court.at('2020-02-24 04:05');
    const guard = court.guard('Ear thermometer 36.4, skin cold from the street');
    expect(court.gate.desk.give({ type: 'open', ...guard, note: '', accessPoint: 'main-in' }).status).toBe(
      'refused',
    );
    expect(court.gate.desk.give({ type: 'open', ...guard, accessPoint: 'main-in' })).toEqual({
      status: 'done',
    });
    expect(court.says()).toBe('Granted');
    await court.gate.walk();
    expect(court.gate.data('access.granted')).toMatchObject([
      { kind: 'worker', decidedBy: 'chen', passage: waiting?.passage },
    ]);
    expect(court.gate.data('operator.override')).toMatchObject([
      { action: 'open', operator: 'chen', note: guard.note, passage: waiting?.passage },
    ]);
    await court.at('2020-02-24 09:00');
    expect(await sweeper.goesOut()).toBe('NotPermittedAtThisTime');
  });

  it('who has warmed up indoors is measured once more by the guard, and walks through without a word', async () => {
    const court = await Scene.opens('2020-02-24 04:00', WILLOW_COURT, { thermometer: true });
    const sweeper = court.person({ kind: 'worker' });
    const measure = { ...court.guard('Sat by the stove'), accessPoint: 'main-in' };
    expect(court.gate.desk.give({ type: 'measure', ...measure }).status).toBe('refused');

    await sweeper.shows('in');
    await court.forehead(24.5, { room: -13 });
    expect(court.says()).toBe('Wait');
    await court.at('2020-02-24 04:05');
    expect(court.gate.desk.give({ type: 'measure', ...measure })).toEqual({ status: 'done' });
    expect(court.says()).toBe('Measure');
    await court.forehead(36.2, { room: 19 });
    expect(court.says()).toBe('Granted');
    expect(court.gate.data('access.granted')).toMatchObject([
      { decidedBy: 'auto', screening: { outcome: 'normal' } },
    ]);
  });
});

describe('who comes from outside', () => {
  it('as a visitor is expected by the host, for two hours and once', async () => {
    const court = await Scene.opens('2020-02-24 10:00', WITHOUT_THERMOMETER);
    const visitor = court.person({ kind: 'visitor', uses: 1 });
    const { passId = '' } = visitor.card;
    const { desk } = court.gate;

    expect(await visitor.comesIn()).toBe('gp:VisitorNotRegistered');
    const visit = { passId, label: 'Mr Liu, plumber', hostRef: HOST, untilMs: siteMs('2020-02-24 12:00') };
    desk.give({ type: 'visitor', ...court.guard('Rang at the gate'), ...visit });
    expect(await visitor.shows('in')).toBe('GuardCalled');
    desk.give({ type: 'refuse', ...court.guard('Host is not at home yet'), accessPoint: 'main-in' });
    await court.later(15);
    desk.give({ type: 'confirm-host', ...court.guard('Host said yes on the telephone'), passId });
    expect(await visitor.comesIn()).toBe('Granted');
    expect(await visitor.goesOut()).toBe('Granted');
    expect(await visitor.comesIn()).toBe('gp:MaxUses');

    const late = court.person({ kind: 'visitor', uses: 1 });
    desk.give({ type: 'visitor', ...court.guard('Rang'), ...visit, passId: late.card.passId ?? '' });
    desk.give({ type: 'confirm-host', ...court.guard('Host said yes'), passId: late.card.passId ?? '' });
    await court.at('2020-02-24 12:00');
    expect(await late.comesIn()).toBe('gp:VisitorNotRegistered');
    expect(JSON.stringify(court.gate.data('visitor.registered'))).not.toContain('Liu');
  });

  it('as a courier comes by day, to one gate, with a pass for one round', async () => {
    const court = await Scene.opens('2020-02-24 11:00', WITHOUT_THERMOMETER);
    const round = { kind: 'delivery', uses: 2, gates: ['north'] } as const;
    const courier = court.person(round);
    const elsewhere = court.person({ ...round, gates: ['south'] });

    expect(await courier.comesIn()).toBe('Granted');
    expect(await courier.goesOut()).toBe('Granted');
    expect(await elsewhere.comesIn()).toBe('Unauthorized');
    await court.at('2020-02-24 22:45');
    expect(await courier.comesIn()).toBe('NotPermittedAtThisTime');
    await court.at('2020-02-25 07:00');
    expect(await courier.comesIn()).toBe('Granted');
    await courier.goesOut();
    expect(await courier.comesIn()).toBe('gp:MaxUses');
  });

  it('by car comes in once a day, and can always leave', async () => {
    const court = await Scene.opens('2020-02-24 07:30', WITHOUT_THERMOMETER);
    const van = court.person({ kind: 'vehicle', label: 'B 12345' });

    expect(await van.comesIn()).toBe('Granted');
    expect(await van.goesOut()).toBe('Granted');
    expect(await van.comesIn()).toBe('gp:QuotaExceeded');
    expect(await van.goesOut()).toBe('Granted');
    await court.at('2020-02-25 00:01');
    expect(await van.comesIn()).toBe('Granted');
  });
});
