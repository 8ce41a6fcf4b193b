import { z } from 'zod';
import { NAME } from '../../core/access/bounds.ts';
import { INPUT_KINDS } from '../../core/door/door-mode.ts';
import { GatepostError } from '../../core/errors.ts';
import { isVisible } from '../../core/text/visible.ts';

/** Largest JSON body, in bytes. */
export const MAX_JSON_BYTES = 16 * 1024;
/** Largest picture, in bytes. */
export const MAX_PICTURE_BYTES = 4 * 1024 * 1024;

const Id = z.string().regex(NAME);
/** Bounded here, judged by the operator desk. */
export const Credential = z.string().max(256);

export const SetUpBody = z.strictObject({
  code: z.string().max(32),
  operator: Credential,
  password: Credential,
});
/** Of an open guard's page. `attended`: a hand moved since the last one; `password`: to bring a desk back. */
export const AttendanceBody = z.strictObject({
  attended: z.boolean().exactOptional(),
  password: Credential.exactOptional(),
});
export const LoginBody = z.strictObject({ operator: Credential, password: Credential });

/** Part of a name or of a flat. */
export const FindHolderBody = z.strictObject({ text: z.string().trim().min(1).max(30).refine(isVisible) });

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
export const DemoInputBody = z.strictObject({
  door: Id,
  input: z.enum(INPUT_KINDS),
  active: z.boolean(),
});
export const DemoUnplugBody = z.strictObject({ device: z.string().min(1).max(80), unplugged: z.boolean() });
export const DemoClockBody = z.strictObject({
  time: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
    .exactOptional(),
});
export const DemoStoryBody = z.strictObject({ running: z.boolean() });

export const AccessPointQuery = z.strictObject({ accessPoint: Id });

/** @throws GatepostError `usage` naming the fields that are wrong. */
export function parse<T>(schema: z.ZodType<T>, input: unknown): T {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  throw notAccepted(result.error.issues.map((issue) => issue.path.join('.')));
}

/** @param wrong names of fields; empty for the whole. */
export function notAccepted(wrong: readonly string[]): GatepostError {
  const fields = new Set(wrong.map((field) => field || 'the whole order'));
  return new GatepostError(
    'usage',
    `Not accepted: ${[...fields].join(', ')}. Check the entry and send it again.`,
  );
}
