import { execFileSync } from 'node:child_process';
import { createHash, X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ownPaths, readAuthority } from '../../../src/adapters/tls/own-files.ts';
import { freePort } from '../../support/free-port.ts';
import { DaemonProcess } from '../../support/gate/daemon.ts';
import { ONE_DOOR } from '../../support/gate/one-door.ts';
import { needs } from '../../support/needs.ts';
import { everyLook } from '../../support/screens/every-look.ts';
import { enterFirstGuard } from '../../support/screens/first-guard.ts';
import { GUARD } from '../../support/screens/guard-client.ts';
import { axeFindings, CHROMIUM, openPage, overflows, shot } from '../../support/screens/screen-browser.ts';

const NAME = 'gate.test';
const LANGUAGES = ['en', 'zh-CN', 'zh-TW'] as const;
const wordsOf = (language: string) => JSON.parse(readFileSync(`config/locales/${language}.json`, 'utf8'));
const WORDS = wordsOf('en');

needs('chromium')('a gate that makes its own certificate', () => {
  let folder: string;
  let daemon: DaemonProcess;
  let browser: Browser;
  let page: Page;
  let port: number;
  const config = () => join(folder, 'gate.yaml');
  const store = () => join(folder, 'state');

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gatepost-https-'));
    port = await freePort();
    const text = ONE_DOOR.replace('Asia/Shanghai', 'Asia/Shanghai, clock: trust');
    const web = `web: { port: 0, https: { host: 127.0.0.1, port: ${port}, hostNames: [${NAME}] } }`;
    writeFileSync(config(), `${text}\n${web}\n`);
    daemon = await DaemonProcess.start({ config: config() });
    // Without it a certificate would wait for 15 minutes in step with a time service.
    execFileSync(process.execPath, ['dist/src/cli/gatepost.js', 'clock', 'confirm', '--config', config()]);
    await daemon.log.until((lines) => lines.some(({ msg }) => msg.startsWith('The screens are served over')));
    const spki = new X509Certificate(readFileSync(ownPaths(store()).screens)).publicKey.export({
      ...{ type: 'spki', format: 'der' },
    });
    const pin = createHash('sha256').update(spki).digest('base64');
    const own = [
      `--ignore-certificate-errors-spki-list=${pin}`,
      `--host-resolver-rules=MAP ${NAME} 127.0.0.1`,
    ];
    browser = await chromium.launch({ ...CHROMIUM, args: [...CHROMIUM.args, ...own] });
  });
  afterAll(async () => {
    await browser?.close();
    await daemon?.kill('SIGTERM');
    rmSync(folder, { recursive: true, force: true });
  });

  it('is believed by whoever has its authority', async () => {
    const ca = readAuthority(store())?.cert;
    const socket = connect({
      host: '127.0.0.1',
      port,
      servername: NAME,
      ...(ca === undefined ? {} : { ca }),
    });
    await once(socket, 'secureConnect');
    expect(socket.authorized).toBe(true);
    socket.destroy();
    expect(JSON.stringify(daemon.log.items)).not.toMatch(/PRIVATE KEY/);
  });

  it('lets a guard sign in over it, where a page may ask for a microphone', async () => {
    ({ page } = await openPage(browser, { viewport: { width: 1366, height: 768 }, locale: 'en-US' }));
    await page.goto(`https://${NAME}:${port}/guard/`);
    await enterFirstGuard(page, daemon);
    await page.getByText(WORDS.guard.decisions.empty).waitFor();
    expect(await page.evaluate('isSecureContext && navigator.mediaDevices !== undefined')).toBe(true);
    const cookies = await page.context().cookies();
    expect(cookies.some(({ name }) => name.startsWith('__Host-gatepost_session'))).toBe(true);
    for (const { name, secure } of cookies)
      expect([name, secure]).toEqual([expect.stringMatching(/^__Host-gatepost_/), true]);
  });

  it('signs in and confirms orders with a passkey, and with none that was taken off', async () => {
    const device = await page.context().newCDPSession(page);
    await device.send('WebAuthn.enable');
    const options = {
      ...({ protocol: 'ctap2', transport: 'internal', hasResidentKey: true } as const),
      ...{ hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true },
    };
    const { authenticatorId } = await device.send('WebAuthn.addVirtualAuthenticator', { options });
    const { accounts, passkeys, dialog: words, setUp, signIn } = WORDS.guard;
    const dialog = page.getByRole('dialog');
    const button = (name: string) => page.getByRole('button', { name, exact: true });
    const open = () => page.getByRole('button', { name: GUARD.operator }).click();
    const loaded = () =>
      page.evaluate(() => performance.getEntriesByType('resource').map(({ name }) => name));
    const before = await loaded();
    await open();
    await button(accounts.acts.passkeys).click();
    await dialog.getByText(passkeys.none).waitFor();
    await dialog.getByLabel(passkeys.name).fill('Tablet');
    await dialog.getByLabel(accounts.own).fill(GUARD.password);
    expect(await axeFindings(page)).toEqual([]);
    await everyLook(page, 'passkeys');
    await button(passkeys.add).click();
    await dialog.getByText(accounts.done).waitFor();
    // The library comes with the first use, not with the page.
    expect((await loaded()).length).toBeGreaterThan(before.length);
    const { credentials } = await device.send('WebAuthn.getCredentials', { authenticatorId });
    expect(credentials).toMatchObject([{ rpId: NAME, userName: GUARD.operator, isResidentCredential: true }]);

    await page.context().clearCookies();
    await page.reload();
    await button(passkeys.signIn).waitFor();
    await everyLook(page, 'passkey-sign-in');
    await button(passkeys.signIn).click();
    // In the place of the password that an order needs.
    await open();
    await button(accounts.acts.create).click();
    for (const [label, text] of [
      [accounts.name, 'Wang Fang'],
      [setUp.password, 'rain over the old bridge'],
      [setUp.again, 'rain over the old bridge'],
    ])
      await dialog.getByLabel(label, { exact: true }).fill(text);
    await button(passkeys.use).click();
    await dialog.getByText(passkeys.accepted).waitFor();
    await everyLook(page, 'passkey-accepted', { entered: [passkeys.accepted] });
    await dialog.locator('.actions .primary').click();
    await dialog.getByText('Wang Fang').waitFor();

    // Somebody who cannot prove to be its owner.
    await device.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: false });
    await button(accounts.acts.create).click();
    await button(passkeys.use).click();
    await dialog.getByText(passkeys.failed).waitFor();
    await device.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified: true });
    await button(words.cancel).click();

    await button(accounts.acts.passkeys).click();
    await dialog.getByLabel(accounts.own).fill(GUARD.password);
    await button(passkeys.removeOf.replace('{name}', 'Tablet')).click();
    await dialog.getByText(accounts.done).waitFor();
    await page.context().clearCookies();
    await page.reload();
    await button(passkeys.signIn).click();
    await page.getByText(passkeys.failed).waitFor();
    expect(await button(signIn.submit).count()).toBe(1);
    const log = execFileSync(
      process.execPath,
      ['dist/src/cli/gatepost.js', 'log', 'tail', '--config', config()],
      { encoding: 'utf8' },
    );
    expect(log).toMatch(/passkey-on/);
    expect(log).toMatch(/with a passkey, from 127\.0\.0\.1/);
    expect(log).toMatch(/passkey-off/);
  });

  it('tells at the kiosk how a device comes to trust it, in three languages, and elsewhere proves nothing', async () => {
    const here = await openPage(browser, { viewport: { width: 800, height: 480 }, locale: 'en-US' });
    await here.page.goto(`${daemon.url}/`);
    await here.page.getByRole('link', { name: WORDS.home.trust }).click();
    const [line = ''] = (readAuthority(store())?.fingerprint ?? '').replaceAll(':', '').match(/.{4}/g) ?? [];
    await here.page.locator('.fingerprint code').first().filter({ hasText: line }).waitFor();
    for (const language of LANGUAGES) {
      const { language: names, trust } = wordsOf(language);
      await here.page.getByRole('button', { name: names.button, exact: true }).click();
      await here.page.getByRole('heading', { name: trust.title }).waitFor();
      expect(await overflows(here.page)).toBe(false);
      await shot(here.page, `trust-kiosk-${language}`, { fullPage: true });
    }
    expect(await axeFindings(here.page)).toEqual([]);
    const phone = await openPage(browser, { viewport: { width: 390, height: 844 } });
    await phone.page.setExtraHTTPHeaders({ 'x-forwarded-for': '192.0.2.7' });
    await phone.page.goto(`https://${NAME}:${port}/trust/`);
    const { trust } = wordsOf('zh-CN');
    await phone.page.getByRole('link', { name: trust.download }).waitFor();
    await phone.page.getByText(trust.devices.android.name, { exact: true }).click();
    await phone.page.getByText(trust.devices.android.fingerprint).waitFor();
    expect(await phone.page.locator('.fingerprint').count()).toBe(0);
    expect(await overflows(phone.page)).toBe(false);
    expect(await axeFindings(phone.page)).toEqual([]);
    await shot(phone.page, 'trust-phone', { fullPage: true });
    expect([...here.faults, ...phone.faults]).toEqual([]);
  });
});
