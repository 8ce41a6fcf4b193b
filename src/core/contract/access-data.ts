import { z } from 'zod';
import { REASONS } from '../access/reasons.ts';
import { DECISIONS, DIRECTIONS, PASS_KINDS } from '../access/vocabulary.ts';
import { ACCESS_MARKS } from '../decision/decision.ts';
import { CONTACT_METHODS } from '../screening/contact-reading.ts';
import { NOT_MEASURABLE_CAUSES, SCREENING_MODES } from '../screening/screening.ts';
import { Count, Counted, HolderRef, Id, KeyId, Level, Passage, PassId, Some, Word } from './fields.ts';

/** The range is wider than any real value, because readings are judged where they are measured. */
const Degrees = (what: string) =>
  z.number().min(-70).max(400).describe(`${what}, degrees Celsius; only where the site records values.`);

export const ReasonName = z.enum(REASONS).describe('Receivers treat an unknown reason as Other.');

/** What a guard has read off a thermometer that touches. It stands beside what the gate has measured, never in its place. */
export const OfContact = z
  .strictObject({
    method: z.enum(CONTACT_METHODS).describe('Where it was measured: armpit, mouth or ear.'),
    outcome: z.enum(['normal', 'elevated']).describe('By the threshold of the site for this method.'),
    enteredBy: Word.describe('The operator who has entered it.'),
    degrees: Degrees('What was read').exactOptional(),
  })
  .describe("A guard's reading by a contact thermometer, beside what the gate has measured.");

export const Screening = z
  .strictObject({
    mode: z.enum(SCREENING_MODES),
    outcome: z.enum(['normal', 'elevated', 'notMeasurable', 'skipped']),
    cause: z.enum(NOT_MEASURABLE_CAUSES).exactOptional(),
    attempts: Count.exactOptional(),
    /** Driver name of the sensor. */
    sensor: Word.exactOptional(),
    object: Degrees('Raw object').exactOptional(),
    ambient: Degrees('Raw ambient').exactOptional(),
    estimate: Degrees('The number compared with the threshold').exactOptional(),
    model: Word.exactOptional(),
    contactReading: OfContact.exactOptional(),
  })
  .describe('Screening, not a diagnosis.');

/** Data of every `access.*` event. */
export const Access = z
  .strictObject({
    accessPoint: Id,
    door: Id,
    direction: z.enum(DIRECTIONS),
    decision: z.enum(DECISIONS).exactOptional(),
    reason: ReasonName.exactOptional(),
    reasons: z
      .array(ReasonName)
      .meta({ uniqueItems: true, description: 'Every failed check, the primary reason first.' }),
    marks: z
      .array(z.enum(ACCESS_MARKS))
      .min(1)
      .meta({
        uniqueItems: true,
        description: 'What is said beside a grant. Receivers ignore an unknown one.',
      })
      .exactOptional(),
    recognition: z
      .enum(['gp:QRCode', 'pt:REX', 'guard'])
      .describe("pt:REX: by the exit button; guard: by a guard's order without a pass."),
    passId: PassId.exactOptional(),
    holderRef: HolderRef.exactOptional(),
    kind: z.enum(PASS_KINDS).exactOptional(),
    guest: z
      .literal(true)
      .describe(
        'Shown a guest pass by the phone of a resident: holderRef is the household of the host, and keyId that of who issued the host’s pass.',
      )
      .exactOptional(),
    policy: Level,
    revocationVersion: Some.describe('Number of the revocation list that was looked at.').exactOptional(),
    keyId: KeyId.exactOptional(),
    screening: Screening.exactOptional(),
    decidedBy: Word.describe('auto, the id of the operator, server, or homeassistant.'),
    latencyMs: z
      .number()
      .min(0)
      .describe(
        'From the pass read to the decision. Where the gate was kept from reading, from the earliest moment at which the pass may have been shown.',
      )
      .exactOptional(),
    passage: Passage,
    unreadable: z
      .strictObject({ length: Count, digest: z.string().regex(/^[0-9a-f]+$/) })
      .describe('In place of text that is no pass: its length and salted hash.')
      .exactOptional(),
    counted: Counted.exactOptional(),
  })
  .describe('Never a name, phone number, address or scanned text.');
