/** Hours of the site, e.g. `22:00-06:00`: over midnight where the end is before the start, all day where they are equal. */
export type Hours = string;

/** The minute of the day at the site. @param atMs Unix milliseconds. @param timeZone IANA name; the browser's without it */
export function minuteOfDay(atMs: number, timeZone: string | undefined): number {
  const form = { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' } as const;
  return minuteOf(new Intl.DateTimeFormat('en-GB', { ...form, ...(timeZone && { timeZone }) }).format(atMs));
}

/** Whether the minute of the day is within the hours. */
export function isWithin(hours: Hours, minute: number): boolean {
  const [from = 0, until = 0] = hours.split('-').map(minuteOf);
  return from < until ? minute >= from && minute < until : minute >= from || minute < until;
}

/** The minute of the day of e.g. `22:30`. */
function minuteOf(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return hours * 60 + minutes;
}
