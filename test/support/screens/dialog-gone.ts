import type { Page } from 'playwright-core';

/**
 * Ends when the dialog is out of the page. One that is closed is no longer seen, but its words stand in the page until that is
 * drawn anew, and a search for them by text finds them.
 */
export const dialogGone = (page: Page): Promise<void> =>
  page.locator('dialog').waitFor({ state: 'detached' });
