import { z } from 'zod';
import { isGatepostError } from '../core/errors.ts';
import { likelyDays } from '../core/time/likely-days.ts';
import { parseWindows } from '../core/time/windows-text.ts';
import { textOf } from './fields.ts';

const HOURS = 'hours such as "daily 06:30-22:30" or "Mon-Fri 03:45-05:00; Sat,Sun 06:00-08:00"';
/** Hours as people write them. */
export const windows = textOf(HOURS).transform((text, context) => {
  try {
    return parseWindows(text);
  } catch (error) {
    if (!isGatepostError(error, 'usage')) throw error;
    context.issues.push({
      code: 'custom',
      input: text,
      message: `must be ${HOURS}`,
    });
    return z.NEVER;
  }
});

/** A day, YYYY-MM-DD. */
export const date = z
  .string({ error: ({ input }) => dateForm(input) })
  .regex(/^\d{4}-\d\d-\d\d$/, { error: ({ input }) => dateForm(input), abort: true })
  .refine((text) => {
    const ms = Date.parse(`${text}T00:00:00Z`);
    return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
  }, 'must be a day that exists');

function dateForm(written: unknown): string {
  const meant = likelyDays(String(written)).join(' or ');
  return `must be a date such as 2020-10-01${meant === '' ? '' : ` (did you mean ${meant}?)`}`;
}
