import { z } from 'zod';
import { MOST_INSIDE } from '../core/access/bounds.ts';
import { PASS_KINDS } from '../core/access/vocabulary.ts';
import { id } from './fields.ts';
import { date, windows } from './hours-fields.ts';
import { schedule } from './schedule-section.ts';

/** The section `policy`: the named levels of the site and the rules of each. */

/** Directions and uses of screening, in the same words as in the sections passes and screening. */
const direction = z.enum(['in', 'out']);
const screeningMode = z.enum(['off', 'advise', 'enforce']);

const hours = z.strictObject({ in: windows.exactOptional(), out: windows.exactOptional() });

const kindRule = z.strictObject({
  hours: hours
    .exactOptional()
    .describe('When this kind may pass in each direction, in site time; left out: at any time.'),
  holidayHours: hours.exactOptional().describe('In place of `hours` on listed holidays, any weekday.'),
  quota: z
    .strictObject({
      count: z.number().int().min(1).max(1000).describe('Passages …'),
      days: z.number().int().min(1).max(400).describe('… in so many calendar days, today among them …'),
      direction: direction.describe('… in this direction.'),
    })
    .exactOptional()
    .describe('How often a household (holderRef) may pass; for a pass without one, the pass itself.'),
  outsideLimitMinutes: z
    .number()
    .int()
    .min(1)
    .max(10_080)
    .exactOptional()
    .describe('Who stays out longer is let in all the same and pointed out to the guard. Minutes.'),
  registration: z
    .enum(['registered', 'confirmed'])
    .exactOptional()
    .describe('On the way in: must be in the visitors’ book, or be confirmed by the host as well.'),
});

export const level = z.strictObject({
  gate: z
    .enum(['checked', 'open'])
    .default('checked')
    .describe('`open` holds every door of this kiosk open and keeps only counts.'),
  kinds: z
    .partialRecord(z.enum(PASS_KINDS), kindRule)
    .exactOptional()
    .describe('Kinds that may pass, each with its rule; left out: those of `passes.kinds`, without rules.'),
  guests: z
    .strictObject({
      count: z.number().int().min(1).max(1000).describe('Guests of one household who may come in …'),
      days: z.number().int().min(1).max(400).describe('… in so many calendar days, today among them.'),
      confirm: z
        .enum(['none', 'host', 'guard'])
        .default('host')
        .describe(
          'Who confirms a guest who comes in. host: the host has by signing, so the visitors’ book is not asked. none: the signature confirms nothing, and the book is asked as for every visitor. guard: the guard is asked each time, unless the book says that the host has confirmed.',
        ),
    })
    .exactOptional()
    .describe('Guest passes that residents sign on their phones, of kind visitor; left out: none is taken.'),
  screening: z
    .strictObject({
      in: screeningMode.default('off'),
      out: screeningMode.default('off'),
      kinds: z.partialRecord(z.enum(PASS_KINDS), screeningMode).default({}),
    })
    .exactOptional()
    .describe('Who is screened; left out: as in the section `screening`.'),
  untrustedTime: z
    .enum(['deny', 'guard', 'allow'])
    .exactOptional()
    .describe('Left out: `passes.untrustedTime`.'),
  longestLifeDays: z
    .number()
    .int()
    .min(1)
    .max(400)
    .exactOptional()
    .describe('Left out: `passes.longestLifeDays`.'),
  antiPassback: z
    .strictObject({
      mode: z.enum(['off', 'soft', 'hard']).default('off').describe('`soft` only records, `hard` refuses.'),
      minutes: z
        .number()
        .int()
        .min(1)
        .max(10_080)
        .exactOptional()
        .describe('A passage is forgotten after so many minutes; left out: it counts until the next one.'),
    })
    .prefault({})
    .describe('In while in, out while out.'),
  occupancyLimit: z
    .number()
    .int()
    .min(1)
    .max(MOST_INSIDE)
    .exactOptional()
    .describe('Nobody is let in while so many are inside.'),
  slowReleaseFactor: z
    .number()
    .min(1)
    .max(5)
    .default(2)
    .describe('How many times longer the door waits for a pass that is marked slow.'),
  lockOut: z
    .strictObject({
      attempts: z
        .union([z.number().int().min(1).max(5), z.literal('off')])
        .default(5)
        .describe('Unreadable codes in a row; off: no alarm, however many there are.'),
      minutes: z.number().int().min(1).max(60).default(1).describe('How long it lasts.'),
    })
    .prefault({})
    .describe(
      'After so many unreadable codes in a row the guard is alarmed, and such codes are answered slowly for a while. Good passes are not held up.',
    ),
});

export const policy = z.strictObject({
  version: z
    .number()
    .int()
    .min(1)
    .max(2 ** 31)
    .default(1)
    .describe('Version of these rules; every decision names it. Raise it with every change.'),
  initialLevel: id.default('normal').describe('Level before anybody has chosen one at the guard’s screen.'),
  holidays: z.array(date).max(400).default([]).describe('Dates of the site with holiday hours.'),
  levels: z
    .record(id, level)
    .refine((all) => Object.keys(all).length <= 16, 'must have at most 16 entries')
    .default({})
    .describe(
      'Named sets of rules. `normal` is always there: what the sections passes and screening say, unless it is written here.',
    ),
  schedule: schedule
    .exactOptional()
    .describe('Levels by the clock; left out: the level changes by order alone.'),
});
