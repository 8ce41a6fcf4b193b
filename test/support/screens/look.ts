import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import type { PromptView } from '../../../src/ports/resident-prompt.ts';
import { packageRoot } from '../../../src/version.ts';

/** For a page, before its own scripts run. */
export const LOOK_SCRIPT = readFileSync(join(packageRoot(), 'test/support/screens/look-script.js'), 'utf8');

/** What a person in front of a display can see of it. */
export interface Look {
  /** What is cut off, lies over something else, is too small or too faint. */
  readonly wrong: readonly string[];
  readonly picture?: string;
  readonly tone?: string;
  readonly say: string;
  readonly do: string;
  /** What the foot says about a call. */
  readonly call: string;
  readonly contact: string;
  /** QR codes. */
  readonly codes: number;
  readonly ribbons: readonly string[];
  /** All words of the middle of the screen. */
  readonly text: string;
  /** The page without its words, the first time that it is so: two that are alike in it differ in words alone. */
  readonly build?: string;
}

/** The look of a page that has {@link LOOK_SCRIPT}, once it has drawn this state. */
export function lookAt(page: Page, view: PromptView): Promise<Look> {
  return page.evaluate<Look>(`look.shows(${JSON.stringify(topicsOf(view))}).then(() => look.at())`);
}

/** The look of a page as it is. */
export function lookNow(page: Page): Promise<Look> {
  return page.evaluate<Look>('look.at()');
}

/** As the gate sends it: what is kept about a pass goes beside the rest. */
function topicsOf(view: PromptView): object {
  if (view.selfService?.step !== 'account') return { prompt: view };
  const { account, ...told } = view.selfService;
  return { prompt: { ...view, selfService: told }, account };
}
