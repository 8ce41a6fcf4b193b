import type { Page } from 'playwright-core';
import { expect, it } from 'vitest';
import { KEPT_KINDS, noticeOf } from '../../../src/core/report/privacy-notice.ts';
import { LANGUAGES } from '../../../src/core/text/language.ts';
import type { PromptView } from '../../../src/ports/resident-prompt.ts';
import { localeOf } from '../../../src/screens/shared/all-words.ts';
import type { Language } from '../../../src/screens/shared/locale.ts';
import { COUNT_DAYS, KEPT } from '../../support/gate/retention-settings.ts';
import { needs } from '../../support/needs.ts';
import { builtScreens } from '../../support/screens/built-screens.ts';
import { LOOK_SCRIPT, type Look, lookAt, lookNow } from '../../support/screens/look.ts';
import { inTurn, nameOf, promptStates, saidIn } from '../../support/screens/prompt-states.ts';
import { axeFindings, shot } from '../../support/screens/screen-browser.ts';
import { promptView } from '../../support/screens/screen-samples.ts';
import type { Kiosk } from '../../support/screens/web-kiosk.ts';

/** What fits these fits the large one. */
const SMALL = [
  { width: 800, height: 480 },
  { width: 480, height: 800 },
] as const;
const SIZES = [...SMALL, { width: 1024, height: 600 }] as const;

const OFFICE = {
  telephone: '021 5550 1234',
  hours: '8:00 - 18:00',
  address: 'Building 3, ground floor',
  link: 'https://willow-court.example/office',
};
/** A site that has switched on all that takes room. */
const SITE = {
  office: OFFICE,
  post: { number: '3', responsible: '欧阳国庆' },
  advice: {
    office: { 'zh-CN': '请带上旧证和身份证', 'zh-TW': '請帶舊證和身分證', en: 'Bring your old card' },
  },
  assist: { button: true, mayEnd: true, otherGate: 'South gate' },
};
const PROMPT = {
  ...SITE,
  notice: noticeOf(
    { ...KEPT, countDays: COUNT_DAYS },
    {
      ...{ measures: true, recordsDegrees: true, simulated: true, selfService: true },
      copies: ['backup', 'servers'],
      controller: 'Willow Court Management',
      office: OFFICE,
      more: { en: 'Legal ground: the contract with the residents.', 'zh-CN': '依据：物业服务合同。' },
    },
  ),
  accessPoints: [{ id: 'main-in', direction: 'in', door: 'main' }],
  language: 'zh-CN',
  languages: LANGUAGES,
  timeZone: 'Asia/Shanghai',
  simulated: true,
  speech: { volume: 80, repeatSeconds: 60 },
} as const;

/** The longest words that a config can hold. */
const LONGEST = {
  office: {
    telephone: '+86 (021) 5550 1234-5678 #901234',
    hours: 'Monday to Friday 8:00 - 18:00, Saturdays from 9:00 till 12:00',
    address: 'Building 13, second staircase, ground floor, beside the fountain',
    link: `https://willow-court.example/${'offices-and-how-to-find-them/'.repeat(5)}`,
  },
  advice: Object.fromEntries(
    (['again', 'wait', 'guard', 'office', 'closed', 'CredentialExpired'] as const).map((key) => [
      key,
      {
        'zh-CN':
          '请带上旧通行证和有效身份证件，在工作日上午九点到下午五点之间，到三号楼一层物业服务中心二号窗口办理换证手续，也可以请家人代办，谢谢配合。'.slice(
            0,
            80,
          ),
        'zh-TW':
          '請攜帶舊通行證及有效身分證件，於平日上午九點至下午五點之間，至三號棟一樓管理中心二號櫃檯辦理換證手續，亦可請家人代辦，謝謝您的配合。'.slice(
            0,
            80,
          ),
        en: 'Bring your old card and identity card to counter two between nine and five, please'.slice(0, 80),
      },
    ]),
  ),
  assist: {
    button: true,
    mayEnd: true,
    otherGate: 'the south-eastern pedestrian gate at Willow Park Boulevard',
  },
};

const down = (text: string): string => text.replace(/[\s\u2060]+/g, '');

/** For whoever needs to see the page, and not only where everything is. */
async function painted<T>(page: Page, look: () => Promise<T>): Promise<T> {
  await page.evaluate('look.paints(true)');
  const seen = await look();
  await page.evaluate('look.paints(false)');
  return seen;
}

function pictured(page: Page, name: string): Promise<void> {
  return painted(page, () => shot(page, name));
}

needs('chromium')("the resident's screen", () => {
  const { start, visit } = builtScreens();

  /** The same page on each of these displays. */
  async function displays(
    kiosk: Kiosk,
    query: string,
    sizes: readonly (typeof SIZES)[number][],
  ): Promise<readonly Page[]> {
    return Promise.all(
      sizes.map(async (viewport) => {
        // What moves is painted all the time, and is not what is looked at here.
        const page = await visit(kiosk, '/trust/', { viewport, reducedMotion: 'reduce' });
        await page.addInitScript(LOOK_SCRIPT);
        await page.goto(`${kiosk.url}/prompt/?accessPoint=main-in${query}`);
        return page;
      }),
    );
  }

  /** Pages that differ in words alone are one kind to axe, which sees each kind once, on the displays in turn. */
  const kinds = new Set<string>();

  /** Judges what is seen on these displays. */
  function jury(pages: readonly Page[], language: Language) {
    const wrong: string[] = [];
    const judge = async (looks: readonly Look[], name: string): Promise<void> => {
      for (const [at, look] of looks.entries()) {
        const on = `${pages[at]?.viewportSize()?.width} ${language} ${name}`;
        wrong.push(...look.wrong.map((fault) => `${on}: ${fault}`));
        if (process.env.GATEPOST_SHOTS) await pictured(pages[at] as Page, on.replaceAll(/[ :]/g, '-'));
      }
      const [first] = looks;
      if (first?.build === undefined || kinds.has(first.build)) return;
      kinds.add(first.build);
      const page = pages[kinds.size % pages.length] as Page;
      const found = await painted(page, () => axeFindings(page));
      wrong.push(...found.map((fault) => `${language} ${name}: ${fault}`));
    };
    return { judge, wrong };
  }

  const open = (site: object) =>
    start({
      prompt: { ...PROMPT, ...site },
      selfService: { take: () => true },
      assist: { take: () => true },
    });

  it.each(LANGUAGES)(
    'has picture, words and speech in every state, and can be read, in %s',
    async (language) => {
      const kiosk = await open({});
      const { prompt, common } = localeOf(language);
      const show = (view: PromptView) => {
        kiosk.server.residentPrompt.show(view);
        return Promise.all(pages.map((page) => lookAt(page, view)));
      };
      const pages = await displays(kiosk, `&language=${language}#cut`, SIZES);
      const { judge, wrong } = jury(pages, language);
      const [speaking] = pages as readonly [Page];
      const looks = () => Promise.all(pages.map(lookNow));
      const unconnected = async (what: 'starting' | 'lost', picture: string) => {
        for (const page of pages) await page.locator(`[data-picture=${picture}]`).waitFor();
        const seen = await looks();
        for (const { say, do: todo } of seen)
          expect([say, todo].map(down)).toEqual([prompt[what].say, prompt[what].do].map(down));
        await judge(seen, what);
      };
      const heard = (sentence: string) =>
        speaking.evaluate(
          `look.heard('${language} ${sentence} ${/^(fire|evacuation)/.test(sentence) ? 1 : 0.8}')`,
        );

      await unconnected('starting', 'hourglass');
      for (const page of pages) await page.evaluate('look.join()');
      await show(promptView());
      // Browsers speak after a touch.
      await speaking.mouse.click(400, 200);
      for (const view of inTurn(promptStates(SITE))) {
        const seen = await show(view);
        const name = nameOf(view);
        const { picture, tone, words, call, contact, sentence } = saidIn(view, SITE, language);
        const ribbons = [
          ...(view.simulated ? [common.simulated] : []),
          ...(view.recordsDegrees ? [prompt.recordsDegrees] : []),
        ];
        for (const look of seen) {
          const { say, do: todo } = look;
          expect(look, name).toMatchObject({ picture, tone, ribbons });
          if (view.selfService?.step === 'account') continue;
          expect(look, name).toMatchObject({ call, codes: contact?.code === undefined ? 0 : 1 });
          expect([say, todo].map(down), name).toEqual([words.say, words.do].map(down));
          for (const part of [contact?.telephone, contact?.hours, contact?.address])
            expect(down(look.contact), name).toContain(down(part ?? ''));
        }
        await judge(seen, name);
        await heard(sentence);
      }

      await show(promptView());
      const turned = await Promise.all(
        pages.map(async (page) => {
          await page.getByRole('button', { name: prompt.privacy.button }).click();
          await page.locator('[data-step=notice]').waitFor();
          const seen: Look[] = [];
          for (let look = await lookNow(page); look.text !== seen[0]?.text; look = await lookNow(page)) {
            seen.push(look);
            if (process.env.GATEPOST_SHOTS)
              await pictured(page, `${page.viewportSize()?.width}-${language}-notice-${seen.length}`);
            await page.locator('.foot .self-service').nth(1).click();
          }
          await page.keyboard.press('Escape');
          return seen;
        }),
      );
      for (const seen of turned) {
        expect(seen.every(({ picture }) => picture === 'paper')).toBe(true);
        const text = down(seen.map((look) => look.text).join(''));
        for (const kind of KEPT_KINDS) expect(text).toContain(down(localeOf(language).privacy.kinds[kind]));
        wrong.push(...seen.flatMap((look) => look.wrong.map((fault) => `${language} notice: ${fault}`)));
      }

      for (const page of pages) await page.evaluate('look.cut()');
      await unconnected('lost', 'unplugged');
      await heard('lost');
      expect(wrong).toEqual([]);
    },
    900_000,
  );

  it('keeps the longest words of a site within every display, in large type too', async () => {
    const kiosk = await open(LONGEST);
    const pages = await displays(kiosk, '', SMALL);
    const views = [
      ...(
        ['CredentialExpired', 'gp:GuardDenied', 'gp:GateMode', 'gp:WrongSite', 'gp:OccupancyLimit'] as const
      ).map((reason): Partial<PromptView> => ({ feedback: 'AccessDenied', reason })),
      { feedback: 'GuardCalled', guardAway: true, reason: 'gp:HostNotConfirmed' },
      { assist: { status: 'unanswered', sinceSeconds: 31 } },
      { feedback: 'GuardCalled', assist: { status: 'refused', sinceSeconds: 1 } },
      { feedback: 'Measure', cause: 'out_of_skin_range', assist: { status: 'unanswered', sinceSeconds: 1 } },
      {
        ...{ feedback: 'TextMessage', message: 'Identify' },
        gate: 'Willow Court Residential Community, north-western vehicle gate',
      },
    ] as const satisfies readonly Partial<PromptView>[];
    for (const language of LANGUAGES) {
      const { judge, wrong } = jury(pages, language);
      for (const change of views)
        for (const largeType of [{}, { largeType: true }] as const) {
          const asks = { language, ...largeType };
          const view = promptView({ ...change, needs: asks, simulated: true, recordsDegrees: true });
          kiosk.server.residentPrompt.show(view);
          await judge(await Promise.all(pages.map((page) => lookAt(page, view))), `longest ${nameOf(view)}`);
        }
      // Nothing is cut off; letters may be smaller than a twentieth here.
      expect(wrong.filter((fault) => !/is small: (1[6-9]|2\d|3\d)/.test(fault))).toEqual([]);
    }
  });

  it('gives the screen back to whoever shows a code, and to everybody by Escape', async () => {
    const kiosk = await open({});
    kiosk.server.residentPrompt.show(promptView());
    const page = await visit(kiosk, '/prompt/?accessPoint=main-in&language=en', { viewport: SMALL[0] });
    const notice = page.getByRole('button', { name: 'Privacy' });
    await notice.click();
    await page.locator('[data-step=notice]').waitFor();
    kiosk.server.residentPrompt.show(promptView({ feedback: 'Measure' }));
    await page.locator('[data-picture=forehead]').waitFor();
    expect(await notice.count()).toBe(0);
    kiosk.server.residentPrompt.show(promptView());
    await page.locator('[data-picture=code]').waitFor();
    await notice.click();
    await page.locator('[data-step=notice]').waitFor();
    await page.waitForTimeout(300);
    await page.keyboard.press('Escape');
    await page.locator('[data-picture=code]').waitFor();
  });
});
