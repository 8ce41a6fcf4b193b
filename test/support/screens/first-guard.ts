import type { Page } from 'playwright-core';
import type { DaemonProcess } from '../gate/daemon.ts';
import { GUARD } from './guard-client.ts';

/** Fills in the guard's page at its first start: a person, a password, and the set-up code from the daemon's log. */
export async function enterFirstGuard(
  page: Page,
  { setUpCode }: Pick<DaemonProcess, 'setUpCode'>,
): Promise<void> {
  for (const [name, value] of [
    ['code', setUpCode],
    ['operator', GUARD.operator],
    ['password', GUARD.password],
    ['again', GUARD.password],
  ] as const) {
    await page.locator(`input[name=${name}]`).fill(value);
  }
  await page.locator('button[type=submit]').click();
}
