import { expect, it } from 'vitest';
import { replaceDirectory } from '../../../src/adapters/sqlite/directory-file.ts';
import { VirtualClock } from '../../support/clock/virtual-clock.ts';
import { startKiosk } from '../../support/screens/web-kiosk.ts';
import { SilentLogger } from '../../support/silent-logger.ts';
import { openStore, temporaryFolder } from '../../support/store/store-folder.ts';

const ZHAO = { holderRef: 'a1b2c3d4e5f6', label: '赵兰', unit: '3-502' };
const LI = { holderRef: 'a1b2c3d4e5f7', label: 'Li 100%', unit: '3-503' };

it('finds holders by a part of their name or flat, for signed-in guards only, so many at a time', async () => {
  const folder = temporaryFolder();
  const clock = new VirtualClock();
  const store = await openStore(folder, { clock });
  const place = { folder, site: 'willow-court', gate: 'north', clock, logger: new SilentLogger() };
  const many = Array.from({ length: 40 }, (_, at) => ({
    holderRef: `b${String(at).padStart(11, '0')}`,
    label: `Chen ${at}`,
    unit: `7-${at}`,
  }));
  await replaceDirectory(place, [ZHAO, LI, ...many], () => undefined);
  const kiosk = await startKiosk({
    clock,
    registerLooks: {
      search: (text, limit) => ({ holders: store.holders.search(text, limit), visitors: [] }),
      photograph: () => undefined,
    },
  });
  const cookie = await kiosk.signIn();
  const find = async (text: unknown, headers: Record<string, string> = { cookie }) => {
    const { status, json } = await kiosk.send('POST', '/api/guard/find-holder', { text }, headers);
    return { status, holders: (json as { holders?: object[] }).holders };
  };
  expect(await find('赵')).toEqual({ status: 200, holders: [ZHAO] });
  expect(await find('3-50')).toEqual({ status: 200, holders: [ZHAO, LI] });
  expect(await find('li')).toEqual({ status: 200, holders: [LI] });
  expect(await find('%')).toEqual({ status: 200, holders: [LI] });
  expect(await find('_')).toEqual({ status: 200, holders: [] });
  expect((await find('Chen')).holders).toHaveLength(12);
  for (const wrong of ['', '   ', 'x'.repeat(31), 7, undefined, 'a\nb'])
    expect((await find(wrong)).status).toBe(400);
  expect((await find('赵', {})).status).toBe(401);
  const statuses = [];
  for (let asked = 0; asked < 130; asked += 1) statuses.push((await find('赵')).status);
  expect(statuses.at(-1)).toBe(429);
  await store.stop();
});
