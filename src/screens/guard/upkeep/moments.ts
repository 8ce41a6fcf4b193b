import { clockText, pastDayText } from '../../shared/times.ts';
import { useWords } from '../words.ts';

/** Writes day and time of the site. */
export function useStamp(nowMs: number): (atMs: number) => string {
  const { language, timeZone } = useWords();
  return (atMs) => `${pastDayText(language, atMs, nowMs, timeZone)} ${clockText(language, atMs, timeZone)}`;
}

const MEGABYTE = 1e6;
const GIGABYTE = 1e9;

/** Writes a number of bytes as people say it. */
export function useSizes(): (bytes: number) => string {
  const { language } = useWords();
  return (bytes) => {
    const isLarge = bytes >= GIGABYTE;
    const format = new Intl.NumberFormat(language, {
      style: 'unit',
      unit: isLarge ? 'gigabyte' : 'megabyte',
      maximumFractionDigits: 1,
    });
    return format.format(bytes / (isLarge ? GIGABYTE : MEGABYTE));
  };
}
