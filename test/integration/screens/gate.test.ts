import { expect, it } from 'vitest';
import type { AttentionView, PassageView } from '../../../src/ports/boards.ts';
import { needs } from '../../support/needs.ts';
import { builtScreens } from '../../support/screens/built-screens.ts';
import { dialogGone } from '../../support/screens/dialog-gone.ts';
import { axeFindings, overflows, shot } from '../../support/screens/screen-browser.ts';
import {
  attentionItem,
  DOOR,
  device,
  NIGHT_MS,
  passage,
  SITE,
} from '../../support/screens/screen-samples.ts';
import { type Kiosk, OPERATOR, PASSWORD } from '../../support/screens/web-kiosk.ts';

const WORKER = { passage: '1', kind: 'worker', passId: '00112233445566aa' } as const;

/** Who stands at the way in. */
function fillGate(kiosk: Kiosk, person: Partial<PassageView>): void {
  const feed = kiosk.server.guardFeed;
  feed.publish('site', SITE);
  feed.publish('clock', { wallMs: NIGHT_MS, quality: 'synced' });
  feed.publish('queue', { pending: 0, connected: true });
  feed.publish('door/main', DOOR);
  feed.publish('device/thermometer:main-in', device('thermometer:main-in'));
  feed.publish('passage/main-in', passage(person));
  feed.publish('passage/main-out', passage({ accessPoint: 'main-out' }));
  feed.publish('decisions', []);
}

needs('chromium')('who stands at the gate, in a browser', () => {
  const { start, signedIn } = builtScreens();

  it('meets a way out of service: the guard sees by whom and since when, and puts it back', async () => {
    const kiosk = await start();
    fillGate(kiosk, { feedback: 'Disabled' });
    const out = { sinceMs: NIGHT_MS - 3_600_000, by: '王强', note: '<b>清洁</b>' };
    const [way, ...others] = SITE.accessPoints;
    if (way === undefined) throw new Error('the sample has no way in');
    const site = { ...SITE, accessPoints: [{ ...way, enabled: false, outOfService: out }, ...others] };
    kiosk.server.guardFeed.publish('site', site);
    const page = await signedIn(kiosk);
    const card = page.getByRole('article', { name: '进 main-in' });
    await card.getByText('2月24日 02:12 起停用，王强：“<b>清洁</b>”').waitFor();
    await shot(page, 'gate-out-of-service');
    expect(await axeFindings(page)).toEqual([]);
    await card.getByRole('button', { name: '恢复使用' }).click();
    await page.getByLabel('请再输入您的密码').fill(PASSWORD);
    await page.getByRole('button', { name: '已清洁' }).click();
    await page.getByRole('button', { name: '确认' }).click();
    await dialogGone(page);
    await page.getByText('常开、封闭、锁闭、解锁、停用').click();
    await page.getByRole('button', { name: '停用“出 main-out”' }).click();
    await page.getByRole('button', { name: '清洁', exact: true }).click();
    await page.getByRole('button', { name: '确认' }).click();
    await dialogGone(page);
    expect(kiosk.desk.orders).toEqual([
      { type: 'enable', accessPoint: 'main-in', note: '已清洁', operator: OPERATOR },
      { type: 'disable', accessPoint: 'main-out', note: '清洁', operator: OPERATOR },
    ]);
  });

  it('finds a door that is unlocked until it is locked again', async () => {
    const kiosk = await start();
    fillGate(kiosk, { feedback: 'Idle' });
    const page = await signedIn(kiosk);
    await page.getByText('常开、封闭、锁闭、解锁、停用').click();
    await page.getByRole('button', { name: '解锁', exact: true }).click();
    await page.getByText('直到您重新上锁或封闭').waitFor();
    await page.getByLabel('请再输入您的密码').fill(PASSWORD);
    await page.getByRole('button', { name: '送货' }).click();
    await page.getByRole('button', { name: '确认' }).click();
    await dialogGone(page);
    kiosk.server.guardFeed.publish('door/main', { ...DOOR, mode: 'Unlocked', released: true });
    await page.getByRole('button', { name: '重新上锁' }).click();
    await page.getByRole('button', { name: '送货' }).click();
    await page.getByRole('button', { name: '确认' }).click();
    await dialogGone(page);
    expect(kiosk.desk.orders).toMatchObject([
      { type: 'door', door: 'main', verb: 'unlock' },
      { type: 'door', door: 'main', verb: 'lock' },
    ]);
  });

  it('can be measured once more with one press on a reason, and the card says that it happens', async () => {
    const kiosk = await start();
    fillGate(kiosk, {
      ...WORKER,
      feedback: 'Wait',
      reasons: ['gp:TemperatureNotMeasured'],
      cause: 'cold_skin',
      waitSeconds: 280,
    });
    const page = await signedIn(kiosk);
    const person = page.getByRole('article', { name: '进 main-in' });
    const button = person.getByRole('button', { name: '重新测温' });
    await button.waitFor();
    await shot(page, 'gate-measure-again');
    await button.click();
    await page.getByText('测温正常才会放行').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await shot(page, 'gate-measure-reason');
    await page.getByRole('button', { name: '已在室内暖和了' }).click();
    await dialogGone(page);
    expect(kiosk.desk.orders).toEqual([
      { type: 'measure', accessPoint: 'main-in', passage: '1', note: '已在室内暖和了', operator: OPERATOR },
    ]);
    kiosk.server.guardFeed.publish(
      'passage/main-in',
      passage({ ...WORKER, feedback: 'Measure', cause: 'repeat' }),
    );
    await person.getByText('正在测温').waitFor();
    await button.waitFor({ state: 'hidden' });
    await shot(page, 'gate-measuring');
  });

  it('is told when the gate does not measure', async () => {
    const kiosk = await start();
    fillGate(kiosk, { ...WORKER, feedback: 'AccessDenied', reasons: ['gp:TemperatureHigh'] });
    const page = await signedIn(kiosk);
    await page.getByRole('button', { name: '重新测温' }).click();
    kiosk.desk.answer = {
      status: 'refused',
      cause: 'nobody_to_measure',
      detail: 'Ask the person to show the pass once more.',
    };
    await page.getByRole('button', { name: '本人要求' }).click();
    await page.getByText('请让此人再出示一次通行证').waitFor();
    expect(await page.getByText('Ask the person').count()).toBe(0);
    await page.setViewportSize({ width: 390, height: 844 });
    await expect.poll(() => overflows(page)).toBe(false);
    await shot(page, 'gate-measure-refused-390');
  });

  it.each<[string, Partial<PassageView>]>([
    ['nobody stands', {}],
    ['the measuring is under way', { ...WORKER, feedback: 'Measure', cause: 'repeat', waitSeconds: 9 }],
    ['it is about something else', { ...WORKER, feedback: 'GuardCalled', reasons: ['gp:HostNotConfirmed'] }],
    [
      'something else was wrong too',
      { ...WORKER, feedback: 'AccessDenied', reasons: ['CredentialExpired', 'gp:TemperatureHigh'] },
    ],
    [
      'the guard has turned the person away',
      { ...WORKER, feedback: 'AccessDenied', reasons: ['gp:TemperatureHigh', 'gp:GuardDenied'] },
    ],
  ])('is not measured again where %s', async (_why, person) => {
    const kiosk = await start();
    fillGate(kiosk, person);
    const page = await signedIn(kiosk);
    await page.getByRole('button', { name: '放行进门' }).waitFor();
    expect(await page.getByRole('button', { name: '重新测温' }).count()).toBe(0);
  });

  it('is measured again only while the thermometer works', async () => {
    const kiosk = await start();
    fillGate(kiosk, { ...WORKER, feedback: 'GuardCalled', reasons: ['gp:TemperatureSensorFault'] });
    const page = await signedIn(kiosk);
    const button = page.getByRole('button', { name: '重新测温' });
    await button.waitFor();
    kiosk.server.guardFeed.publish(
      'device/thermometer:main-in',
      device('thermometer:main-in', { status: 'degraded', cause: 'sensor_stuck' }),
    );
    await button.waitFor({ state: 'hidden' });
  });
});

needs('chromium')('what the guard must look at, in a browser', () => {
  const { start, signedIn } = builtScreens();

  async function startWith(items: readonly AttentionView[]): Promise<Kiosk> {
    const kiosk = await start();
    fillGate(kiosk, {});
    kiosk.server.guardFeed.publish('attention', items);
    return kiosk;
  }

  it('calls to emergencies, and shows duress without reading it aloud', async () => {
    const kinds = ['emergency', 'duress', 'antipassback', 'lateReturn', 'orderBreached'] as const;
    const kiosk = await startWith(kinds.map((kind) => attentionItem(kind)));
    const page = await signedIn(kiosk);
    const aloud = page.locator('.attention [role=alert]');
    await aloud.getByText('急救通行').waitFor();
    await page.getByText('请留意此人').waitFor();
    expect(await aloud.getByText('请留意此人').count()).toBe(0);
    expect(await axeFindings(page)).toEqual([]);
    await shot(page, 'gate-attention');
    await page.setViewportSize({ width: 390, height: 844 });
    await expect.poll(() => overflows(page)).toBe(false);
    await shot(page, 'gate-attention-390');
  });

  it('leaves all screens when one guard has seen it, and not before the gate has taken it', async () => {
    const items = [attentionItem('emergency'), attentionItem('lateReturn')];
    const kiosk = await startWith(items);
    const [page, other] = [await signedIn(kiosk), await signedIn(kiosk)];
    const emergency = (screen: typeof page) => screen.getByRole('listitem').filter({ hasText: '急救通行' });
    await emergency(other).waitFor();
    kiosk.desk.answer = {
      status: 'refused',
      cause: 'not_recorded',
      detail: 'The order could not be written to the log.',
    };
    await emergency(page).getByRole('button', { name: '知道了' }).click();
    await emergency(page).getByText('门禁没有执行： 日志写不进去').waitFor();
    expect(await axeFindings(page)).toEqual([]);
    await shot(page, 'gate-attention-refused');
    kiosk.desk.answer = { status: 'done' };
    await emergency(page).getByRole('button', { name: '知道了' }).click();
    await expect
      .poll(() => kiosk.desk.orders.at(-1))
      .toEqual({
        type: 'seen',
        id: 'emergency:1',
        operator: OPERATOR,
      });
    await emergency(page).waitFor();
    kiosk.server.guardFeed.publish('attention', items.slice(1));
    for (const screen of [page, other]) {
      await emergency(screen).waitFor({ state: 'hidden' });
      await screen.getByText('外出超时返回').waitFor();
    }
    await page.reload();
    await page.getByText('外出超时返回').waitFor();
    expect(await emergency(page).count()).toBe(0);
  });

  it('is a scanner that sends noise, with what to do about it', async () => {
    const kiosk = await startWith([]);
    const noisy = device('scanner:main-in', { status: 'degraded', cause: 'scanner_noise' });
    kiosk.server.guardFeed.publish('device/scanner:main-in', noisy);
    const page = await signedIn(kiosk);
    await page.getByText('扫码器不断送来乱码。请擦净扫码窗口，检查线缆').waitFor();
    await shot(page, 'gate-noise');
  });

  it('holds a lock-out until it is over, which it says', async () => {
    const untilMs = NIGHT_MS + 10 * 60_000;
    const lockedOut = attentionItem('lockOut', { id: 'lockOut:main-in', untilMs });
    const kiosk = await startWith([lockedOut]);
    const page = await signedIn(kiosk);
    await page.getByText('03:22 自动解除').waitFor();
    expect(await page.getByRole('button', { name: '知道了' }).count()).toBe(0);
    kiosk.server.guardFeed.publish('attention', [{ ...lockedOut, over: true }]);
    await page.getByText('已于 03:22 自动解除').waitFor();
    expect(await page.getByRole('button', { name: '解除锁定' }).count()).toBe(0);
    expect(await axeFindings(page)).toEqual([]);
    await shot(page, 'gate-attention-over');
    await page.getByRole('button', { name: '知道了' }).click();
    await expect.poll(() => kiosk.desk.orders).toMatchObject([{ type: 'seen', id: 'lockOut:main-in' }]);
  });
});
