import { attributesOf, REASONS, REMEDIES, type Reason, type Remedy } from './reasons.ts';

/** What a refused person is told, so that those who stand behind learn nothing that is not their business. */

/** Reasons that are nobody else's business, each with the everyday reason whose look, words and advice it shares. */
const TOLD_AS: Partial<Record<Reason, Reason>> = {
  'gp:Revoked': 'CredentialNotEnabled',
  'gp:QuarantineOrder': 'CredentialNotEnabled',
  'gp:HealthStatusRestricted': 'CredentialNotEnabled',
  'gp:TemperatureHigh': 'gp:TemperatureNotMeasured',
};

/** The reason by which the resident's screen speaks of a reason. */
export function toldAs(reason: Reason): Reason {
  return (Object.hasOwn(TOLD_AS, reason) ? TOLD_AS[reason] : undefined) ?? reason;
}

/**
 * For what a site may write texts of its own: what a refusal asks for, or one reason. A reason that is told as another
 * has none, because a text of its own would give it away.
 */
export const ADVICE_KEYS: readonly (Remedy | Reason)[] = [
  ...REMEDIES,
  ...REASONS.filter((reason) => toldAs(reason) === reason),
];

/** Texts of a site by key and BCP 47 language, e.g. `zh-CN`. */
export type SiteAdvice = Readonly<Record<string, Readonly<Record<string, string | undefined>> | undefined>>;

/**
 * What the site says in this language: `instead` of the advice that the program has for the reason, and what follows
 * (`more`) wherever a refusal asks for the same, such as where the office is and when it is open.
 */
export function siteAdvice(
  texts: SiteAdvice,
  { reason, remedy }: { readonly reason: Reason | undefined; readonly remedy: Remedy },
  language: string,
): { readonly instead: string | undefined; readonly more: string | undefined } {
  const text = (key: string) => (Object.hasOwn(texts, key) ? texts[key]?.[language] : undefined);
  return { instead: reason && text(toldAs(reason)), more: text(remedy) };
}

/** What a refusal for this reason asks for. */
export function remedyOf(reason: Reason): Remedy {
  return attributesOf(toldAs(reason)).remedy;
}

/** Whether the office can help further, so that its telephone is named. */
export function namesOffice(remedy: Remedy): boolean {
  return remedy === 'office' || remedy === 'guard' || remedy === 'closed';
}
