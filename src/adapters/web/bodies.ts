import { z } from 'zod';
import { GatepostError } from '../../core/errors.ts';

/** Largest JSON body, in bytes. */
export const MAX_JSON_BYTES = 16 * 1024;
/** Largest picture, in bytes. */
export const MAX_PICTURE_BYTES = 4 * 1024 * 1024;

const Id = z.string().regex(/^[a-z0-9-]{1,32}$/);
/** Typed text: any characters but control characters; shown inert everywhere. */
const Note = z
  .string()
  .trim()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}\p{Cs}\u2028\u2029]*$/u);
/** Bounded here, judged by the operator desk. */
const Credential = z.string().max(256);

export const SetUpBody = z.strictObject({
  code: z.string().max(32),
  operator: Credential,
  password: Credential,
});
export const LoginBody = z.strictObject({ operator: Credential, password: Credential });

export const PassageBody = z.strictObject({ accessPoint: Id, note: Note });
export const DoorBody = z.strictObject({
  door: Id,
  verb: z.enum(['hold', 'release', 'block', 'unblock', 'lockdown', 'lockdown-release']),
  note: Note,
});

export const DemoPresentBody = z.strictObject({ accessPoint: Id, sample: z.string().min(1).max(64) });
/** Longer than any pass, so that the scanner's own bound can be shown. */
export const DemoScanBody = z.strictObject({ accessPoint: Id, text: z.string().max(8192) });
export const DemoPersonBody = z.strictObject({
  accessPoint: Id,
  person: z.strictObject({ present: z.boolean(), foreheadC: z.number(), roomC: z.number() }),
});
export const DemoDoorBody = z.strictObject({
  door: Id,
  open: z.boolean().exactOptional(),
  walkThrough: z.boolean().exactOptional(),
});
export const DemoUnplugBody = z.strictObject({ device: z.string().min(1).max(80), unplugged: z.boolean() });

export const AccessPointQuery = z.strictObject({ accessPoint: Id });

/** @throws GatepostError `usage` naming the fields that are wrong. */
export function parse<T>(schema: z.ZodType<T>, input: unknown): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const fields = new Set(result.error.issues.map((issue) => issue.path.join('.') || 'the whole order'));
  throw new GatepostError(
    'usage',
    `Not accepted: ${[...fields].join(', ')}. Check the entry and send it again.`,
  );
}
