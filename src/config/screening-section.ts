import { z } from 'zod';
import { PASS_KINDS } from '../core/access/vocabulary.ts';
import { CONTACT_METHODS } from '../core/screening/contact-reading.ts';
import { siteText, telephone } from './fields.ts';

/** The section `screening`: who is measured, when a reading counts, and what follows. */

const mode = z.enum(['off', 'advise', 'enforce']);

const threshold = (place: string, degrees: number) =>
  z.number().min(35).max(42).default(degrees).describe(`${place}, °C.`);

const contactReading = z.strictObject({
  methods: z
    .array(z.enum(CONTACT_METHODS))
    .max(CONTACT_METHODS.length)
    .refine((all) => new Set(all).size === all.length, 'must name each method once')
    .default(['axillary'])
    .describe('The contact thermometers the guard has, the usual one first; [] for none.'),
  thresholdsC: z
    .strictObject({
      axillary: threshold('In the armpit', 37.3),
      oral: threshold('In the mouth', 37.5),
      tympanic: threshold('In the ear', 37.5),
    })
    .prefault({})
    .describe('From these on: elevated. None of them is for a forehead.'),
  standsIn: z
    .boolean()
    .default(false)
    .describe(
      'Access points without a thermometer may be on enforce: everybody there goes to the guard, who measures by hand.',
    ),
});

const elevatedSheet = z.strictObject({
  steps: z
    .array(siteText(200))
    .max(12)
    .default([])
    .describe('What the guard does, a step each; left out: what the program says.'),
  calls: z
    .array(
      z.strictObject({
        who: siteText(60).describe('Whom to call.'),
        telephone: telephone.describe('The number.'),
      }),
    )
    .max(6)
    .default([])
    .describe('Whom the guard calls, in this order; left out: the office of the site, where there is one.'),
});

export const screening = z.strictObject({
  in: mode.default('off').describe('Screening on the way in.'),
  out: mode.default('off').describe('Screening on the way out.'),
  kinds: z
    .partialRecord(z.enum(PASS_KINDS), mode)
    .default({})
    .describe('Kinds of pass with a mode of their own, whatever the direction.'),
  thresholdC: z.number().min(35).max(42).default(37.3).describe('From this estimate on: elevated. °C.'),
  estimate: z
    .enum(['object', 'module', 'offset'])
    .default('object')
    .describe(
      'The number the threshold is for: raw object, the module’s own estimate, or object plus offsetC.',
    ),
  offsetC: z.number().min(-2).max(2).default(0).describe('Calibration of the site, added to the object. °C.'),
  ambientMinC: z.number().min(-20).max(50).default(16).describe('Coldest air the sensor is believed in. °C.'),
  ambientMaxC: z.number().min(-20).max(50).default(35).describe('Warmest air the sensor is believed in. °C.'),
  unknownAmbient: z
    .enum(['refuse', 'accept'])
    .default('refuse')
    .describe(
      'Whether a sensor that does not tell the air temperature is believed: accept only in a room that keeps within the two limits above.',
    ),
  skinMinC: z.number().min(25).max(40).default(35).describe('Colder skin came in from the cold. °C.'),
  skinMaxC: z.number().min(38).max(50).default(43).describe('Warmer than this is no person. °C.'),
  coldWaitSeconds: z
    .number()
    .min(10)
    .max(1800)
    .default(300)
    .describe('Waiting time asked of somebody with cold skin, in seconds.'),
  repeatAfterSeconds: z
    .number()
    .min(1)
    .max(120)
    .default(10)
    .describe('Pause before the one repeat that an elevated reading asks for, in seconds.'),
  record: z
    .enum(['class', 'value'])
    .default('class')
    .describe('What the log keeps: the outcome only, or degrees too, which needs a legal ground.'),
  contactReading: contactReading
    .prefault({})
    .describe('What a guard measures by hand, with a thermometer that touches.'),
  elevatedSheet: elevatedSheet
    .prefault({})
    .describe('What the guard is shown after an elevated contact reading, to read or to print.'),
});
