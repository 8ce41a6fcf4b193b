import { describe, expect, it } from 'vitest';
import { RecordingDemo, startKiosk } from '../../support/screens/web-kiosk.ts';

async function demoKiosk() {
  const stage = new RecordingDemo();
  return { stage, ...(await startKiosk({ demo: stage })) };
}

describe('the demo panel', () => {
  it('hands every order to the stage without sign-in', async () => {
    const { send, stage } = await demoKiosk();
    const orders = [
      ['present', { accessPoint: 'main-in', sample: 'resident' }],
      ['scan', { accessPoint: 'main-in', text: "'; DROP TABLE passes;--\u0000<script>" }],
      ['person', { accessPoint: 'main-in', person: { present: true, foreheadC: 36.4, roomC: 21 } }],
      ['door', { door: 'main', open: true }],
      ['input', { door: 'main', input: 'fire', active: true }],
      ['unplug', { device: 'scanner:main-in', unplugged: true }],
      ['clock', { time: '04:00' }],
      ['clock', {}],
      ['story', { running: true }],
    ] as const;
    for (const [path, order] of orders) {
      const answer = await send('POST', `/api/demo/${path}`, order);
      expect([path, answer.status]).toEqual([path, 200]);
    }
    expect(stage.orders).toEqual(orders.map(([kind, order]) => ({ kind, ...order })));
    expect((await send('GET', '/api/demo')).json).toEqual(stage.state());
    expect((await send('GET', '/demo/')).text).toBe('demo page');
    expect((await send('GET', '/api/session')).json).toMatchObject({ demo: true });
  });

  it('takes a picture of up to 4 MiB and no more', async () => {
    const { send, stage } = await demoKiosk();
    const post = (bytes: number, type = 'image/png') =>
      send('POST', '/api/demo/picture?accessPoint=main-in', new Uint8Array(bytes), { 'content-type': type });
    const largest = await post(4 * 1024 * 1024);
    expect([largest.status, largest.json]).toEqual([200, { characters: 7 }]);
    expect((await post(4 * 1024 * 1024 + 1)).status).toBe(413);
    expect((await post(10, 'text/html')).status).toBe(415);
    expect((await send('POST', '/api/demo/picture?accessPoint=main-in')).status).toBe(400);
    expect((await send('POST', '/api/demo/picture?accessPoint=..', new Uint8Array(1))).status).toBe(415);
    expect(stage.orders).toEqual([{ kind: 'picture', accessPoint: 'main-in', bytes: 4 * 1024 * 1024 }]);
  });

  it("passes the stage's own complaint on", async () => {
    const { send } = await demoKiosk();
    const answer = await send('POST', '/api/demo/scan', { accessPoint: 'nowhere', text: 'x' });
    expect([answer.status, answer.json]).toEqual([
      400,
      { error: 'usage', message: 'There is no such access point.' },
    ]);
  });

  it.each(['4:00', '24:00', '12:60', '', 'now'])('moves no clock to %j', async (time) => {
    const { send, stage } = await demoKiosk();
    expect((await send('POST', '/api/demo/clock', { time })).status).toBe(400);
    expect(stage.orders).toEqual([]);
  });

  it.each([
    { door: 'main', input: 'lock', active: true },
    { door: 'main', input: 'fire', active: 'yes' },
    { input: 'fire', active: true },
  ])('does not pass on %o', async (order) => {
    const { send, stage } = await demoKiosk();
    expect((await send('POST', '/api/demo/input', order)).status).toBe(400);
    expect(stage.orders).toEqual([]);
  });

  it('obeys only its own pages', async () => {
    const { send, stage } = await demoKiosk();
    const order = { accessPoint: 'main-in', sample: 'resident' };
    const answer = await send('POST', '/api/demo/present', order, { origin: 'https://evil.example' });
    expect(answer.status).toBe(403);
    expect(stage.orders).toEqual([]);
  });

  it('does not exist where no stage is given', async () => {
    const { send } = await startKiosk();
    expect((await send('GET', '/api/demo')).status).toBe(404);
    for (const path of [
      'present',
      'scan',
      'person',
      'door',
      'input',
      'unplug',
      'picture',
      'clock',
      'story',
    ]) {
      expect((await send('POST', `/api/demo/${path}`, {})).status).toBe(404);
    }
  });
});
