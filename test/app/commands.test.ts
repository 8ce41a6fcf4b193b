import { describe, expect, it } from 'vitest';
import { signCommand } from '../../src/core/command/sign-command.ts';
import { GatepostError } from '../../src/core/errors.ts';
import { OFFICE } from '../support/gate/bundle-samples.ts';
import { CommandDesk } from '../support/gate/command-desk.ts';
import { commandKey, DESK, DESK_KEY } from '../support/gate/command-samples.ts';
import { policy } from '../support/gate/policy-samples.ts';
import { SITE } from '../support/gate/rule-gate.ts';

const RULES = policy({ normal: { kinds: { resident: {} } }, strict: {}, open: { gate: 'open' } });
const ROOT = `gates/v1/${SITE}/north/`;
const opens = () => CommandDesk.opens(RULES);

const results = ({ gate }: CommandDesk) => gate.data('command.result');

describe('a command to open', () => {
  it('opens, is on record before the lock moves, and is answered with the number of its event', async () => {
    const desk = await opens();
    const { actuator, store } = desk.gate;
    const answer = await desk.orders('open', { accessPoint: 'main-in', note: 'Ambulance at the door' });
    expect(actuator.pulses).toHaveLength(1);
    const rows = store.outbox.readAfter(0, 100).map(({ name }) => name);
    expect(rows.slice(rows.indexOf('command.result'))).toEqual([
      'command.result',
      'operator.override',
      'access.granted',
    ]);
    const { sequence } = store.outbox.readAfter(0, 100).find(({ name }) => name === 'command.result') ?? {};
    expect(answer).toEqual({ verb: 'open', counter: 1, result: 'done', sequence });
    expect(results(desk)).toEqual([{ verb: 'open', key: expect.any(String), counter: 1, result: 'done' }]);
    expect(desk.gate.data('operator.override')).toMatchObject([
      { operator: 'server', action: 'open', note: 'centre: District desk: Ambulance at the door' },
    ]);
    expect(desk.gate.data('access.granted')).toMatchObject([{ decidedBy: 'server' }]);
  });

  it('may name a door that has one access point, and no other', async () => {
    const desk = await opens();
    expect(await desk.orders('open', { door: 'main' })).toMatchObject({
      result: 'refused',
      reason: 'no_such_place',
      detail: expect.stringContaining('main-in, main-out'),
    });
    expect(await desk.orders('open', { door: 'cellar' })).toMatchObject({ reason: 'no_such_place' });
    expect(desk.gate.actuator.pulses).toEqual([]);
  });

  it('is refused as a guard would be where the door is kept shut', async () => {
    const desk = await opens();
    await desk.orders('lockdown', {});
    const answer = await desk.orders('open', { accessPoint: 'main-in' });
    expect(answer).toMatchObject({ result: 'refused', reason: 'door_shut', counter: 2 });
    expect(results(desk).at(-1)).toMatchObject({ result: 'refused', reason: 'door_shut', counter: 2 });
    expect(desk.gate.actuator.pulses).toEqual([]);
  });

  it('has failed where the lock does not obey', async () => {
    const desk = await opens();
    desk.gate.actuator.stuck = true;
    const answer = await desk.orders('open', { accessPoint: 'main-in' });
    expect(answer).toMatchObject({ result: 'failed', reason: 'not_opened' });
    expect(results(desk)).toMatchObject([{ result: 'done' }, { result: 'failed', reason: 'not_opened' }]);
  });

  it('does nothing without a record', async () => {
    const desk = await opens();
    const { store } = desk.gate;
    const { commit } = store.log;
    store.log.commit = () => {
      throw new GatepostError('log.unavailable', 'No room.');
    };
    const bytes = signCommand(desk.command('open', { accessPoint: 'main-in' }), DESK);
    expect(await desk.sends(bytes)).toMatchObject({ result: 'refused', reason: 'not_recorded' });
    store.log.commit = commit;
    expect(await desk.sends(bytes)).toMatchObject({ result: 'refused', reason: 'old_counter' });
    expect(desk.gate.actuator.pulses).toEqual([]);
  });
});

describe('commands', () => {
  it('move the door through its modes, one door or all of them', async () => {
    const desk = await opens();
    for (const [verb, mode, door] of [
      ['hold', 'LockedOpen', 'main'],
      ['release', 'Locked', undefined],
      ['block', 'Blocked', 'main'],
      ['unblock', 'Locked', 'main'],
      ['lockdown', 'LockedDown', undefined],
      ['lockdown-release', 'Locked', 'main'],
    ] as const) {
      expect(await desk.orders(verb, door === undefined ? {} : { door })).toMatchObject({ result: 'done' });
      expect([verb, desk.gate.door.mode]).toEqual([verb, mode]);
    }
    expect(desk.gate.data('door.mode').every(({ by }) => by === 'server')).toBe(true);
    expect(await desk.orders('release', {})).toMatchObject({ result: 'refused', reason: 'not_held_open' });
    expect(await desk.orders('hold', { door: 'cellar' })).toMatchObject({ reason: 'no_such_place' });
  });

  it('suspend a pass or a household, and end that', async () => {
    const desk = await opens();
    const pass = { passId: '0102030405060708', holderRef: '0a0b0c0d0e0f' };
    const until = desk.nowS + 3600;
    for (const whom of [{ passId: pass.passId }, { holderRef: pass.holderRef, until }]) {
      expect(await desk.orders('block', whom)).toMatchObject({ result: 'done' });
      expect(await desk.gate.goes('in', pass)).toMatchObject({
        granted: false,
        data: { reason: 'CredentialNotEnabled' },
      });
      const { until: _, ...subject } = { until: 0, ...whom };
      expect(await desk.orders('unblock', subject)).toMatchObject({ result: 'done' });
      expect(await desk.gate.goes('in', pass)).toMatchObject({ granted: true });
      expect(await desk.orders('unblock', subject)).toMatchObject({ reason: 'order_over' });
    }
    expect(desk.gate.data('operator.override').map(({ operator }) => operator)).toEqual(
      Array(4).fill('server'),
    );
  });

  it('take an access point out of service and put it back', async () => {
    const desk = await opens();
    const enabled = () => desk.gate.state.accessPoints.values.find(({ id }) => id === 'main-in')?.enabled;
    expect(await desk.orders('disable', { accessPoint: 'main-in' })).toMatchObject({ result: 'done' });
    expect(enabled()).toBe(false);
    expect(await desk.orders('disable', { accessPoint: 'main-in' })).toMatchObject({
      reason: 'out_of_service_already',
    });
    expect(await desk.orders('enable', { accessPoint: 'main-in' })).toMatchObject({ result: 'done' });
    expect(enabled()).toBe(true);
  });

  it('change the level', async () => {
    const desk = await opens();
    expect(await desk.orders('level', { level: 'strict', note: 'Outbreak' })).toMatchObject({
      result: 'done',
    });
    expect(desk.gate.feed.get('policy')).toMatchObject({ level: 'strict' });
    expect(desk.gate.data('policy.applied').at(-1)).toMatchObject({
      by: 'server',
      note: 'centre: District desk: Outbreak',
    });
    expect(await desk.orders('level', { level: 'none' })).toMatchObject({ reason: 'no_such_level' });
  });

  it('of a whole site are not for one gate', async () => {
    const desk = await opens();
    expect(await desk.orders('evacuate', {})).toMatchObject({ result: 'refused', reason: 'unknown_verb' });
    expect(desk.gate.door.mode).toBe('Locked');
  });
});

describe('a command that must not act', () => {
  const open = (desk: CommandDesk, head = {}) =>
    signCommand(desk.command('open', { accessPoint: 'main-in' }, head), DESK);

  it.each<[string, string, (desk: CommandDesk) => Promise<unknown>]>([
    ['is retained', 'retained', (desk) => desk.sends(open(desk), { retained: true })],
    ['is not signed', 'malformed', (desk) => desk.sends(new TextEncoder().encode('{"verb":"open"}'))],
    ['is too long', 'too_large', (desk) => desk.sends(new Uint8Array(5_000))],
    ['is for another gate', 'wrong_place', (desk) => desk.sends(open(desk, { gate: 'south' }))],
    ['is for another site', 'wrong_place', (desk) => desk.sends(open(desk, { site: 'c43' }))],
    ['is for all gates', 'wrong_place', (desk) => desk.sends(open(desk, { gate: undefined }))],
    ['is not over yet, but early', 'not_yet', (desk) => desk.sends(open(desk, { notBefore: desk.nowS + 1 }))],
    [
      'is over',
      'expired',
      (desk) => desk.sends(open(desk, { notBefore: desk.nowS - 1, notAfter: desk.nowS })),
    ],
    [
      'came on the topic of another verb',
      'wrong_topic',
      (desk) => desk.sends(open(desk), { topic: `${ROOT}cmd/resync` }),
    ],
    [
      'is signed by a key for passes',
      'unknown_key',
      (desk) => desk.sends(signCommand(desk.command('open', { accessPoint: 'main-in' }), OFFICE)),
    ],
  ])('%s: %s, on record once, and answered', async (_what, reason, sends) => {
    const desk = await opens();
    expect(await sends(desk)).toMatchObject({ result: 'refused', reason });
    expect(results(desk)).toMatchObject([{ result: 'refused', reason }]);
    expect(desk.gate.actuator.pulses).toEqual([]);
  });

  it('is on record once, however often it comes', async () => {
    const desk = await opens();
    const bytes = open(desk, { notBefore: desk.nowS - 30, notAfter: desk.nowS });
    for (let time = 0; time < 20; time++)
      expect(await desk.sends(bytes)).toMatchObject({ reason: 'expired' });
    expect(results(desk)).toHaveLength(1);
  });

  it('wants its answer elsewhere: it is neither done nor answered', async () => {
    const desk = await opens();
    for (const responseTopic of [
      `gates/v1/${SITE}/south/rsp/desk`,
      `${ROOT}evt/access`,
      `${ROOT}rsp/`,
      `${ROOT}rsp/#`,
      `${ROOT}rsp/../evt/access`.replace('..', '+'),
      `${ROOT}rsp/${'x'.repeat(300)}`,
    ])
      expect(await desk.sends(open(desk), { responseTopic })).toBeUndefined();
    expect(results(desk).every(({ reason }) => reason === 'response_topic')).toBe(true);
    expect(results(desk)).toHaveLength(6);
    expect(desk.gate.actuator.pulses).toEqual([]);
  });

  it('has no verbs in the list of keys, or not this one', async () => {
    const desk = await opens();
    const { verbs, ...none } = DESK_KEY;
    await desk.trust([none], 2_000_000_000);
    expect(await desk.orders('open', { accessPoint: 'main-in' })).toMatchObject({ reason: 'not_allowed' });
    await desk.trust([commandKey(DESK, { verbs: ['replay', 'lockdown'] })], 2_000_000_001);
    expect(await desk.orders('open', { accessPoint: 'main-in' })).toMatchObject({ reason: 'not_allowed' });
    expect(await desk.orders('lockdown', {})).toMatchObject({ result: 'done' });
    await desk.trust([{ ...DESK_KEY, status: 'withdrawn' }], 2_000_000_002);
    expect(await desk.orders('lockdown-release', {})).toMatchObject({ reason: 'unknown_key' });
    expect(desk.gate.door.mode).toBe('LockedDown');
  });
});

describe('the counter of a key', () => {
  it('is used up by what is done and by what the gate refuses, not by what is no command', async () => {
    const desk = await opens();
    const used = () => desk.broker.state('state/conn');
    const bytes = signCommand(desk.command('hold', {}, { counter: 9 }), DESK);
    await desk.sends(bytes, { topic: `${ROOT}cmd/open` });
    await desk.sends(bytes, { topic: `${ROOT}cmd/hold`, retained: true });
    expect(used()?.commands).toBeUndefined();
    expect(await desk.sends(bytes, { topic: `${ROOT}cmd/hold` })).toMatchObject({ result: 'done' });
    expect(await desk.sends(bytes, { topic: `${ROOT}cmd/hold` })).toMatchObject({ reason: 'old_counter' });
    expect(await desk.orders('hold', {}, { counter: 9 })).toMatchObject({ reason: 'old_counter' });
    expect(await desk.orders('hold', {}, { counter: 10 })).toMatchObject({ reason: 'held_open' });
    expect(await desk.orders('release', {}, { counter: 10 })).toMatchObject({ reason: 'old_counter' });
    expect(await desk.orders('release', {}, { counter: 2 ** 53 - 1 })).toMatchObject({ result: 'done' });
  });

  it('is told in state/conn and outlives a restart', async () => {
    const desk = await opens();
    const bytes = signCommand(desk.command('open', { accessPoint: 'main-in' }, { counter: 500 }), DESK);
    await desk.sends(bytes);
    expect(desk.gate.actuator.pulses).toHaveLength(1);
    await desk.restart();
    const [key = ''] = results(desk).map((one) => one.key);
    const conn = desk.broker.arrived.findLast(({ topic }) => topic === `${ROOT}state/conn`);
    expect(JSON.parse(new TextDecoder().decode(conn?.payload)).commands).toEqual({ [key]: 500 });
    expect(await desk.sends(bytes)).toMatchObject({ reason: 'old_counter' });
    expect(desk.gate.actuator.pulses).toEqual([]);
  });

  it('of two keys is used up together', async () => {
    const desk = await opens();
    await desk.trust([DESK_KEY, commandKey(OFFICE, { name: 'Duty officer' })], 2_000_000_000);
    const both = signCommand(desk.command('open', { accessPoint: 'main-in' }, { counter: 5 }), DESK, OFFICE);
    expect(await desk.sends(both)).toMatchObject({ result: 'done' });
    expect(desk.gate.data('operator.override').at(-1)?.note).toBe('centre: District desk, Duty officer');
    const one = signCommand(desk.command('open', { accessPoint: 'main-in' }, { counter: 5 }), OFFICE);
    expect(await desk.sends(one)).toMatchObject({ reason: 'old_counter' });
    expect(results(desk)[0]).toMatchObject({ key: expect.any(String), secondKey: expect.any(String) });
  });
});

describe('commands about the gate itself', () => {
  it('sign a checkpoint, and answer when it is signed', async () => {
    const desk = await opens();
    expect(await desk.orders('checkpoint', {})).toMatchObject({ result: 'done' });
    expect(desk.gate.data('log.checkpoint')).toMatchObject([{ by: 'server' }]);
    expect(desk.broker.arrived.some(({ topic }) => topic === `${ROOT}checkpoint`)).toBe(true);
  });

  it('tell every state again and ask for the lists again', async () => {
    const desk = await opens();
    const states = () => desk.broker.arrived.filter(({ retain }) => retain).map(({ topic }) => topic);
    const lists = () =>
      desk.broker.connection?.subscriptions.filter(({ topics }) =>
        topics.some((one) => one.includes('_dist')),
      );
    const before = states().length;
    const asked = lists()?.length ?? 0;
    expect(await desk.orders('resync', {})).toMatchObject({ result: 'done' });
    await desk.gate.pass(100);
    expect(new Set(states().slice(before))).toEqual(new Set(states()));
    expect(lists()).toHaveLength(asked + 1);
  });

  it('show which gate it is while nobody stands there', async () => {
    const desk = await opens();
    const shown = () => desk.gate.prompts.at('main-in');
    expect(await desk.orders('identify', { seconds: 5 })).toMatchObject({ result: 'done' });
    expect(shown()).toMatchObject({ feedback: 'TextMessage', message: 'Identify', gate: 'Court 42, north' });
    expect((await desk.gate.goes('in', {}))?.granted).toBe(true);
    await desk.gate.pass(5_000);
    expect(shown()).toMatchObject({ feedback: 'Idle' });
  });

  it('restart the gate when nobody is under way', async () => {
    let restarts = 0;
    const restart = (): void => {
      restarts += 1;
    };
    const desk = await CommandDesk.opens(RULES, { restart });
    desk.gate.show('in', {});
    expect(await desk.orders('restart', {})).toMatchObject({ result: 'done' });
    await desk.gate.pass(3_000);
    expect(restarts).toBe(0);
    await desk.gate.walk();
    for (let second = 0; second < 20; second++) await desk.gate.pass(1_000);
    expect(restarts).toBe(1);
  });

  it('do not restart where nothing would start it again', async () => {
    const desk = await opens();
    expect(await desk.orders('restart', {})).toMatchObject({ result: 'refused' });
  });
});

describe('a log that went back', () => {
  it('takes no command that was signed before it began anew, whatever its counter', async () => {
    const desk = await opens();
    const old = signCommand(desk.command('lockdown', {}, { notAfter: desk.nowS + 3600 }), DESK);
    await desk.gate.pass(5_000);
    desk.gate.store.log.renew({ epoch: '0170761a-a007-7fff-8000-000000000000' });
    expect(await desk.sends(old, { topic: `${ROOT}cmd/lockdown` })).toMatchObject({ reason: 'before_log' });
    expect(await desk.orders('lockdown', {})).toMatchObject({ result: 'done' });
  });

  it('begins when a clock can be believed, where none could at its begin', async () => {
    const desk = await opens();
    desk.clock.quality = 'unsynced';
    desk.gate.store.log.renew({ epoch: '0170761a-a007-7fff-8000-000000000000' });
    expect(await desk.orders('lockdown', {})).toMatchObject({ reason: 'clock_untrusted' });
    const old = signCommand(desk.command('lockdown', {}, { notAfter: desk.nowS + 3600 }), DESK);
    desk.clock.jumpTo(desk.clock.read().wallMs + 60_000);
    desk.clock.quality = 'synced';
    expect(await desk.sends(old, { topic: `${ROOT}cmd/lockdown` })).toMatchObject({ reason: 'before_log' });
    expect(await desk.orders('lockdown', {})).toMatchObject({ result: 'done' });
  });
});
