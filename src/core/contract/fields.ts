import { z } from 'zod';
import { HOLDER_REF, LONGEST_NOTE, NAME, PASS_ID } from '../access/bounds.ts';
import { TIME_QUALITIES } from '../access/vocabulary.ts';
import { BUNDLE_TYPES, MAX_UINT32 } from '../bundle/bundle.ts';

/** The type of a schema's values, deeply read-only. */
export type Value<S extends z.ZodType> = Frozen<z.infer<S>>;

type Frozen<T> = T extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: Frozen<T[Key]> }
    : T;

/** Id of a door, an access point or a level. */
export const Id = z.string().regex(NAME);
/** A pass's own number as hex. */
export const PassId = z.string().regex(PASS_ID).describe('cti of the pass.');
export const HolderRef = z.string().regex(HOLDER_REF).describe('Pseudonym of household or person.');
/** kid of a key as hex. */
export const KeyId = z.string().regex(/^[0-9a-f]{8}$/);
/** SHA-256 or an Ed25519 key as hex. */
export const Hex32 = z.string().regex(/^[0-9a-f]{64}$/);
/** A name, a number or a version that was made elsewhere. */
export const Word = z.string().min(1).max(64);
/** A reason typed by a person. */
export const Note = z.string().min(1).max(LONGEST_NOTE).describe("Why, in the guard's words.");
export const Sentence = z.string().min(1).max(1000);
export const Count = z.number().int().min(0);
export const Some = z.number().int().min(1);
/** Of a row that was limited. */
export const Counted = z
  .number()
  .int()
  .min(2)
  .describe(
    'How often this has happened since the last row of the same source, this one included: it was too often for a row each. The other members are those of the last time.',
  );
/** RFC 3339. */
export const Moment = z.iso.datetime({ offset: true });
export const Day = z.iso.date();
export const Passage = Word.describe('Joins the events of one passage.');
export const Level = z.strictObject({ level: Word, version: Count });
export const Quality = z.enum(TIME_QUALITIES);

export const ListType = z.enum(BUNDLE_TYPES);
/** Number of a signed list; 0 only where there is none. */
export const ListNumber = z.number().int().min(1).max(MAX_UINT32);
export const DeviceStatus = z.enum(['ok', 'connecting', 'degraded', 'missing']);
