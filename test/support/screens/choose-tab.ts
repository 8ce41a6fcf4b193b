import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/**
 * Presses a tab of the guard's page until it is chosen: while a page fills after its start what stands on it moves, and a press
 * that begins on the tab may end beside it.
 * @param which its words, or its place from 0
 */
export async function chooseTab(page: Page, which: string | number): Promise<void> {
  const tabs = page.getByRole('tab', typeof which === 'string' ? { name: which } : {});
  const tab = typeof which === 'string' ? tabs : tabs.nth(which);
  await expect
    .poll(async () => {
      await tab.click();
      return tab.getAttribute('aria-selected');
    })
    .toBe('true');
}
