import { expect, it } from 'vitest';
import type { HistoryAnswer, HistoryLine, HistoryQuestion } from '../../../src/ports/passage-history.ts';
import { Scene } from '../../support/gate/scene.ts';
import { WITHOUT_THERMOMETER } from '../../support/gate/willow-court.ts';

/** The shortest that is worth a look: a virtual day of a gate takes a second. */
const RETENTION = { accessMs: 6 * 3_600_000 };
const HOLDER = 'a1b2c3d4e5f6';
const PLUMBER = '00000000000000a1';

/** What a line says without its numbers. */
function said(line: HistoryLine): string {
  if (line.form === 'altered') return 'altered';
  if (line.form === 'reduced') return `${line.count} ${line.decision} ${line.reason ?? ''}`.trim();
  const { view, visitor } = line;
  return [view.decision, view.kind ?? '-', view.accessPoint, view.reason ?? '', visitor ?? '']
    .filter(Boolean)
    .join(' ');
}

it('whoever came by is found by time, place, result, kind and pass, each look on record, until retention ends it', async () => {
  const court = await Scene.opens('2020-02-24 20:00', WITHOUT_THERMOMETER, { retention: RETENTION });
  const { gate } = court;
  const resident = court.person({ holderRef: HOLDER });
  const passId = resident.card.passId ?? '';
  await resident.goesOut();
  await court.at('2020-02-24 20:10');
  await resident.comesIn();
  const visitor = court.person({ kind: 'visitor', passId: PLUMBER });
  const until = { untilMs: gate.clock.read().wallMs + 3_600_000 };
  gate.desk.give({ type: 'visitor', passId: PLUMBER, label: 'Plumber', ...until, ...court.guard('3-502') });
  gate.desk.give({ type: 'confirm-host', passId: PLUMBER, ...court.guard('Asked') });
  await court.later(60);
  await visitor.comesIn();
  await court.at('2020-02-25 00:10');

  const search = async (question: Partial<HistoryQuestion>): Promise<HistoryAnswer> => {
    const around = { of: 'around', date: '2020-02-24', time: '20:10', minutes: 5 } as const;
    const found = await gate.history.search({ period: around, ...question }, 'chen');
    if (found === 'busy') throw new Error('busy');
    return found;
  };
  const lines = async (question: Partial<HistoryQuestion>) => (await search(question)).lines.map(said);
  const looks = () => gate.data('operator.lookup');
  const atTen = await search({});
  expect(atTen.lines.map(said)).toEqual(['Granted visitor main-in Plumber', 'Granted resident main-in']);
  expect(atTen).toMatchObject({ bounds: RETENTION });
  expect(atTen.next).toBeUndefined();
  const span = { from: '2020-02-24T12:05:00.000Z', to: '2020-02-24T12:16:00.000Z' };
  expect(looks()).toEqual([{ operator: 'chen', of: 'period', ...span }]);
  await search({ accessPoint: 'main-out' });
  expect(looks()).toHaveLength(1);

  const yesterday = { period: { of: 'yesterday' } } as const;
  expect(await lines(yesterday)).toHaveLength(3);
  expect(await lines({ ...yesterday, accessPoint: 'main-out' })).toEqual(['Granted resident main-out']);
  expect(await lines({ ...yesterday, kind: 'visitor' })).toEqual(['Granted visitor main-in Plumber']);
  expect(await lines({ ...yesterday, decision: 'Denied' })).toEqual([]);
  expect(await lines({ ...yesterday, reason: 'gp:QuotaExceeded' })).toEqual([]);
  expect(await lines({ period: { of: 'today' } })).toEqual([]);
  expect(await lines({ period: { of: 'hour' } })).toEqual([]);
  const periods = looks().length;

  // A person: one row for each pass of whom something was shown, and one for whom nothing was.
  expect(await lines({ ...yesterday, holderRef: HOLDER })).toHaveLength(2);
  expect(await lines({ period: { of: 'kept' }, passId })).toHaveLength(2);
  expect(await lines({ ...yesterday, passId: 'ffffffffffffffff' })).toEqual([]);
  expect(looks().slice(periods)).toEqual([
    { operator: 'chen', of: 'holder', passId, holderRef: HOLDER },
    { operator: 'chen', of: 'pass', passId, holderRef: HOLDER },
    { operator: 'chen', of: 'pass', passId: 'ffffffffffffffff' },
  ]);

  // They are counted for whoever asks what is kept.
  const kinds = [...gate.store.passRecords.rows({ passId, holderRef: HOLDER })].flat();
  expect(kinds.filter(({ name }) => name === 'operator.lookup')).toHaveLength(2);

  // The whole passage: what was asked, what the guard did, what became of it.
  const [line] = atTen.lines;
  if (line?.form !== 'full') throw new Error('no line');
  const opened = await gate.history.open(line.sequence, 'wang');
  if (opened === 'busy') throw new Error('busy');
  expect(opened?.line).toEqual(line);
  expect(opened?.steps.map(({ name }) => name)).toEqual(['access.granted', 'access.taken']);
  expect(looks().at(-1)).toMatchObject({ operator: 'wang', of: 'passage', passId: PLUMBER });
  expect(await gate.history.open(1, 'wang')).toBeUndefined();
  expect(await gate.history.open(999_999, 'wang')).toBeUndefined();
  const after = looks().length;
  await gate.history.open(line.sequence, 'wang');
  expect(looks()).toHaveLength(after);
  await court.later(15 * 60);
  await gate.history.open(line.sequence, 'wang');
  expect(looks()).toHaveLength(after + 1);

  // What is left of passages when their time is over tells nobody from another.
  await court.later(8 * 3_600);
  const kept = await search({ period: { of: 'kept' } });
  expect(kept.lines.map(said)).toEqual(['3 Granted']);
  expect(kept.lines.map((one) => 'timeMs' in one && one.timeMs % 3_600_000)).toEqual([0]);
  expect(await lines({ period: { of: 'kept' }, passId })).toEqual([]);
  expect(await gate.history.open(line.sequence, 'wang')).toBeUndefined();
});
