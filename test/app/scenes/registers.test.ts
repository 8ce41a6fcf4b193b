import { expect, it, onTestFinished } from 'vitest';
import { LAST_MOMENT_MS } from '../../../src/core/access/bounds.ts';
import { RuleGate } from '../../support/gate/rule-gate.ts';
import { Scene, siteMs } from '../../support/gate/scene.ts';
import { WITHOUT_THERMOMETER } from '../../support/gate/willow-court.ts';

const CHEN = { operator: 'chen' } as const;

it('the registers know who is inside and since when: by the pass, by the guard’s note, and over a restart', async () => {
  const court = await Scene.opens('2020-02-24 10:00', WITHOUT_THERMOMETER);
  let { gate } = court;
  const give = (order: Parameters<typeof gate.desk.give>[0]) => gate.desk.give(order);
  const visitor = court.person({ kind: 'visitor' });
  const { passId = '' } = visitor.card;
  const said = { label: 'Mr Liu', phone: '138 0000 0000', unit: '3-502', purpose: 'Repairs' };
  const untilMs = siteMs('2020-02-24 12:00');
  const visit = () => gate.feed.get('visitors')?.[0];
  const open = () => {
    give({ type: 'hand-over', ...CHEN, note: 'Quiet' });
    return gate.feed.get('shift')?.handedOver?.open.visitors;
  };

  give({ type: 'visitor', ...court.guard('Rang'), passId, ...said, untilMs });
  give({ type: 'confirm-host', ...court.guard('By phone'), passId });
  expect(visit()).toMatchObject({ ...said, confirmedBy: 'chen', registeredBy: 'chen' });
  // The guard may have let this one in by hand.
  expect(open()).toBe(1);
  expect(await visitor.comesIn()).toBe('Granted');
  const cameMs = visit()?.insideSinceMs ?? 0;
  expect(cameMs).toBeGreaterThanOrEqual(siteMs('2020-02-24 10:00'));
  expect(visit()?.leftMs).toBeUndefined();
  // The door was not pushed: the visitor stands where the passage before has led.
  expect(await gate.staysBack('out', visitor.card)).toMatchObject({ granted: true });
  expect(visit()).toMatchObject({ insideSinceMs: cameMs });
  expect(visit()?.leftMs).toBeUndefined();
  expect(await visitor.goesOut()).toBe('Granted');
  expect(visit()?.insideSinceMs).toBeUndefined();
  expect(visit()?.leftMs).toBeGreaterThan(cameMs);
  expect(open()).toBe(0);
  const left = { type: 'note-left', ...CHEN, subject: { passId } } as const;
  expect(give(left)).toMatchObject({ cause: 'left_already' });
  expect(await gate.staysBack('in', visitor.card)).toMatchObject({ granted: true });
  expect(visit()?.insideSinceMs).toBeUndefined();
  expect(await visitor.comesIn()).toBe('Granted');

  give({ type: 'vehicle', ...CHEN, plate: '京A·88888', label: 'Wu', purpose: 'Removal' });
  expect(give({ type: 'vehicle', ...CHEN, plate: ' ', label: 'Wu' })).toMatchObject({ cause: 'no_plate' });
  give({ type: 'delivery', ...CHEN, label: 'Fast courier', unit: '7-201', disinfected: true });
  expect(open()).toBe(3);

  // The visit is over, and the visitor has not left.
  await court.at('2020-02-24 13:00');
  await gate.stop();
  gate = await RuleGate.start(court.folder, gate.clock, WITHOUT_THERMOMETER);
  onTestFinished(() => gate.stop());
  expect(gate.feed.get('visitors')).toMatchObject([{ passId, label: 'Mr Liu' }]);
  expect(open()).toBe(3);
  expect(give(left)).toEqual({ status: 'done' });
  expect(gate.feed.get('visitors')).toEqual([]);

  const [courier, van] = gate.registers.inside();
  expect([courier, van]).toMatchObject([
    { register: 'delivery', unit: '7-201', disinfected: true },
    { register: 'vehicle', plate: '京A·88888', label: 'Wu', purpose: 'Removal', registeredBy: 'chen' },
  ]);
  const line = van?.id ?? '';
  expect(give({ ...left, subject: { line } })).toEqual({ status: 'done' });
  expect(give({ ...left, subject: { line } })).toMatchObject({ cause: 'left_already' });
  expect(give({ ...left, subject: { line: 'none' } })).toMatchObject({ cause: 'no_such_line' });
  expect(open()).toBe(1);
  const { lines, isLast } = gate.registers.before(LAST_MOMENT_MS, 'chen');
  expect([lines.map(({ register, leftMs }) => [register, leftMs !== undefined]), isLast]).toEqual([
    [
      ['delivery', false],
      ['vehicle', true],
      ['visitor', true],
    ],
    true,
  ]);
  expect(
    gate.registers.before(lines.at(-1)?.register === 'visitor' ? untilMs - 7_200_000 : 0, 'chen').lines,
  ).toEqual([]);

  // Names, plates and telephone numbers stay in the registers.
  const events = JSON.stringify([
    ...gate.data('vehicle.registered'),
    ...gate.data('delivery.registered'),
    ...gate.data('visitor.registered'),
    ...gate.data('operator.override'),
  ]);
  expect(events).toContain(line);
  expect(events).toContain('"disinfected":true');
  expect(events).not.toMatch(/Liu|Wu|A·88888|138 0000|\b3-502\b|\b7-201\b|Removal/);
});
