import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { RuleGate } from '../support/gate/rule-gate.ts';
import { Scene, siteMs } from '../support/gate/scene.ts';
import { WITHOUT_THERMOMETER } from '../support/gate/willow-court.ts';

const DAY_MS = 86_400_000;
const DAY_S = 86_400;

/** Numbers of rows that are on disk. */
function rowsOf({ store }: RuleGate, ...tables: readonly string[]): number[] {
  const database = new Database(store.path, { readonly: true });
  try {
    return tables.map((table) =>
      Number(database.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get()),
    );
  } finally {
    database.close();
  }
}

/** A visitor who came, an order that was ended, a worker with two uses, a resident who went out. */
async function aDay(court: Scene): Promise<void> {
  const { gate } = court;
  const nowMs = gate.clock.read().wallMs;
  const visitor = { passId: 'feed000000000001', label: 'Plumber', untilMs: nowMs + DAY_MS };
  await gate.desk.give({ type: 'visitor', ...court.guard('Expected'), ...visitor });
  for (const disinfected of [true, false])
    gate.desk.give({ type: 'delivery', operator: 'chen', label: 'Courier', disinfected });
  gate.desk.give({ type: 'vehicle', operator: 'chen', label: 'Wu', plate: 'A 1' });
  const subject = { holderRef: 'aaaaaaaaaaaa' };
  await gate.desk.give({ type: 'order', ...court.guard('Observation'), kind: 'quarantine', subject });
  await gate.desk.give({ type: 'report', ...court.guard('Well'), ...subject });
  await court.person({ kind: 'worker', uses: 2, expiresAt: Math.floor(nowMs / 1000) + 40 * DAY_S }).comesIn();
  await court.person({ passId: '00000000000000a1', holderRef: 'bbbbbbbbbbbb' }).goesOut();
}

/** The gate sleeps until `when`; then it has time to look. */
async function leap({ gate }: Scene, when: string): Promise<void> {
  gate.clock.holdUp(siteMs(when) - gate.clock.read().wallMs);
  await gate.pass(62 * 60_000);
}

describe('what is over', () => {
  it('ends after its time, and nothing before', async () => {
    const court = await Scene.opens('2020-02-24 08:00', WITHOUT_THERMOMETER);
    const { gate } = court;
    await aDay(court);
    const tables = ['visitor', 'standing_order', 'self_report', 'passage'] as const;
    expect(rowsOf(gate, ...tables)).toEqual([1, 1, 1, 2]);
    await leap(court, '2020-03-09 06:00');
    expect(rowsOf(gate, 'register_line')).toEqual([3]);
    await leap(court, '2020-03-09 22:50');
    expect(rowsOf(gate, 'register_line')).toEqual([0]);
    expect(rowsOf(gate, ...tables)).toEqual([1, 1, 1, 2]);
    await leap(court, '2020-03-11 08:10');
    // The order stands until it is ended, and both passes are still valid.
    expect(rowsOf(gate, ...tables)).toEqual([0, 1, 0, 2]);
    // The worker's uses matter until the pass is over; the resident's way out until the way home.
    await leap(court, '2020-04-06 08:10');
    expect(rowsOf(gate, 'passage')).toEqual([1]);
    const [order] = gate.state.orders.values.flat();
    await gate.desk.give({ type: 'end-order', ...court.guard('Over'), orderId: String(order?.id) });
    await leap(court, '2020-04-19 08:10');
    expect(rowsOf(gate, 'standing_order')).toEqual([1]);
    await leap(court, '2020-04-21 08:10');
    expect(rowsOf(gate, 'standing_order')).toEqual([0]);
    await leap(court, '2020-08-24 08:10');
    expect(rowsOf(gate, 'passage')).toEqual([0]);
  });

  it('stays while the date is not confirmed, and goes once it is', async () => {
    const court = await Scene.opens('2020-02-24 08:00', WITHOUT_THERMOMETER);
    await aDay(court);
    const { gate } = court;
    const openedMs = gate.clock.read().wallMs;
    const tables = ['visitor', 'self_report', 'passage'] as const;
    // Years ahead, whatever the signs say: nobody has stood for that date.
    for (const quality of ['synced', 'holdover', 'unsynced'] as const) {
      gate.clock.quality = quality;
      gate.clock.kept = { floorMs: openedMs, vouchedMs: openedMs };
      gate.clock.jumpTo(openedMs + 3 * 366 * DAY_MS);
      await court.later(3600);
      expect([quality, ...rowsOf(gate, ...tables)]).toEqual([quality, 1, 1, 2]);
    }
    gate.clock.kept = { floorMs: openedMs, vouchedMs: 0 };
    await court.later(3600);
    expect(rowsOf(gate, ...tables)).toEqual([1, 1, 2]);
    const yearOn = openedMs + 366 * DAY_MS;
    gate.clock.jumpTo(yearOn);
    gate.clock.kept = { floorMs: yearOn, vouchedMs: yearOn };
    await court.later(3600);
    expect(rowsOf(gate, ...tables)).toEqual([0, 0, 0]);
  });

  it('does not stay because a clock was years ahead when it was written', async () => {
    const court = await Scene.opens('2020-02-24 08:00', WITHOUT_THERMOMETER);
    const { gate } = court;
    gate.clock.kept = { floorMs: siteMs('2020-02-24 08:00'), vouchedMs: siteMs('2020-02-24 08:00') };
    gate.clock.jumpTo(siteMs('2031-02-24 08:00'));
    await aDay(court);
    const [order] = gate.state.orders.values.flat();
    await gate.desk.give({ type: 'end-order', ...court.guard('Over'), orderId: String(order?.id) });
    gate.clock.kept = undefined;
    gate.clock.jumpTo(siteMs('2020-02-25 08:00'));
    await court.person({ passId: '00000000000000b1' }).goesOut();
    await leap(court, '2020-03-12 08:00');
    // The order counts as ended now, since it cannot have ended in ten years.
    expect(rowsOf(gate, 'visitor', 'standing_order', 'self_report')).toEqual([0, 1, 0]);
    await leap(court, '2020-03-27 08:00');
    expect(rowsOf(gate, 'standing_order')).toEqual([0]);
  });

  it('waits for a passage that is under way', async () => {
    const court = await Scene.opens('2020-02-24 08:00', WITHOUT_THERMOMETER);
    await aDay(court);
    const { gate } = court;
    gate.clock.holdUp(20 * DAY_MS);
    expect(await court.person({ passId: '00000000000000c1' }).shows('in')).toBe('Granted');
    await court.later(5);
    expect(rowsOf(gate, 'visitor')).toEqual([1]);
    await gate.walk();
    await court.later(60);
    expect(rowsOf(gate, 'visitor')).toEqual([0]);
  });

  it('goes also when the gate was stopped in the middle of it', async () => {
    const court = await Scene.opens('2020-02-24 08:00', WITHOUT_THERMOMETER);
    await aDay(court);
    await court.gate.stop();
    court.gate.clock.advance(20 * DAY_MS);
    for (const waitMs of [60_050, 60_150, 3_600_000]) {
      const again = await RuleGate.start(court.folder, court.gate.clock, WITHOUT_THERMOMETER);
      await again.pass(waitMs);
      if (waitMs === 3_600_000) expect(rowsOf(again, 'visitor', 'self_report')).toEqual([0, 0]);
      await again.stop();
    }
  });
});
