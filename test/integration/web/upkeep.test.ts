import { expect, it } from 'vitest';
import { GatepostError } from '../../../src/core/errors.ts';
import type { ExportOrder, UpkeepAnswer, UpkeepDesk, UpkeepView } from '../../../src/ports/upkeep.ts';
import { OPERATOR, PASSWORD, startKiosk } from '../../support/screens/web-kiosk.ts';

const VIEW: UpkeepView = {
  storage: { rows: 3 },
  backup: { lacks: 'folder' },
};

/** Records what it is asked; answers what the test sets. */
class RecordingUpkeep implements UpkeepDesk {
  readonly asked: object[] = [];
  answer: UpkeepAnswer = 'done';
  /** What the file consists of; an error breaks it off. */
  pieces: readonly (string | Error)[] = ['sequence,epoch\r\n', '1,e\r\n'];

  view() {
    return VIEW;
  }
  examine() {
    this.asked.push({ act: 'examine' });
    return this.answer;
  }
  backup(operator: string) {
    this.asked.push({ act: 'backup', operator });
    return this.answer;
  }
  export(order: ExportOrder, operator: string) {
    if (order.from === '2026-12-31') throw new GatepostError('usage', 'The last day lies before the first.');
    this.asked.push({ ...order, operator });
    return this.answer === 'busy' ? this.answer : this.#file();
  }
  standDown() {
    return { site: 'willow-court', commands: ['gatepost stand-down --confirm willow-court'] };
  }
  async *#file() {
    for (const piece of this.pieces) {
      if (piece instanceof Error) throw piece;
      yield new TextEncoder().encode(piece);
    }
  }
}

async function kiosk() {
  const upkeep = new RecordingUpkeep();
  const started = await startKiosk({ upkeep, cookieScope: 'willow-court_north' });
  const cookie = await started.signIn();
  const post = (path: string, body: object) => started.send('POST', `/api/upkeep/${path}`, body, { cookie });
  const get = (path: string, as = cookie) => started.send('GET', path, undefined, { cookie: as });
  return { ...started, upkeep, post, get };
}

it('tells whoever may know, and takes no order without the password or with anything else in it', async () => {
  const { upkeep, post, get } = await kiosk();
  expect((await get('/api/upkeep')).json).toEqual(VIEW);
  expect((await get('/api/upkeep/stand-down')).json).toMatchObject({ site: 'willow-court' });
  const format = { format: 'csv' };
  const refused: [string, object, number][] = [
    ['backup', {}, 400],
    ['backup', { password: 'wrong' }, 401],
    ['backup', { password: PASSWORD, folder: '/tmp' }, 400],
    ['export', format, 400],
    ['export', { ...format, password: 'wrong' }, 401],
    ['export', { password: PASSWORD }, 400],
    ['export', { format: 'xlsx', password: PASSWORD }, 400],
    ['export', { ...format, from: '29.11.2026', password: PASSWORD }, 400],
    ['export', { ...format, from: '--out', password: PASSWORD }, 400],
  ];
  for (const [path, body, status] of refused)
    expect([body, (await post(path, body)).status]).toEqual([body, status]);
  expect(upkeep.asked).toEqual([]);

  expect((await post('backup', { password: PASSWORD })).json).toEqual({ status: 'done' });
  expect((await post('examine', {})).json).toEqual({ status: 'done' });
  expect(upkeep.asked).toEqual([{ act: 'backup', operator: OPERATOR }, { act: 'examine' }]);
  upkeep.answer = 'busy';
  expect((await post('examine', {})).status).toBe(429);
  upkeep.answer = 'lacking';
  const lacking = await post('backup', { password: PASSWORD });
  expect([lacking.status, lacking.text]).toEqual([409, expect.stringContaining('backup.folder')]);
});

it('gives a file once, to the session that ordered it, and breaks it off where the log cannot be read on', async () => {
  const { upkeep, post, get, signIn } = await kiosk();
  const order = { format: 'csv', from: '2026-11-01' };
  const ordered = async (body: object = order) => {
    const { json } = await post('export', { ...body, password: PASSWORD });
    return (json as { path: string }).path;
  };
  const path = await ordered();
  expect(upkeep.asked).toEqual([]);
  expect((await get(path, await signIn())).status).toBe(404);
  const { status, text, headers } = await get(path);
  expect([status, text]).toEqual([200, 'sequence,epoch\r\n1,e\r\n']);
  expect(headers).toMatchObject({
    'content-type': 'text/csv; charset=utf-8',
    'cache-control': 'no-store',
    'content-disposition': expect.stringMatching(
      /^attachment; filename="gatepost-willow-court_north-[-\d]+\.csv"$/,
    ),
  });
  expect(upkeep.asked.splice(0)).toEqual([{ ...order, operator: OPERATOR }]);
  expect((await get(path)).status).toBe(404);
  expect((await get('/api/upkeep/export/..%2f..%2fetc')).status).toBe(404);

  upkeep.pieces = ['sequence,epoch\r\n', new Error('the card fails')];
  await expect(get(await ordered())).rejects.toThrow();
  upkeep.answer = 'busy';
  expect((await get(await ordered())).status).toBe(429);
  expect((await get(await ordered({ ...order, from: '2026-12-31' }))).status).toBe(400);
});
