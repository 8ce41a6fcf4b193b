import type { Language } from './locale.ts';

const formats = new Map<string, Intl.DateTimeFormat>();

function format(
  language: Language,
  timeZone: string | undefined,
  shape: 'clock' | 'seconds' | 'date',
): Intl.DateTimeFormat {
  const key = `${language} ${timeZone} ${shape}`;
  const known = formats.get(key);
  if (known) return known;
  const parts: Intl.DateTimeFormatOptions =
    shape === 'date'
      ? { weekday: 'long', month: 'long', day: 'numeric' }
      : {
          hour: '2-digit',
          minute: '2-digit',
          hourCycle: 'h23',
          ...(shape === 'seconds' ? { second: '2-digit' } : {}),
        };
  const made = new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
    ...parts,
    ...(timeZone === undefined ? {} : { timeZone }),
  });
  formats.set(key, made);
  return made;
}

/** 03:12 in site time. */
export function clockText(language: Language, atMs: number, timeZone?: string): string {
  return format(language, timeZone, 'clock').format(atMs);
}

/** 03:12:45 in site time. */
export function secondsText(language: Language, atMs: number, timeZone?: string): string {
  return format(language, timeZone, 'seconds').format(atMs);
}

/** Weekday and date in words. */
export function dateText(language: Language, atMs: number, timeZone?: string): string {
  return format(language, timeZone, 'date').format(atMs);
}
