import { Temporal } from 'temporal-polyfill';

/** Days as people and their programs write them, for whoever has to say which form is the right one. */

/** A spreadsheet counts days from here. */
const SHEET_DAY_0 = Temporal.PlainDate.from('1899-12-30');
const SHEET_DAYS = { first: 36_526, last: 73_050 };
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
/** The year before the first of the calendar of Taiwan. */
const MINGUO_BEGIN = 1911;

/** The day a spreadsheet means by a number; undefined where it is none of 2000 to 2099. */
export function sheetDay(text: string): string | undefined {
  const count = Number(/^(\d{5})(?:[.,]\d+)?$/.exec(text)?.[1]);
  if (!(count >= SHEET_DAYS.first && count <= SHEET_DAYS.last)) return undefined;
  return SHEET_DAY_0.add({ days: count }).toString();
}

/**
 * The days that a text may mean, as 2027-01-31: with other signs or none between its parts, with the year at the end or
 * of two digits, counted as in Taiwan, or as a spreadsheet does. None where it can be no day.
 */
export function likelyDays(text: string): readonly string[] {
  const counted = sheetDay(text);
  if (counted !== undefined) return [counted];
  const [, year = '', ofYear = '', inMonth = ''] =
    /^((?:19|20)\d\d)[-./年 ]?(\d{1,2})[-./月 ]?(\d{1,2})日?$/.exec(text) ?? [];
  const first = year === '' ? undefined : asDay(year, ofYear, inMonth);
  return first === undefined ? daysOtherwise(text) : [first];
}

/** Days that are written with the year at the end, of two digits, or counted as in Taiwan; none where it is no day. */
function daysOtherwise(text: string): readonly string[] {
  const [, first = '', second = '', last = ''] =
    /^(\d{1,2})[-./ ](\d{1,2})[-./ ](\d{4})$/.exec(text) ?? /^(\d\d)(\d\d)(20\d\d)$/.exec(text) ?? [];
  const [, minguo = '', ofMonth = '', ofDay = ''] =
    /^(?:民國|民国)?(1\d\d)[-./年]?(\d{1,2})[-./月]?(\d{1,2})日?$/.exec(text) ?? [];
  const [, short = '', month = '', day = ''] = /^(\d\d)([01]\d)([0-3]\d)$/.exec(text) ?? [];
  const [, date = '', name = '', year = ''] =
    /^(\d{1,2})[- ]([A-Za-z]{3})[a-z]*[- ](\d\d|\d{4})$/.exec(text) ?? [];
  const named = String(MONTHS.indexOf(name.toLowerCase()) + 1);
  const meant = [
    last && asDay(last, first, second),
    last && asDay(last, second, first),
    minguo && asDay(String(Number(minguo) + MINGUO_BEGIN), ofMonth, ofDay),
    short && asDay(`20${short}`, month, day),
    name && asDay(year.length === 2 ? `20${year}` : year, named, date),
  ];
  return [...new Set(meant.flatMap((one) => (one === undefined || one === '' ? [] : [one])))];
}

/** The day of these parts; undefined where there is none. */
export function asDay(year: string, month: string, date: string): string | undefined {
  const text = `${year}-${month.padStart(2, '0')}-${date.padStart(2, '0')}`;
  try {
    return Temporal.PlainDate.from(text, { overflow: 'reject' }).toString();
  } catch {
    return undefined;
  }
}
