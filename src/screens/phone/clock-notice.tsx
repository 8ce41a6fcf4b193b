import type { PassClaims } from '../../core/pass/pass.ts';
import { localeOf } from '../shared/all-words.ts';
import { fill, type Language } from '../shared/locale.ts';
import { useClockError } from './device.ts';
import { isClockBehind } from './validity.ts';
import { momentText } from './validity-notice.tsx';

/** Errors below it are told in seconds, in milliseconds. */
const FEW_MS = 120_000;

interface Props {
  readonly claims: Pick<PassClaims, 'issuedAt'>;
  readonly language: Language;
  /** Unix milliseconds. */
  readonly now: number;
}

/** That the phone's clock is wrong, by the pass itself or, where there is a network, by the page's server. */
export function ClockNotice({ claims, language, now }: Props) {
  const words = localeOf(language).phone;
  const errorMs = useClockError();
  const said = momentText(language, now / 1000);
  if (isClockBehind(claims, now)) {
    const made = momentText(language, claims.issuedAt);
    return <p class="wrong">{fill(words.clockBehind, { now: said, made })}</p>;
  }
  if (errorMs === undefined) return null;
  const seconds = Math.round(Math.abs(errorMs) / 1000);
  const isFew = Math.abs(errorMs) < FEW_MS;
  return (
    <p class="wrong">{isFew ? fill(words.clockOff, { seconds }) : fill(words.clockWrong, { now: said })}</p>
  );
}
