import { describe, expect, it } from 'vitest';
import { ADVICE_KEYS, namesOffice, remedyOf, toldAs } from '../../src/core/access/advice.ts';
import { attributesOf, REASONS, type Reason } from '../../src/core/access/reasons.ts';
import { LANGUAGES } from '../../src/core/text/language.ts';
import type { PromptView } from '../../src/ports/resident-prompt.ts';
import { advisedWords, appearanceOf, contactOf, wordsOf } from '../../src/screens/prompt/appearance.ts';
import { localeOf } from '../../src/screens/shared/all-words.ts';
import type { Language } from '../../src/screens/shared/locale.ts';

const OFFICE = {
  telephone: '021 5550 1234',
  hours: '8:00 - 18:00',
  address: 'Building 3, ground floor',
  link: 'https://willow.example/office',
};

function refused(reason: Reason, change: Partial<PromptView> = {}): PromptView {
  return {
    accessPoint: 'main-in',
    direction: 'in',
    feedback: 'AccessDenied',
    reason,
    simulated: false,
    ...change,
  };
}

/** Everything the screen says to whoever was refused. */
function told(view: PromptView, language: Language, site: Parameters<typeof contactOf>[1] = {}) {
  const { say, do: what } = advisedWords(wordsOf(localeOf(language), view, site), view, site, language);
  return { words: { say, do: what }, looks: appearanceOf(view), contact: contactOf(view, site) };
}

const EVERYWHERE = REASONS.flatMap((reason) => LANGUAGES.map((language) => ({ reason, language })));

describe('what a refused person is told', () => {
  it.each(EVERYWHERE)('is what to do for $reason in $language', ({ reason, language }) => {
    const { words, contact } = told(refused(reason), language, { office: OFFICE });
    const locale = localeOf(language);
    expect(words.do).toBe(locale.reason[toldAs(reason)].do);
    expect(words.do).not.toBe(words.say);
    // Whoever is not to try again here learns whom to call, and where the office is if it is the one to help.
    const remedy = remedyOf(reason);
    expect(contact?.telephone).toBe(namesOffice(remedy) ? OFFICE.telephone : undefined);
    expect(contact?.address).toBe(remedy === 'office' ? OFFICE.address : undefined);
    expect(contact?.code).toBe(remedy === 'office' ? OFFICE.link : undefined);
  });

  it.each(EVERYWHERE)(
    'is what the site says of $reason in $language, and only there',
    ({ reason, language }) => {
      const key = toldAs(reason);
      const view = refused(reason);
      const advice = {
        [key]: { [language]: 'Words of the site' },
        [remedyOf(reason)]: { [language]: 'More' },
      };
      expect(told(view, language, { advice }).words).toEqual({
        say: localeOf(language).reason[key].say,
        do: 'Words of the site\nMore',
      });
      for (const other of LANGUAGES.filter((one) => one !== language))
        expect(told(view, other, { advice })).toEqual(told(view, other));
    },
  );

  it.each([
    ['gp:QuarantineOrder', 'CredentialNotEnabled'],
    ['gp:HealthStatusRestricted', 'CredentialNotEnabled'],
    ['gp:Revoked', 'CredentialNotEnabled'],
    ['gp:TemperatureHigh', 'gp:TemperatureNotMeasured'],
  ] as const)('is for %s the same as for %s, to the eyes and ears of those behind', (hidden, everyday) => {
    const texts = Object.fromEntries(ADVICE_KEYS.map((key) => [key, { en: `Of ${key}`, 'zh-TW': key }]));
    for (const language of LANGUAGES)
      for (const site of [{}, { office: OFFICE }, { office: OFFICE, advice: texts }])
        expect(told(refused(hidden), language, site)).toEqual(told(refused(everyday), language, site));
    for (const feedback of ['GuardCalled', 'RetryIdentifier'] as const)
      expect(told(refused(hidden, { feedback }), 'en')).toEqual(told(refused(everyday, { feedback }), 'en'));
    // It stays as long, too.
    expect(attributesOf(hidden).asks).toBe(attributesOf(everyday).asks);
    expect(attributesOf(hidden).remedy).toBe(attributesOf(everyday).remedy);
    expect(ADVICE_KEYS).not.toContain(hidden);
    for (const language of LANGUAGES) {
      const { say, do: what } = localeOf(language).reason[hidden];
      expect({ say, do: what }).toEqual(told(refused(everyday), language).words);
    }
  });

  it('names neither telephone nor office to whoever only has to try again, wait or measure', () => {
    for (const view of [
      refused('gp:TemperatureNotMeasured', { cause: 'no_subject' }),
      refused('CredentialExpired', { cause: 'one_at_a_time' }),
      refused('CredentialExpired', { feedback: 'AccessGranted' }),
      refused('gp:TemperatureHigh', { feedback: 'Measure' }),
    ])
      expect(contactOf(view, { office: OFFICE })).toBeUndefined();
  });

  it('shows the address of the office as a code where there is no link, and once', () => {
    const { link: _, ...office } = OFFICE;
    const view = refused('CredentialExpired');
    expect(contactOf(view, { office })).toMatchObject({ address: OFFICE.address, code: OFFICE.address });
    const advice = { office: { en: 'Building 3, with your old card' } };
    expect(contactOf(view, { office, advice })).not.toHaveProperty('address');
    expect(contactOf(view, { office: { telephone: '1234' } })).toEqual({ telephone: '1234' });
    expect(contactOf(view, {})).toBeUndefined();
  });
});
