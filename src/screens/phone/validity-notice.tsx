import type { PassClaims } from '../../core/pass/pass.ts';
import { localeOf } from '../shared/all-words.ts';
import { fill, type Language } from '../shared/locale.ts';
import { validityOf } from './validity.ts';

interface Props {
  readonly claims: Pick<PassClaims, 'notBefore' | 'expiresAt'>;
  readonly language: Language;
  /** Unix milliseconds. */
  readonly now: number;
}

/** Whether the pass is good, where there is anything to say about it: ends soon, is over, begins later. */
export function ValidityNotice({ claims, language, now }: Props) {
  const text = validityText(claims, language, now);
  if (text === undefined) return null;
  const { state } = validityOf(claims, now);
  return <p class={state === 'ending' ? 'soon' : 'wrong'}>{text}</p>;
}

/** The same in words; undefined if it is good for long. */
export function validityText(claims: Props['claims'], language: Language, now: number): string | undefined {
  const words = localeOf(language).phone;
  const validity = validityOf(claims, now);
  const last = claims.expiresAt - 1;
  switch (validity.state) {
    case 'over':
      return fill(words.expired, { time: momentText(language, last) });
    case 'early':
      return fill(words.notBefore, { time: momentText(language, claims.notBefore ?? 0) });
    case 'ending':
      if (validity.days === 0) return fill(words.endsToday, { time: momentText(language, last) });
      if (validity.days === 1) return words.endsTomorrow;
      return fill(words.endsIn, { days: validity.days });
    default:
      return undefined;
  }
}

/** A moment in Unix seconds, in the phone's language and time zone. */
export function momentText(language: Language, seconds: number): string {
  return new Date(seconds * 1000).toLocaleString(language, { dateStyle: 'medium', timeStyle: 'short' });
}
