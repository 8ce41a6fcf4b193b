import type { Language } from '../shared/locale.ts';
import { useSecondsLeft } from '../shared/use-seconds-left.ts';
import { RESIDENT_WORDS } from './resident-words.ts';
import { Ring } from './ring.tsx';

interface Props {
  readonly seconds: number;
  readonly updateKey: unknown;
  readonly language: Language;
}

/** A ring that empties around the seconds left. Runs on the monotonic clock. */
export function Countdown({ seconds, updateKey, language }: Props) {
  const left = useSecondsLeft(seconds, updateKey);
  const whole = Math.ceil(left);
  const { prompt } = RESIDENT_WORDS[language];
  const long = whole >= 60;
  return (
    <svg
      class="pictogram countdown"
      data-picture="countdown"
      viewBox="0 0 240 240"
      role="timer"
      aria-label={`${whole} ${prompt.seconds}`}
    >
      <Ring part={seconds > 0 ? left / seconds : 0} />
      <text x="120" y={long ? 138 : 142} text-anchor="middle" font-size={long ? 64 : 92} font-weight="700">
        {long ? `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}` : whole}
      </text>
      <text x="120" y="180" text-anchor="middle" font-size="24" lang={language}>
        {long ? prompt.minutes : prompt.seconds}
      </text>
    </svg>
  );
}
