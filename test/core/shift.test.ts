import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  handOver,
  NO_SHIFT,
  type OpenPoints,
  openPoints,
  type Shift,
  takeOver,
} from '../../src/core/desk/shift.ts';

const QUIET: OpenPoints = { waiting: 0, calls: 0, alarms: 0, devices: 0, orders: 0, visitors: 0 };

describe('a shift', () => {
  it('stays with whoever has it until the next one has taken it', () => {
    const first = takeOver(NO_SHIFT, { operator: 'chen', nowMs: 1 });
    expect(first).toEqual({ onDuty: { operator: 'chen', sinceMs: 1 } });
    const given = handOver(first ?? {}, { operator: 'chen', nowMs: 5, note: 'Keys', open: QUIET });
    expect(given).toMatchObject({ onDuty: { operator: 'chen' }, handedOver: { by: 'chen', note: 'Keys' } });
    expect(takeOver(given, { operator: 'wang', nowMs: 7 })).toEqual({
      onDuty: { operator: 'wang', sinceMs: 7 },
    });
    expect(takeOver(given, { operator: 'chen', nowMs: 8 })).toEqual(first);
    expect(takeOver(first ?? {}, { operator: 'chen', nowMs: 9 })).toBeUndefined();
  });

  it('has after any orders at most one on duty, and nothing handed over that somebody took', () => {
    const operator = fc.constantFrom('chen', 'wang', 'li');
    const orders = fc.array(fc.record({ operator, gives: fc.boolean() }), { maxLength: 40 });
    fc.assert(
      fc.property(orders, (given) => {
        let shift: Shift = NO_SHIFT;
        given.forEach(({ operator: who, gives }, nowMs) => {
          const before = shift;
          if (gives) shift = handOver(shift, { operator: who, nowMs, note: String(nowMs), open: QUIET });
          else shift = takeOver(shift, { operator: who, nowMs }) ?? shift;
          // Nobody loses the shift but to somebody who takes it.
          if (gives) expect([shift.onDuty, shift.handedOver?.note]).toEqual([before.onDuty, String(nowMs)]);
          else expect([shift.onDuty?.operator, shift.handedOver]).toEqual([who, undefined]);
        });
      }),
    );
  });
});

it('counts what is open: a call is no alarm, and what is over is nothing', () => {
  const shown = {
    passages: [{ feedback: 'GuardCalled' }, { feedback: 'Idle' }],
    attention: [{ kind: 'assist' }, { kind: 'assist', over: true as const }, { kind: 'forced' }],
    devices: [{ status: 'ok' }, { status: 'missing' }],
    orders: [{}],
    notLeft: 1,
  };
  expect(openPoints(shown)).toEqual({
    waiting: 1,
    calls: 1,
    alarms: 2,
    devices: 1,
    orders: 1,
    visitors: 1,
  });
});
