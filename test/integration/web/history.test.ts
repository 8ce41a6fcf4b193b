import { expect, it } from 'vitest';
import { GatepostError } from '../../../src/core/errors.ts';
import type { HistoryAnswer, HistoryDesk, HistoryQuestion } from '../../../src/ports/passage-history.ts';
import { OPERATOR, PASSWORD, startKiosk } from '../../support/screens/web-kiosk.ts';

const NOTHING: HistoryAnswer = {
  lines: [],
  ...{ fromMs: 1, toMs: 2 },
  bounds: { accessMs: 3, screeningMs: 4, reducedMs: 5 },
};

/** Records what it is asked; answers or throws what the test sets. */
class RecordingHistory implements HistoryDesk {
  readonly asked: object[] = [];
  answer: HistoryAnswer | 'busy' | Error = NOTHING;

  async search(question: HistoryQuestion, operator: string) {
    this.asked.push({ ...question, operator });
    if (this.answer instanceof Error) throw this.answer;
    return this.answer;
  }
  async open(sequence: number, operator: string) {
    this.asked.push({ sequence, operator });
    return this.answer === 'busy' ? this.answer : undefined;
  }
}

const TODAY = { of: 'today' };
const AROUND = { of: 'around', date: '2026-11-29', time: '14:10', minutes: 15 };
const WRONG: readonly object[] = [
  {},
  { period: 'today' },
  { period: { of: 'week' } },
  { period: { of: 'today', date: '2026-11-29' } },
  { period: { of: 'day' } },
  { period: { of: 'day', date: '29.11.2026' } },
  { period: { of: 'day', date: '2026-02-30' } },
  { period: { ...AROUND, time: '24:00' } },
  { period: { ...AROUND, time: '14:10:00' } },
  { period: { ...AROUND, minutes: 7 } },
  { period: { ...AROUND, minutes: '15' } },
  { period: TODAY, accessPoint: "main'; DROP TABLE event" },
  { period: TODAY, accessPoint: '' },
  { period: TODAY, decision: 'granted' },
  { period: TODAY, reason: 'gp:NoSuch' },
  { period: TODAY, kind: 'robot' },
  { period: TODAY, passId: '00112233AABBCCDD' },
  { period: TODAY, passId: '0011' },
  { period: TODAY, passId: ['00112233aabbccdd'] },
  { period: TODAY, holderRef: 'a1b2c3d4e5f' },
  { period: TODAY, label: '赵兰' },
  { period: TODAY, operator: 'Chen' },
  { period: TODAY, from: {} },
  { period: TODAY, from: { toMs: -1 } },
  { period: TODAY, from: { toMs: 1e300 } },
  { period: TODAY, from: { toMs: 1, before: 0 } },
  { period: TODAY, from: { toMs: 1, before: 1.5 } },
  { period: TODAY, from: { toMs: 1, before: 1, more: true } },
  { period: TODAY, limit: 100_000 },
];

it('asks what was asked in the name of who is signed in, and refuses each wrong member before anything is read', async () => {
  const history = new RecordingHistory();
  const { send, signIn } = await startKiosk({ history });
  const cookie = await signIn();
  const search = (body: unknown) => send('POST', '/api/history/search', body, { cookie });
  for (const body of [...WRONG, [], null]) expect([body, (await search(body)).status]).toEqual([body, 400]);
  for (const sequence of [undefined, 0, -1, 1.5, '7', 2 ** 60, null])
    expect((await send('POST', '/api/history/open', { sequence }, { cookie })).status).toBe(400);
  expect(history.asked).toEqual([]);

  const from = { toMs: 1_600_000_000_000, before: 77 };
  const full = {
    ...{ period: AROUND, accessPoint: 'main-in', decision: 'Denied', reason: 'gp:QuotaExceeded' },
    ...{ kind: 'resident', passId: '00112233aabbccdd', holderRef: 'a1b2c3d4e5f6', from },
  };
  const answer = await search(full);
  expect([answer.status, answer.json]).toEqual([200, NOTHING]);
  expect(history.asked.splice(0)).toEqual([{ ...full, operator: OPERATOR }]);

  history.answer = 'busy';
  expect(await search({ period: TODAY })).toMatchObject({
    status: 429,
    json: { error: 'too_many_requests' },
  });
  history.answer = new GatepostError('usage', 'There is no such day.');
  expect((await search({ period: TODAY })).status).toBe(400);
  history.answer = new GatepostError('log.unavailable', 'The card is full.');
  expect(await search({ period: TODAY })).toMatchObject({ status: 503, json: { error: 'log.unavailable' } });
  history.answer = NOTHING;
  const gone = await send('POST', '/api/history/open', { sequence: 12 }, { cookie });
  expect([gone.status, history.asked.at(-1)]).toEqual([404, { sequence: 12, operator: OPERATOR }]);
});

it('tells nothing at a desk that was left, and slows down whoever leafs through everything', async () => {
  const history = new RecordingHistory();
  const { send, signIn, clock } = await startKiosk({ history });
  const cookie = await signIn();
  const search = () => send('POST', '/api/history/search', { period: TODAY }, { cookie });
  clock.advance(16 * 60_000);
  const left = await search();
  expect(left).toMatchObject({ status: 403, json: { error: 'desk.unattended' } });
  expect((await send('POST', '/api/history/open', { sequence: 1 }, { cookie })).status).toBe(403);
  expect(history.asked).toEqual([]);
  expect((await send('POST', '/api/session', { password: PASSWORD }, { cookie })).status).toBe(200);
  let last = await search();
  expect(last.status).toBe(200);
  for (let asked = 0; asked < 60 && last.status === 200; asked += 1) last = await search();
  expect(last.status).toBe(429);
  expect(history.asked.length).toBeLessThan(61);
});
