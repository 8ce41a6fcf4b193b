import { cpSync, rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { signCommand } from '../../src/core/command/sign-command.ts';
import type { Given } from '../../src/core/desk/guard-order.ts';
import { CommandDesk } from '../support/gate/command-desk.ts';
import { commandKey, DESK, DESK_KEY } from '../support/gate/command-samples.ts';
import { testSigner } from '../support/gate/pass-samples.ts';
import { policy } from '../support/gate/policy-samples.ts';
import type { RuleGateOptions } from '../support/gate/rule-gate.ts';
import { temporaryFolder } from '../support/store/store-folder.ts';

const RULES = policy({ normal: { kinds: { resident: {}, emergency: {} } }, open: { gate: 'open' } });
const HOUR_S = 3_600;
const RESIDENT = { passId: '00000000000000a1' };
const SECOND = testSigner('phone');

type Options = Omit<RuleGateOptions, 'broker'>;
const opens = (options: Options = {}) => CommandDesk.opens(RULES, options);
const day = (desk: CommandDesk) => ({ notAfter: desk.nowS + 12 * HOUR_S });
const note = 'as agreed';
const guardSays = async (desk: CommandDesk, answer: Given<'site-order'>['answer']) => {
  const given = desk.gate.desk.give({ type: 'site-order', answer, operator: 'chen', note });
  await desk.gate.pass(1);
  return given;
};
const screen = ({ gate }: CommandDesk) => gate.state.prompts.values[0];
const view = ({ gate }: CommandDesk) => gate.state.siteOrder.values[0];
const rows = ({ gate }: CommandDesk) => gate.data('site.order');
const refusals = ({ gate }: CommandDesk) => gate.data('command.result').map(({ reason }) => reason);
/** What the server reads of a retained topic of the gate. */
const told = (desk: CommandDesk, topic: string) => {
  const message = desk.broker.arrived.findLast((one) => one.topic.endsWith(`/north/${topic}`));
  const text = new TextDecoder().decode(message?.payload);
  return text === '' ? undefined : JSON.parse(text);
};

describe('a lockdown of the site', () => {
  it('shuts the door, is on record before, and is told with its counter', async () => {
    const desk = await opens();
    await desk.ordersSite('lockdown', day(desk));
    expect(desk.gate.door).toMatchObject({ mode: 'LockedDown', released: false });
    const until = new Date((desk.nowS + 12 * HOUR_S) * 1000).toISOString();
    expect(rows(desk)).toMatchObject([
      { order: 'lockdown', previous: 'none', cause: 'order', counter: 1, until },
    ]);
    expect(desk.gate.data('door.mode')).toEqual([
      { door: 'main', mode: 'LockedDown', previous: 'Locked', by: 'centre' },
    ]);
    expect(told(desk, 'state/siteorder')).toMatchObject({
      order: 'lockdown',
      counter: 1,
      until,
      obeyed: true,
    });
    expect(screen(desk)).toMatchObject({ message: 'SiteLockdown' });
  });

  it('lets in nobody, not even an emergency, and ends what was open', async () => {
    const desk = await opens();
    desk.gate.show('in', RESIDENT);
    expect(desk.gate.door.released).toBe(true);
    await desk.ordersSite('lockdown', day(desk));
    expect(desk.gate.door.released).toBe(false);
    await desk.gate.pass(60_000);
    expect(desk.gate.show('in', { passId: '00000000000000a2' })).toMatchObject({ granted: false });
    await desk.gate.pass(60_000);
    expect(desk.gate.show('in', { passId: '00000000000000a3', kind: 'emergency' })?.granted).not.toBe(true);
    expect(desk.gate.door.released).toBe(false);
  });

  it('ends by its release, and at its time', async () => {
    const desk = await opens();
    await desk.ordersSite('lockdown', day(desk));
    await desk.ordersSite('lockdown-release');
    expect(desk.gate.door.mode).toBe('Locked');
    await desk.ordersSite('lockdown', { notAfter: desk.nowS + 600 });
    await desk.gate.pass(599_000);
    expect(desk.gate.door.mode).toBe('LockedDown');
    await desk.gate.pass(2_000);
    await desk.gate.pass(1);
    expect(desk.gate.door.mode).toBe('Locked');
    expect(rows(desk).at(-1)).toMatchObject({
      order: 'none',
      previous: 'lockdown',
      cause: 'time',
      counter: 3,
    });
    expect(told(desk, 'state/siteorder')).toMatchObject({ order: 'none', counter: 3, obeyed: true });
  });

  it('lets the guard let people out, and only out, while everybody else is refused', async () => {
    const desk = await opens();
    await desk.ordersSite('lockdown', day(desk));
    const open = (accessPoint: string) =>
      desk.gate.desk.give({ type: 'open', operator: 'chen', note, accessPoint, passage: null });
    expect(open('main-in')).toMatchObject({ status: 'refused', cause: 'door_shut' });
    expect(open('main-out')).toEqual({ status: 'done' });
    expect(desk.gate.door).toMatchObject({ mode: 'LockedDown', released: true });
    expect(desk.gate.show('in', RESIDENT)?.granted).not.toBe(true);
    await desk.gate.walk();
    await desk.gate.pass(10_000);
    expect(desk.gate.door).toMatchObject({ mode: 'LockedDown', released: false, alarm: 'Normal' });
    expect(view(desk)).toMatchObject({ obeyed: true });
  });

  it('takes no order of the guard about the door, and lets the guard end it only where the site says so', async () => {
    const desk = await opens();
    await desk.ordersSite('lockdown', day(desk));
    for (const verb of ['lockdown-release', 'hold', 'unlock', 'lockdown', 'block'] as const) {
      const answer = desk.gate.desk.give({ type: 'door', door: 'main', verb, operator: 'chen', note });
      expect([verb, answer]).toMatchObject([verb, { status: 'refused', cause: 'site_in_lockdown' }]);
    }
    expect(await guardSays(desk, 'end-lockdown')).toMatchObject({ cause: 'not_yours_to_end' });
    expect(desk.gate.door.mode).toBe('LockedDown');
  });

  it('is ended by the guard at this gate where that is allowed, and begins again by a newer one', async () => {
    const desk = await opens({ siteOrders: { guardMayEndLockdown: true } });
    await desk.ordersSite('lockdown', day(desk));
    expect(view(desk)).toMatchObject({ guardMayEnd: true });
    expect(await guardSays(desk, 'end-lockdown')).toEqual({ status: 'done' });
    expect(desk.gate.door.mode).toBe('Locked');
    expect(rows(desk).at(-1)).toMatchObject({ order: 'none', cause: 'guard', by: 'chen', note });
    expect(told(desk, 'state/siteorder')).toMatchObject({
      order: 'lockdown',
      obeyed: false,
      reason: 'guard',
    });
    expect(told(desk, 'alert/siteorder')).toMatchObject({ severity: 'error' });
    await desk.restart();
    expect(desk.gate.door.mode).toBe('Locked');
    await desk.ordersSite('lockdown', day(desk));
    expect(desk.gate.door.mode).toBe('LockedDown');
    expect(told(desk, 'alert/siteorder')).toBeUndefined();
  });

  it.each([
    ['block', 'Blocked'],
    ['lockdown', 'LockedDown'],
    ['hold', 'LockedOpen'],
    ['unlock', 'Unlocked'],
  ] as const)('lies over what a guard has ordered: %s shows again', async (verb, mode) => {
    const desk = await opens();
    desk.gate.desk.give({ type: 'door', door: 'main', verb, operator: 'chen', note });
    await desk.ordersSite('lockdown', day(desk));
    expect(desk.gate.door).toMatchObject({ mode: 'LockedDown', released: false });
    await desk.ordersSite('lockdown-release');
    const released = mode === 'LockedOpen' || mode === 'Unlocked';
    expect(desk.gate.door).toMatchObject({ mode, released });
  });

  it('is not left behind as a lockdown of the door by a restart', async () => {
    const desk = await opens();
    await desk.ordersSite('lockdown', day(desk));
    await desk.restart();
    expect(desk.gate.door.mode).toBe('LockedDown');
    await desk.ordersSite('lockdown-release');
    expect(desk.gate.door.mode).toBe('Locked');
    await desk.restart();
    expect(desk.gate.door.mode).toBe('Locked');
  });

  it('is over at a start after its time', async () => {
    const desk = await opens();
    await desk.ordersSite('lockdown', { notAfter: desk.nowS + 600 });
    await desk.gate.stop();
    desk.clock.advance(700_000);
    await desk.start();
    expect(desk.gate.door.mode).toBe('Locked');
    expect(rows(desk).at(-1)).toMatchObject({ order: 'none', cause: 'time' });
    expect(desk.gate.data('door.mode').at(-1)).toMatchObject({ mode: 'Locked', previous: 'LockedDown' });
  });

  it('lies over a level that holds the gate open, which goes on below', async () => {
    const desk = await opens();
    await desk.ordersSite('lockdown', day(desk));
    const level = desk.gate.desk.give({ type: 'level', level: 'open', operator: 'chen', note });
    expect(level).toMatchObject({ status: 'refused', cause: 'door_shut' });
    await desk.ordersSite('lockdown-release');
    desk.gate.desk.give({ type: 'level', level: 'open', operator: 'chen', note });
    await desk.ordersSite('lockdown', day(desk));
    expect(desk.gate.door.mode).toBe('LockedDown');
    await desk.restart();
    expect(desk.gate.door.mode).toBe('LockedDown');
    await desk.ordersSite('lockdown-release');
    expect(desk.gate.door).toMatchObject({ mode: 'LockedOpen', released: true });
  });
});

describe('an evacuation of the site', () => {
  it('opens the door, and goes on without a broker and over restarts until its release', async () => {
    const desk = await opens();
    await desk.ordersSite('evacuate');
    expect(desk.gate.door).toMatchObject({ mode: 'LockedOpen', released: true });
    expect(screen(desk)).toMatchObject({ message: 'Evacuation' });
    await desk.gate.pass(48 * HOUR_S * 1000);
    await desk.restart();
    expect(desk.gate.door).toMatchObject({ mode: 'LockedOpen', released: true });
    expect(told(desk, 'state/siteorder')).toMatchObject({ order: 'evacuate', obeyed: true, counter: 1 });
    await desk.ordersSite('evacuate-release');
    expect(desk.gate.door).toMatchObject({ mode: 'Locked', released: false });
  });

  it('never begins by a message that was kept back for longer than its time', async () => {
    const desk = await opens();
    const kept = signCommand(
      desk.command('evacuate', {}, { gate: undefined, notAfter: desk.nowS + 60 }),
      DESK,
    );
    await desk.gate.pass(60_000);
    await desk.sendsToSite(kept, true);
    await desk.restart();
    await desk.sendsToSite(kept, true);
    expect(desk.gate.door).toMatchObject({ mode: 'Locked', released: false });
    expect(refusals(desk)).toEqual(['expired']);
  });

  it('is not begun again by any earlier message, also after a restart', async () => {
    const desk = await opens();
    const evacuation = await desk.ordersSite('evacuate');
    const lockdown = await desk.ordersSite('lockdown', day(desk));
    await desk.ordersSite('evacuate-release', day(desk));
    await desk.ordersSite('lockdown-release', day(desk));
    await desk.sendsToSite(evacuation, true);
    await desk.restart();
    for (const old of [evacuation, lockdown]) await desk.sendsToSite(old, true);
    expect(desk.gate.door).toMatchObject({ mode: 'Locked', released: false });
    expect(refusals(desk)).toEqual(['old_counter', 'old_counter', 'old_counter']);
  });

  it('lies over a lockdown, which shows again', async () => {
    const desk = await opens();
    await desk.ordersSite('lockdown', day(desk));
    await desk.ordersSite('evacuate');
    expect(desk.gate.door).toMatchObject({ mode: 'LockedOpen', released: true });
    await desk.restart();
    await desk.ordersSite('evacuate-release');
    expect(desk.gate.door).toMatchObject({ mode: 'LockedDown', released: false });
  });

  it('is sent again each minute without a row each, and keeps the newest counter over a restart', async () => {
    const desk = await opens();
    for (let count = 0; count < 10; count += 1) {
      await desk.ordersSite('evacuate');
      await desk.gate.pass(50_000);
    }
    expect(rows(desk)).toHaveLength(1);
    expect(told(desk, 'state/siteorder')).toMatchObject({ counter: 10, since: expect.any(String) });
    await desk.restart();
    await desk.ordersSite('evacuate-release', { counter: 10 });
    expect(desk.gate.door.mode).toBe('LockedOpen');
  });

  it('takes no order of the guard about the door', async () => {
    const desk = await opens();
    await desk.ordersSite('evacuate');
    for (const verb of ['lockdown', 'block', 'release', 'lock'] as const) {
      const answer = desk.gate.desk.give({ type: 'door', door: 'main', verb, operator: 'chen', note });
      expect(answer).toMatchObject({ status: 'refused', cause: 'site_evacuated' });
    }
    expect(desk.gate.door.released).toBe(true);
  });

  it('ends with a fire alarm that was on during it, and begins again by what is signed afterwards', async () => {
    const desk = await opens();
    await desk.ordersSite('evacuate');
    desk.gate.inputs.fire.is('Open');
    await desk.gate.pass(1_000);
    await desk.restart();
    expect(desk.gate.door.mode).toBe('Locked');
    expect(told(desk, 'state/siteorder')).toMatchObject({
      order: 'evacuate',
      obeyed: false,
      reason: 'fire_over',
    });
    await desk.gate.pass(5_000);
    await desk.ordersSite('evacuate');
    expect(desk.gate.door).toMatchObject({ mode: 'LockedOpen', released: true });
    desk.gate.inputs.fire.is('Open');
    await desk.gate.pass(1_000);
    desk.gate.inputs.fire.is('Fault');
    await desk.gate.pass(1_000);
    expect(desk.gate.door.released).toBe(true);
    desk.gate.inputs.fire.is('Closed');
    await desk.gate.pass(1_000);
    expect(desk.gate.door).toMatchObject({ mode: 'Locked', released: false });
    expect(rows(desk).at(-1)).toMatchObject({ order: 'none', previous: 'evacuate', cause: 'fire_over' });
  });

  it('moves a lock that does not obey again each second, and says so meanwhile', async () => {
    const desk = await opens();
    desk.gate.actuator.stuck = true;
    await desk.ordersSite('evacuate');
    expect(desk.gate.door).toMatchObject({ mode: 'LockedOpen', released: false });
    expect(told(desk, 'state/siteorder')).toMatchObject({ obeyed: false, reason: 'lock_disobeys' });
    desk.gate.actuator.stuck = false;
    await desk.gate.pass(1_000);
    expect(desk.gate.door.released).toBe(true);
    expect(told(desk, 'state/siteorder')).toMatchObject({ obeyed: true });
  });
});

describe('an older copy of the store that is put back', () => {
  /** The gate goes on with a copy of its store that was made while `verb` was in force. */
  async function withCopyOf(verb: 'evacuate' | 'lockdown'): Promise<CommandDesk> {
    const desk = await opens();
    await desk.ordersSite(verb, verb === 'lockdown' ? day(desk) : {});
    await desk.gate.stop();
    const copy = temporaryFolder();
    cpSync(desk.folder, copy, { recursive: true, preserveTimestamps: true });
    await desk.start();
    await desk.ordersSite(`${verb}-release`, day(desk));
    await desk.gate.pass(60_000);
    await desk.gate.stop();
    rmSync(desk.folder, { recursive: true });
    cpSync(copy, desk.folder, { recursive: true, preserveTimestamps: true });
    await desk.start();
    return desk;
  }

  it('opens nothing for an evacuation in it: the guard is asked', async () => {
    const desk = await withCopyOf('evacuate');
    expect(desk.gate.door).toMatchObject({ mode: 'Locked', released: false });
    expect(view(desk)).toMatchObject({
      order: 'evacuate',
      obeyed: false,
      reason: 'log_reset',
      waits: 'evacuate',
    });
    await desk.restart();
    expect(view(desk)).toMatchObject({ waits: 'evacuate' });
    await desk.ordersSite('evacuate');
    expect(desk.gate.door).toMatchObject({ mode: 'LockedOpen', released: true });
  });

  it('stays shut for a lockdown in it, and a release from before it asks the guard', async () => {
    const desk = await withCopyOf('lockdown');
    expect(desk.gate.door.mode).toBe('LockedDown');
    const before = { counter: 9, notBefore: desk.nowS - 30, notAfter: desk.nowS + 600 };
    await desk.ordersSite('lockdown-release', before);
    expect(desk.gate.door.mode).toBe('LockedDown');
    expect(view(desk)).toMatchObject({ reason: 'log_reset', waits: 'lockdown-release' });
    await desk.ordersSite('lockdown-release', { counter: 10 });
    expect(desk.gate.door.mode).toBe('Locked');
  });
});

describe('with a clock that cannot be believed', () => {
  it('a lockdown acts, and its release asks the guard', async () => {
    const desk = await opens();
    desk.clock.quality = 'unsynced';
    await desk.ordersSite('lockdown', day(desk));
    expect(desk.gate.door.mode).toBe('LockedDown');
    await desk.ordersSite('lockdown-release');
    expect(desk.gate.door.mode).toBe('LockedDown');
    expect(told(desk, 'state/siteorder')).toMatchObject({
      order: 'none',
      obeyed: false,
      reason: 'clock_untrusted',
    });
    expect(desk.gate.state.attention.values[0]).toMatchObject([{ kind: 'siteOrder' }]);
    expect(await guardSays(desk, 'carry-out')).toEqual({ status: 'done' });
    expect(desk.gate.door.mode).toBe('Locked');
    expect(desk.gate.state.attention.values[0]).toEqual([]);
    expect(rows(desk).at(-1)).toMatchObject({ order: 'none', cause: 'guard', by: 'chen', counter: 2 });
  });

  it('an evacuation asks the guard, over a restart too, who may set it aside', async () => {
    const desk = await opens();
    desk.clock.quality = 'unsynced';
    await desk.ordersSite('evacuate');
    await desk.restart();
    expect(desk.gate.door).toMatchObject({ mode: 'Locked', released: false });
    expect(desk.gate.state.attention.values[0]).toMatchObject([{ kind: 'siteOrder' }]);
    expect(await guardSays(desk, 'set-aside')).toEqual({ status: 'done' });
    expect(await guardSays(desk, 'carry-out')).toMatchObject({ cause: 'nothing_asked' });
    expect(view(desk)).toMatchObject({ order: 'none', obeyed: true });
  });

  it('what waits is carried out once the clock can be believed, in its time alone', async () => {
    const desk = await opens();
    desk.clock.quality = 'unsynced';
    await desk.ordersSite('evacuate');
    desk.clock.quality = 'synced';
    await desk.gate.pass(1_000);
    expect(desk.gate.door).toMatchObject({ mode: 'LockedOpen', released: true });
    await desk.ordersSite('evacuate-release');
    desk.clock.quality = 'unsynced';
    await desk.ordersSite('evacuate');
    await desk.gate.pass(61_000);
    desk.clock.quality = 'synced';
    await desk.gate.pass(1_000);
    expect(desk.gate.door).toMatchObject({ mode: 'Locked', released: false });
    expect(view(desk)).toMatchObject({ order: 'none', obeyed: true });
  });
});

describe('who may order', () => {
  it('is who the list of keys says, for each verb', async () => {
    const desk = await opens();
    await desk.trust([commandKey(DESK, { verbs: ['lockdown', 'open'] })], desk.nowS + 1);
    await desk.ordersSite('evacuate');
    expect(desk.gate.door.released).toBe(false);
    await desk.ordersSite('lockdown', day(desk));
    expect(desk.gate.door.mode).toBe('LockedDown');
    expect(refusals(desk)).toEqual(['not_allowed']);
  });

  it.each([
    ['another site', { site: 'elsewhere' }, 'wrong_place'],
    ['this gate alone', { gate: 'north' }, 'wrong_place'],
    ['too long', { notAfter: 2_000_000_000 }, 'too_long'],
  ] as const)('a message for %s is recorded once and does nothing', async (_what, head, refusal) => {
    const desk = await opens();
    const order = desk.command('evacuate', {}, { gate: undefined, ...head });
    const bytes = signCommand(order, DESK);
    for (let times = 0; times < 3; times += 1) await desk.sendsToSite(bytes, true);
    expect(refusals(desk)).toEqual([refusal]);
    expect(desk.gate.door).toMatchObject({ mode: 'Locked', released: false });
  });

  it('no other verb acts on the topic of the site, nothing malformed does, and an empty message ends nothing', async () => {
    const desk = await opens();
    await desk.sendsToSite(signCommand(desk.command('hold', {}, { gate: undefined }), DESK), true);
    await desk.sendsToSite(new Uint8Array([1, 2, 3]), true);
    expect(refusals(desk)).toEqual(['wrong_topic', 'malformed']);
    await desk.ordersSite('evacuate');
    await desk.sendsToSite(new Uint8Array(), true);
    expect(desk.gate.door.released).toBe(true);
  });

  it('four eyes: two keys sign where the site asks for them', async () => {
    const desk = await opens({ siteOrders: { fourEyes: true } });
    await desk.trust([DESK_KEY, commandKey(SECOND, { name: 'Fire desk' })], desk.nowS + 1);
    await desk.ordersSite('evacuate');
    expect(refusals(desk)).toEqual(['four_eyes']);
    expect(desk.gate.door.released).toBe(false);
    await desk.ordersSite('evacuate', { second: SECOND });
    expect(desk.gate.door.released).toBe(true);
    expect(view(desk)).toMatchObject({
      by: 'District desk, Fire desk',
      keys: [expect.any(String), expect.any(String)],
    });
  });
});

describe('a log that cannot be written', () => {
  it('does not keep the door open: a lockdown acts all the same, an evacuation waits for the log', async () => {
    const desk = await opens();
    const { store } = desk.gate;
    const commit = store.log.commit.bind(store.log);
    const { GatepostError } = await import('../../src/core/errors.ts');
    store.log.commit = () => {
      throw new GatepostError('log.unavailable', 'The card is full.');
    };
    await desk.ordersSite('lockdown', day(desk));
    expect(desk.gate.door.mode).toBe('LockedDown');
    await desk.ordersSite('evacuate');
    expect(desk.gate.door).toMatchObject({ mode: 'LockedDown', released: false });
    expect(view(desk)).toMatchObject({ obeyed: false, reason: 'log_unavailable' });
    store.log.commit = commit;
    await desk.gate.pass(1_000);
    expect(desk.gate.door).toMatchObject({ mode: 'LockedOpen', released: true });
    expect(view(desk)).toMatchObject({ obeyed: true });
  });
});

describe('an access point out of service, and an order of the site', () => {
  const switchTo = ({ gate }: CommandDesk, type: 'enable' | 'disable', accessPoint: string) =>
    gate.desk.give({ type, operator: 'chen', note, accessPoint });
  const enabled = ({ gate }: CommandDesk) =>
    gate.state.accessPoints.values.map((one) => `${one.id} ${one.enabled}`);

  it('is opened by an evacuation all the same, for orders are about doors', async () => {
    const desk = await opens();
    for (const point of ['main-in', 'main-out'])
      expect(switchTo(desk, 'disable', point)).toEqual({ status: 'done' });
    await desk.ordersSite('evacuate');
    expect(desk.gate.door).toMatchObject({ mode: 'LockedOpen', released: true });
    expect(view(desk)).toMatchObject({ order: 'evacuate', obeyed: true });
    // Back in service, and out of it: the door does not move.
    switchTo(desk, 'enable', 'main-in');
    expect(desk.gate.door).toMatchObject({ mode: 'LockedOpen', released: true });
    await desk.restart();
    expect(desk.gate.door).toMatchObject({ mode: 'LockedOpen', released: true });
    await desk.ordersSite('evacuate-release');
    expect(desk.gate.door).toMatchObject({ mode: 'Locked', released: false });
    expect(enabled(desk).sort()).toEqual(['main-in true', 'main-out false']);
  });

  it('is shut by a lockdown, and the guard may still let people out there', async () => {
    const desk = await opens();
    switchTo(desk, 'disable', 'main-out');
    await desk.ordersSite('lockdown', day(desk));
    expect(desk.gate.door).toMatchObject({ mode: 'LockedDown', released: false });
    expect(view(desk)).toMatchObject({ order: 'lockdown', obeyed: true });
    const out = { operator: 'chen', note, accessPoint: 'main-out', passage: null } as const;
    expect(desk.gate.desk.give({ type: 'open', ...out })).toEqual({ status: 'done' });
    await desk.gate.walk();
    await desk.gate.pass(10_000);
    switchTo(desk, 'enable', 'main-out');
    expect(desk.gate.door).toMatchObject({ mode: 'LockedDown', released: false });
    switchTo(desk, 'disable', 'main-in');
    await desk.ordersSite('lockdown-release');
    expect(desk.gate.door.mode).toBe('Locked');
    expect(desk.gate.show('in', RESIDENT)).toMatchObject({ granted: false });
  });
});
