import { expect, it } from 'vitest';
import type { AttentionView } from '../../../src/ports/boards.ts';
import { needs } from '../../support/needs.ts';
import { builtScreens } from '../../support/screens/built-screens.ts';
import { fillDesk } from '../../support/screens/desk-samples.ts';
import { axeFindings, overflows, shot, tones } from '../../support/screens/screen-browser.ts';
import { attentionItem, DOOR, decision, passage, promptView } from '../../support/screens/screen-samples.ts';
import { OPERATOR, PASSWORD } from '../../support/screens/web-kiosk.ts';

/** Longer than the pause between two tones, in milliseconds. */
const LISTENING_MS = 9_000;
const OFFICE = { telephone: '021 5550 1234', hours: '8:00 - 18:00' };

needs('chromium')('calling the guard', () => {
  const { start, signedIn, visit } = builtScreens();

  it.each<AttentionView['kind']>(['elevated', 'forced', 'device'])(
    'sounds for %s until it is seen, and says who and what to do',
    async (kind) => {
      const kiosk = await start();
      fillDesk(kiosk);
      const feed = kiosk.server.guardFeed;
      feed.publish('decisions', [
        decision(1, { passId: '1'.repeat(16), holder: { label: '赵兰', unit: '3-502' } }),
      ]);
      const page = await signedIn(kiosk);
      const heard = await tones(page);
      const item = attentionItem(kind, {
        passage: 'p1',
        ...(kind === 'device' ? { role: 'thermometer' as const } : {}),
      });
      feed.publish('attention', [item, { ...item, id: `${kind}:2`, count: 3 }]);
      const line = page.locator('.attention li');
      await line.getByText('共 4 次').waitFor();
      await line.getByText('赵兰 3-502').waitFor();
      await expect.poll(heard).toBeGreaterThan(0);
      const first = await heard();
      await expect.poll(heard, { timeout: LISTENING_MS * 4 }).toBeGreaterThan(first);
      expect(await axeFindings(page)).toEqual([]);
      await line.getByRole('button', { name: '知道了' }).click();
      await expect
        .poll(() => kiosk.desk.orders)
        .toMatchObject([
          { type: 'seen', id: item.id },
          { type: 'seen', id: `${kind}:2` },
        ]);
      feed.publish('attention', []);
      await line.waitFor({ state: 'detached' });
    },
  );

  it('is silent about a person under duress, whose line is in sight however many there are', async () => {
    const kiosk = await start();
    fillDesk(kiosk);
    const page = await signedIn(kiosk, { viewport: { width: 1024, height: 600 } });
    const heard = await tones(page);
    const others = Array.from({ length: 30 }, (_, at) =>
      attentionItem('antipassback', { id: `antipassback:${at}`, accessPoint: `gate-${at}` }),
    );
    kiosk.server.guardFeed.publish('attention', [...others, attentionItem('duress')]);
    const line = page.locator('.attention li', { hasText: '请留意此人' });
    await line.waitFor();
    await page.waitForTimeout(LISTENING_MS);
    expect(await heard()).toBe(0);
    const box = await line.boundingBox();
    expect((box?.y ?? 600) + (box?.height ?? 0)).toBeLessThan(600);
    await shot(page, 'guard-duress-1024');
  });

  it('rings on a page where nobody is signed in, and names nobody', async () => {
    const kiosk = await start();
    fillDesk(kiosk);
    const feed = kiosk.server.guardFeed;
    const page = await visit(kiosk, '/guard/');
    await page.getByText('这个屏幕没有人登录').waitFor();
    await page.mouse.click(5, 5);
    const heard = await tones(page);
    feed.publish('attention', [attentionItem('duress')]);
    feed.publish('passage/main-in', passage({ feedback: 'GuardCalled', label: '赵兰', reasons: [] }));
    feed.publish('door/main', { ...DOOR, alarm: 'DoorForcedOpen' });
    await page.getByText('有 2 件事在等保安').waitFor();
    await expect.poll(heard).toBeGreaterThan(0);
    expect(await page.content()).not.toMatch(/赵兰|Main door|main-in/);
    expect(await axeFindings(page)).toEqual([]);
    await shot(page, 'guard-signed-out');
    await page.getByLabel('姓名').fill(OPERATOR);
    await page.getByLabel('密码').fill(PASSWORD);
    await page.getByRole('button', { name: '登录' }).click();
    await page.getByRole('alert').getByText('门被强行打开').waitFor();
    // Whoever signs out looks at a page that still rings.
    await page.getByRole('button', { name: '退出' }).click();
    await page.getByText('有 2 件事在等保安').waitFor();
  });

  it('tells the resident whom to call where no guard is, and promises none', async () => {
    const kiosk = await start({
      prompt: {
        accessPoints: [{ id: 'main-in', direction: 'in', door: 'main' }],
        language: 'zh-CN',
        languages: ['zh-CN', 'en'],
        timeZone: 'Asia/Shanghai',
        simulated: true,
        office: OFFICE,
      },
    });
    const called = promptView({ feedback: 'GuardCalled', reason: 'gp:TemperatureSensorFault' });
    kiosk.server.residentPrompt.show({ ...called, guardAway: true });
    const page = await visit(kiosk, '/prompt/?accessPoint=main-in');
    await page.getByText('请找保安').first().waitFor();
    await page.getByText(OFFICE.telephone).first().waitFor();
    expect(await page.content()).not.toMatch(/马上就来|is coming/);
    await shot(page, 'prompt-guard-away');
    kiosk.server.residentPrompt.show(called);
    await page.getByText('保安马上就来').first().waitFor();
  });

  it('calls the guard with one press, rings there, and says what was answered', async () => {
    const assists: [string, string][] = [];
    const kiosk = await start({
      prompt: {
        accessPoints: [{ id: 'main-in', direction: 'in', door: 'main' }],
        language: 'zh-CN',
        languages: ['zh-CN', 'en'],
        timeZone: 'Asia/Shanghai',
        simulated: true,
        office: OFFICE,
        assist: { button: true, otherGate: '东门（24 小时）' },
      },
      assist: {
        take: (accessPoint, order) => {
          assists.push([accessPoint, order]);
          kiosk.server.guardFeed.publish('attention', [attentionItem('assist', { accessPoint })]);
          kiosk.server.residentPrompt.show(promptView({ assist: { status: 'ringing', sinceSeconds: 0 } }));
          return true;
        },
      },
    });
    fillDesk(kiosk);
    const desk = await signedIn(kiosk);
    const heard = await tones(desk);
    const prompt = await visit(kiosk, '/prompt/?accessPoint=main-in', {
      viewport: { width: 800, height: 480 },
    });
    kiosk.server.residentPrompt.show(promptView({}));
    const button = prompt.getByRole('button', { name: '呼叫保安' });
    await button.waitFor();
    const box = await button.boundingBox();
    expect(box?.height).toBeGreaterThanOrEqual(72);
    expect(await axeFindings(prompt)).toEqual([]);
    await shot(prompt, 'assist-idle-800');
    await button.click();
    await prompt.getByText('正在呼叫保安').first().waitFor();
    expect(assists).toEqual([['main-in', 'call']]);
    const line = desk.locator('.attention li', { hasText: '有人在呼叫您' });
    await line.getByText('main-in').waitFor();
    await expect.poll(heard).toBeGreaterThan(0);
    expect(await axeFindings(desk)).toEqual([]);
    await shot(desk, 'assist-desk');
    await line.getByRole('button', { name: '马上去' }).click();
    await expect
      .poll(() => kiosk.desk.orders)
      .toEqual([
        expect.objectContaining({ type: 'answer-assist', accessPoint: 'main-in', answer: 'coming' }),
      ]);
    const states = [
      ['ringing', '正在呼叫保安', 'The guard is being called'],
      ['unanswered', OFFICE.telephone, '东门（24 小时）'],
      ['coming', '保安马上就来', 'The guard is coming'],
      ['refused', '保安现在来不了', OFFICE.hours],
    ] as const;
    for (const viewport of [
      { width: 800, height: 480 },
      { width: 480, height: 800 },
      { width: 1024, height: 600 },
    ]) {
      await prompt.setViewportSize(viewport);
      for (const [status, ...texts] of states) {
        kiosk.server.residentPrompt.show(promptView({ assist: { status, sinceSeconds: 31 } }));
        for (const text of texts) await prompt.getByText(text).first().waitFor();
        expect(await overflows(prompt)).toBe(false);
        expect(await axeFindings(prompt)).toEqual([]);
        await shot(prompt, `assist-${status}-${viewport.width}`);
      }
    }
    // What the person has to do goes before the words about the call, which the foot then says.
    kiosk.server.residentPrompt.show(
      promptView({ feedback: 'Measure', assist: { status: 'unanswered', sinceSeconds: 31 } }),
    );
    await prompt.getByText('请将额头靠近测温口').first().waitFor();
    await prompt.getByText('还没有人应答，铃还在响').waitFor();
    await shot(prompt, 'assist-measure-1024');
    await prompt.getByRole('button', { name: '不用帮忙了' }).click();
    await expect.poll(() => assists.at(-1)).toEqual(['main-in', 'end']);
  });

  it('knows whether a guard’s page is open', async () => {
    const kiosk = await start();
    const { guardPresence } = kiosk.server;
    const changes: boolean[] = [];
    guardPresence.onChange(() => changes.push(guardPresence.isThere()));
    fillDesk(kiosk);
    expect(guardPresence.isThere()).toBe(false);
    const page = await signedIn(kiosk);
    await expect.poll(() => changes).toEqual([true]);
    await page.getByRole('button', { name: '退出' }).click();
    await expect.poll(() => changes).toEqual([true, false]);
  });
});
