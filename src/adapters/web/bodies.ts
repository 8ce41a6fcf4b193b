import { z } from 'zod';
import { INPUT_KINDS } from '../../core/door/door-mode.ts';
import { GatepostError } from '../../core/errors.ts';
import { ORDER_KINDS } from '../../core/policy/standing-order.ts';
import { isVisible } from '../../core/text/visible.ts';

/** Largest JSON body, in bytes. */
export const MAX_JSON_BYTES = 16 * 1024;
/** Largest picture, in bytes. */
export const MAX_PICTURE_BYTES = 4 * 1024 * 1024;

const Id = z.string().regex(/^[a-z0-9-]{1,32}$/);
/** Typed text of at most `max` characters, of which something is seen and nothing hides; shown inert everywhere. */
const typedText = (max: number) => z.string().trim().min(1).max(max).refine(isVisible);
const Note = typedText(200);
const PassId = z.string().regex(/^[0-9a-f]{16}$/);
const HolderRef = z.string().regex(/^[0-9a-f]{12}$/);
const Subject = z.union([z.strictObject({ passId: PassId }), z.strictObject({ holderRef: HolderRef })]);
/** Unix milliseconds before the year 10000. */
const Moment = z.number().int().min(0).max(253_402_300_799_999);
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

/** What the page showed when the order was given: a passage, or null for nobody. */
const PassageId = z
  .string()
  .regex(/^[\w-]{1,64}$/)
  .nullable()
  .exactOptional();
export const PassageBody = z.strictObject({ accessPoint: Id, passage: PassageId, note: Note });
export const OpenBody = z.strictObject({
  ...PassageBody.shape,
  another: z.boolean().exactOptional(),
  overrule: z.boolean().exactOptional(),
});
export const DoorBody = z.strictObject({
  door: Id,
  verb: z.enum(['hold', 'release', 'block', 'unblock', 'lockdown', 'lockdown-release']),
  note: Note,
});

/** The kind of the item, and a passage's id, the access point or the door. */
export const SeenBody = z.strictObject({ id: z.string().regex(/^[A-Za-z-]{1,30}:[\w-]{1,64}$/) });

/** Part of a name or of a flat. */
export const FindHolderBody = z.strictObject({ text: typedText(30) });

export const LevelBody = z.strictObject({ level: Id, note: Note });
export const StandingOrderBody = z.strictObject({
  kind: z.enum(ORDER_KINDS),
  subject: Subject,
  fromMs: Moment.exactOptional(),
  untilMs: Moment.exactOptional(),
  direction: z.enum(['in', 'out']).exactOptional(),
  note: Note,
});
export const EndOrderBody = z.strictObject({ orderId: z.string().regex(/^[\w-]{1,64}$/), note: Note });
export const ReportBody = z.strictObject({ holderRef: HolderRef, note: Note });
export const ForgiveBody = z.strictObject({ subject: Subject, note: Note });
export const OccupancyBody = z.strictObject({ value: z.number().int().min(0).max(100_000), note: Note });
export const LockOutBody = z.strictObject({ accessPoint: Id, note: Note });
export const VisitorBody = z.strictObject({
  passId: PassId,
  label: typedText(60),
  hostRef: HolderRef.exactOptional(),
  fromMs: Moment.exactOptional(),
  untilMs: Moment,
  note: Note,
});
export const HostBody = z.strictObject({ passId: PassId, passage: PassageId, note: Note });

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
  const fields = new Set(result.error.issues.map((issue) => issue.path.join('.') || 'the whole order'));
  throw new GatepostError(
    'usage',
    `Not accepted: ${[...fields].join(', ')}. Check the entry and send it again.`,
  );
}
