import { describe, expect, it, onTestFinished } from 'vitest';
import type { Given } from '../../src/core/desk/guard-order.ts';
import { GatepostError } from '../../src/core/errors.ts';
import { policy } from '../support/gate/policy-samples.ts';
import { RuleGate } from '../support/gate/rule-gate.ts';
import { Scene } from '../support/gate/scene.ts';

const CHEN = { operator: 'chen', note: 'as agreed' };
const PASS = '00000000000000a1';
const HOUSE = 'a1b2c3d4e5f6';
const IN = { accessPoint: 'main-in' } as const;
const RULES = policy({
  normal: {
    kinds: { resident: {}, visitor: { registration: 'confirmed' } },
    lockOut: { attempts: 2, minutes: 5 },
  },
  open: { gate: 'open' },
});

const opens = () => Scene.opens('2020-02-24 08:00', RULES);
const rows = (gate: RuleGate) => gate.store.outbox.position().lastSequence;

/** What an order may change, as far as it can be seen from outside. */
function changeable({ gate }: Scene): object {
  const { holderState, visitors, orders } = gate.store;
  const nowMs = gate.clock.read().wallMs;
  return {
    mode: gate.door.mode,
    pulses: gate.actuator.pulses.length,
    level: gate.feed.get('policy')?.level,
    inside: holderState.occupancy(),
    visitors: visitors.present(nowMs, 10),
    orders: orders.standing(nowMs, 10),
    attention: gate.feed.get('attention'),
    prompt: gate.prompts.at('main-in'),
  };
}

async function lockOut({ gate }: Scene): Promise<void> {
  for (const text of ['GP1:one', 'GP1:two']) {
    gate.present('in', text);
    await gate.pass(7_000);
  }
}

/** Orders that nothing stands against, once somebody is locked out and a visitor is in the book. */
const GOOD: readonly Given[] = [
  { type: 'open', ...CHEN, ...IN },
  { type: 'door', ...CHEN, door: 'main', verb: 'hold' },
  { type: 'door', ...CHEN, door: 'main', verb: 'unlock' },
  { type: 'level', ...CHEN, level: 'open' },
  { type: 'order', ...CHEN, kind: 'suspension', subject: { passId: PASS } },
  { type: 'report', ...CHEN, holderRef: HOUSE },
  { type: 'forgive', ...CHEN, subject: { passId: PASS } },
  { type: 'give-back-quota', ...CHEN, subject: { holderRef: HOUSE } },
  { type: 'occupancy', ...CHEN, value: 3 },
  { type: 'end-lock-out', ...CHEN, ...IN },
  { type: 'visitor', ...CHEN, passId: PASS, label: 'Aunt', untilMs: Date.UTC(2020, 1, 25) },
];

/** Orders that are refused where nobody stands, nothing is locked out and nobody is in the book. */
const BAD: readonly Given[] = [
  ...GOOD.map((order) => ({ ...order, note: ' ' }) as Given),
  { type: 'refuse', ...CHEN, ...IN },
  { type: 'measure', ...CHEN, ...IN },
  { type: 'seen', operator: 'chen', id: 'tamper:main' },
  { type: 'open', ...CHEN, accessPoint: 'side-in' },
  { type: 'open', ...CHEN, ...IN, passage: 'of-long-ago' },
  { type: 'door', ...CHEN, door: 'side', verb: 'block' },
  { type: 'door', ...CHEN, door: 'main', verb: 'release' },
  { type: 'door', ...CHEN, door: 'main', verb: 'unblock' },
  { type: 'door', ...CHEN, door: 'main', verb: 'lockdown-release' },
  { type: 'door', ...CHEN, door: 'main', verb: 'lock' },
  { type: 'level', ...CHEN, level: 'nowhere' },
  { type: 'level', ...CHEN, level: 'normal' },
  { type: 'order', ...CHEN, kind: 'health', subject: { passId: HOUSE } },
  { type: 'order', ...CHEN, kind: 'health', subject: { passId: PASS }, untilMs: 1 },
  { type: 'enable', ...CHEN, ...IN },
  { type: 'disable', ...CHEN, accessPoint: 'side-in' },
  { type: 'end-order', ...CHEN, orderId: 'none' },
  { type: 'report', ...CHEN, holderRef: PASS },
  { type: 'forgive', ...CHEN, subject: { holderRef: 'nobody' } },
  { type: 'give-back-quota', ...CHEN, subject: { passId: '' } },
  { type: 'occupancy', ...CHEN, value: 100_001 },
  { type: 'end-lock-out', ...CHEN, ...IN },
  { type: 'end-lock-out', ...CHEN, accessPoint: 'side-in' },
  { type: 'visitor', ...CHEN, passId: PASS, label: 'Aunt', untilMs: 1 },
  { type: 'confirm-host', ...CHEN, passId: PASS },
];

const title = (order: Given) => JSON.stringify(order);

describe('an order that is refused', () => {
  it.each(BAD.map((order) => [title(order), order] as const))('leaves no row: %s', async (_title, order) => {
    const court = await opens();
    const [before, was] = [rows(court.gate), changeable(court)];
    expect(court.gate.desk.give(order)).toMatchObject({
      status: 'refused',
      detail: expect.stringMatching(/\.$/),
    });
    expect(rows(court.gate)).toBe(before);
    expect(changeable(court)).toEqual(was);
  });
});

describe('an order that is carried out', () => {
  it.each(GOOD.map((order) => [title(order), order] as const))('has its row: %s', async (_title, order) => {
    const court = await opens();
    await lockOut(court);
    const before = rows(court.gate);
    expect(court.gate.desk.give(order)).toEqual({ status: 'done' });
    const [first] = court.gate.store.outbox.readAfter(before, 10);
    const { data } = JSON.parse(new TextDecoder().decode(first?.body));
    expect(data.operator ?? data.by).toBe('chen');
  });

  it.each(GOOD.map((order) => [title(order), order] as const))(
    'is not, where it cannot be written down: %s',
    async (_title, order) => {
      const court = await opens();
      await lockOut(court);
      const was = changeable(court);
      breakLog(court.gate);
      expect(court.gate.desk.give(order)).toMatchObject({ status: 'refused', cause: 'not_recorded' });
      expect(changeable(court)).toEqual(was);
    },
  );

  it('is all the same, where it only shuts', async () => {
    const court = await opens();
    breakLog(court.gate);
    expect(court.gate.desk.give({ type: 'door', ...CHEN, door: 'main', verb: 'lockdown' })).toEqual({
      status: 'done',
    });
    expect(court.gate.door.mode).toBe('LockedDown');
  });
});

describe('the end of a lock-out', () => {
  it('is written down once: the second guard is refused and has no row', async () => {
    const court = await opens();
    await lockOut(court);
    const end = (operator: string) =>
      court.gate.desk.give({ type: 'end-lock-out', ...CHEN, ...IN, operator });
    expect(end('chen')).toEqual({ status: 'done' });
    expect(end('li')).toMatchObject({ status: 'refused', cause: 'not_locked_out' });
    expect(court.gate.data('operator.override')).toEqual([
      { operator: 'chen', action: 'end-lock-out', accessPoint: 'main-in', note: 'as agreed' },
    ]);
  });
});

describe('the values of an order', () => {
  it('stand in members of their own, not in the action', async () => {
    const court = await opens();
    const give = (order: Given) => expect(court.gate.desk.give(order)).toEqual({ status: 'done' });
    give({ type: 'order', ...CHEN, kind: 'quarantine', subject: { holderRef: HOUSE } });
    give({ type: 'occupancy', ...CHEN, value: 12 });
    expect(court.gate.data('operator.override')).toEqual([
      {
        operator: 'chen',
        action: 'order',
        kind: 'quarantine',
        holderRef: HOUSE,
        order: expect.any(String),
        note: 'as agreed',
      },
      { operator: 'chen', action: 'occupancy', value: 12, note: 'as agreed' },
    ]);
  });
});

describe('rows of an older version', () => {
  it('still say what was seen, and stay as they were written', async () => {
    const court = await opens();
    await court.person({ kind: 'emergency' }).comesIn();
    const { gate } = court;
    const [item] = gate.feed.get('attention') ?? [];
    const old = {
      operator: 'chen',
      action: 'seen',
      accessPoint: 'main-in',
      passage: item?.passage,
      note: 'emergency',
    };
    const { wallMs } = gate.clock.read();
    const row = { name: 'operator.override', subject: 'main-in', data: old, timeMs: wallMs } as const;
    gate.store.log.commit({ events: [{ ...row, timeQuality: 'synced' } as never] });
    const written = gate.store.outbox.readAfter(rows(gate) - 1, 1);
    await gate.stop();
    const next = await RuleGate.start(court.folder, gate.clock, RULES);
    onTestFinished(() => next.stop());
    expect(next.feed.get('attention')).toEqual([]);
    expect(next.data('operator.override')).toEqual([old]);
    expect(next.store.outbox.readAfter((written[0]?.sequence ?? 0) - 1, 1)).toEqual(written);
  });
});

/** As a full disk does. */
function breakLog(gate: RuleGate): void {
  gate.store.log.commit = () => {
    throw new GatepostError('log.unavailable', 'The disk is full. Free some space.');
  };
}
