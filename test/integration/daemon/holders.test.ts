import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { DecisionView, PassageView } from '../../../src/ports/boards.ts';
import { Mosquitto } from '../../support/broker/mosquitto.ts';
import { EventWatch } from '../../support/gate/event-watch.ts';
import { issuePass, TestGate } from '../../support/gate/gate.ts';
import { needs } from '../../support/needs.ts';
import { builtScreens } from '../../support/screens/built-screens.ts';
import { GuardClient } from '../../support/screens/guard-client.ts';
import { shot } from '../../support/screens/screen-browser.ts';
import { decision, passage, SITE } from '../../support/screens/screen-samples.ts';
import { OPERATOR, PASSWORD } from '../../support/screens/web-kiosk.ts';

const HOLDER = 'a1b2c3d4e5f6';
const NAME = 'Wang Xiuying';
const UNIT = '3-2-501';
const PNG = Buffer.from(
  '89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478da63f8cf50f01f0005fe02fe0d2a1dbd0000000049454e44ae426082',
  'hex',
);
/** The built program, as the daemon under test is. */
const GATEPOST = 'dist/src/cli/gatepost.js';

needs('mosquitto', 'socat')('the register of holders on a running daemon', () => {
  async function importHolders(gate: TestGate, table: string): Promise<void> {
    const photos = join(gate.folder, 'photos');
    mkdirSync(photos, { recursive: true });
    writeFileSync(join(photos, `${HOLDER}.png`), PNG);
    const file = join(gate.folder, 'holders.csv');
    writeFileSync(file, table);
    const words = ['directory', 'import', file, '--photos', photos, '--config', gate.config];
    const child = spawn(process.execPath, [GATEPOST, ...words], { stdio: 'inherit' });
    expect(await once(child, 'exit')).toEqual([0, null]);
  }

  it('tells the guard who stands there, and nobody outside the kiosk', async () => {
    const broker = await Mosquitto.start();
    onTestFinished(() => broker.stop());
    const events = await EventWatch.start(broker.url);
    onTestFinished(() => events.stop());
    const gate = await TestGate.set({ mqttUrl: broker.url, screening: 'off', contact: false });
    onTestFinished(() => gate.dispose());
    const daemon = await gate.start();
    const guard = await GuardClient.signIn(daemon);
    onTestFinished(() => guard.close());
    const decisions = () => (guard.screen.latest('decisions') ?? []) as readonly DecisionView[];

    gate.show(issuePass({ holderRef: HOLDER }).text);
    await guard.screen.until(() => decisions().length === 1);
    expect(decisions()[0]?.holder).toBeUndefined();

    await importHolders(gate, `holder,label,unit\n${HOLDER},${NAME},${UNIT}\n`);
    await guard.seesPerson('Idle');
    gate.show(issuePass({ holderRef: HOLDER }).text);
    await guard.screen.until(() => decisions().length === 2);
    const holder = { label: NAME, unit: UNIT, hasPhotograph: true };
    expect(decisions()[0]).toMatchObject({ decision: 'Granted', holder });
    const shown = guard.screen.messages.flat().filter(({ topic }) => topic === 'passage/main-in');
    expect(shown.map(({ value }) => (value as PassageView).holder)).toContainEqual(holder);

    await events.next('directory.applied');
    await guard.screen.until(() => guard.screen.latest('passage/main-in') !== undefined);
    const published = events.recent.map(({ body }) => body.toString()).join('\n');
    expect(published).toContain(HOLDER);
    for (const word of [NAME, UNIT, PNG.toString('base64')]) expect(published).not.toContain(word);
  });
});

needs('chromium')("the guard's screen with a register", () => {
  const { start, visit } = builtScreens();

  it('shows name, unit and photograph as they are written, and runs nothing of them', async () => {
    const hostile = '<img src=x onerror=alert(1)>';
    const holder = { label: hostile, unit: '3-2-501', hasPhotograph: true };
    const kiosk = await start({
      registerLooks: {
        search: () => ({ holders: [], visitors: [] }),
        photograph: () => ({ type: 'image/png', bytes: PNG }),
      },
    });
    const page = await visit(kiosk, '/guard/', { viewport: { width: 1366, height: 768 } });
    await page.getByLabel('姓名').fill(OPERATOR);
    await page.getByLabel('密码').fill(PASSWORD);
    await page.getByRole('button', { name: '登录' }).click();
    const feed = kiosk.server.guardFeed;
    feed.publish('site', SITE);
    feed.publish('decisions', [decision(1, { holder, holderRef: HOLDER })]);
    feed.publish(
      'passage/main-in',
      passage({ feedback: 'GuardCalled', kind: 'resident', holder, holderRef: HOLDER }),
    );
    await page.locator('.whose strong').getByText(hostile).waitFor();
    expect(await page.locator('.decisions .holder strong').innerText()).toBe(`${hostile} 3-2-501`);
    expect(await page.locator('img[src=x]').count()).toBe(0);
    await expect.poll(() => page.evaluate("document.querySelector('.whose img').naturalWidth")).toBe(1);
    await shot(page, 'guard-holder');
  });
});
