import { fill } from '../../shared/locale.ts';
import { clockText, dayText, siteDate } from '../../shared/times.ts';
import { useWords } from '../words.ts';

/**
 * Until when something lasts, in words: the end of a day if it ends at midnight, else a time.
 * @param nowMs the gate's time, Unix milliseconds
 */
export function useUntilText(nowMs: number): (untilMs: number | undefined) => string {
  const { language, locale, timeZone } = useWords();
  const words = locale.guard.until;
  return (untilMs) => {
    if (untilMs === undefined) return words.open;
    const time = clockText(language, untilMs, timeZone);
    if (time === '00:00') return fill(words.day, { day: dayText(language, untilMs - 1, timeZone) });
    const day = dayText(language, untilMs, timeZone);
    const today = siteDate(nowMs, timeZone) === siteDate(untilMs, timeZone);
    return fill(words.time, { time: today ? time : `${day} ${time}` });
  };
}
