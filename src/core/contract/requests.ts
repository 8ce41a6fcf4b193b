import { z } from 'zod';
import { LAST_MOMENT_MS, MARGIN_MINUTES, MOST_PRINTED_DOTS, MOST_PRINTED_ROWS } from '../access/bounds.ts';
import { REASONS } from '../access/reasons.ts';
import {
  ASSIST_ORDERS,
  DECISIONS,
  EXPORT_FORMATS,
  PASS_KINDS,
  ROLES,
  TALK_TROUBLES,
} from '../access/vocabulary.ts';
import { isTalkSdp, LONGEST_SDP } from '../assist/talk-sdp.ts';
import { INPUT_KINDS } from '../door/door-mode.ts';
import { SELF_SERVICE_ORDERS } from '../report/data-request.ts';
import { Day, HolderRef, Id, PassId } from './fields.ts';
import { ORDERS, typedText } from './orders.ts';

/** A name, password or code. Only its length is checked here; the operator desk checks the rest. */
const Credential = z.string().max(256);

export const SetUpBody = z.strictObject({
  code: z.string().max(32),
  operator: Credential,
  password: Credential,
});
/**
 * Sent by an open guard's page. `attended`: there was input since the last one; `password`: ends the unattended state.
 */
export const AttendanceBody = z.strictObject({
  attended: z.boolean().exactOptional(),
  password: Credential.exactOptional(),
});
/** A one-time code of a phone, or a recovery code. */
const OneTimeCode = z.string().max(64);
export const LoginBody = z.strictObject({
  operator: Credential,
  password: Credential,
  code: OneTimeCode.describe('Of an account that has one-time codes.').exactOptional(),
});
/** The one-time code of one's own account. */
export const CODE_ORDERS = {
  begin: z.strictObject({
    password: Credential,
    code: OneTimeCode.describe('Of the phone before, if there is one.').exactOptional(),
  }),
  confirm: z.strictObject({ code: OneTimeCode }),
  remove: z.strictObject({ password: Credential, code: OneTimeCode }),
} as const;

/** What a browser says of a passkey (WebAuthn level 3, as JSON). The library reads what is in it. */
const PasskeyResponse = z.looseObject({ id: z.string().min(1).max(1400), type: z.literal('public-key') });
/** Passkeys of one's own account, and the sign-in with one. */
export const PASSKEY_ORDERS = {
  'sign-in-options': z.strictObject({}),
  'sign-in': z.strictObject({ response: PasskeyResponse }),
  'register-options': z.strictObject({ password: Credential, code: OneTimeCode.exactOptional() }),
  register: z.strictObject({ name: typedText(40), response: PasskeyResponse }),
  remove: z.strictObject({ id: z.string().min(1).max(1400), password: Credential }),
  'confirm-options': z.strictObject({}),
  confirm: z.strictObject({ response: PasskeyResponse }),
} as const;

/** Each must carry the password of whoever orders it. */
export const ACCOUNT_ORDERS = {
  create: z.strictObject({ operator: Credential, role: z.enum(ROLES), newPassword: Credential }),
  'set-password': z.strictObject({ operator: Credential, newPassword: Credential }),
  'set-role': z.strictObject({ operator: Credential, role: z.enum(ROLES) }),
  remove: z.strictObject({ operator: Credential }),
  'end-sessions': z.strictObject({ operator: Credential }),
  'remove-code': z.strictObject({ operator: Credential }),
  'remove-passkeys': z.strictObject({ operator: Credential }),
} as const;
/** A new password for one's own account. */
export const OwnPasswordBody = z.strictObject({ newPassword: Credential, password: Credential });

/** Another kiosk's page asks, by its origin, whether it may watch this gate. */
export const WatchBody = z.strictObject({ origin: z.string().max(300) });

/** What is pressed at the resident's screen of the kiosk itself. */
export const AssistBody = z.strictObject({ accessPoint: Id, order: z.enum(ASSIST_ORDERS) });
/** What a page says about a talk over its socket (`core/assist/talk.ts`). */
const Talk = z.string().min(1).max(64);
const Sdp = z.string().max(LONGEST_SDP).refine(isTalkSdp, 'describes no sound alone');
const ofTalk = [
  z.strictObject({ type: z.enum(['voice', 'hang-up']), talk: Talk }),
  z.strictObject({ type: z.literal('failed'), talk: Talk, cause: z.enum(TALK_TROUBLES) }),
] as const;
export const ResidentTalk = z.union([
  z.strictObject({ type: z.literal('here'), microphone: z.boolean() }),
  z.strictObject({ type: z.literal('offer'), talk: Talk, sdp: Sdp }),
  ...ofTalk,
]);
export const GuardTalk = z.union([
  z.strictObject({ type: z.literal('join'), accessPoint: Id }),
  z.strictObject({ type: z.literal('answer'), talk: Talk, sdp: Sdp }),
  ...ofTalk,
]);
export const SelfServiceBody = z.strictObject({ accessPoint: Id, order: z.enum(SELF_SERVICE_ORDERS) });

/** Part of a name or of a flat. */
export const FindHolderBody = z.strictObject({ text: typedText(30) });

/** Words for below the code, drawn by the page in black dots: bits in base64, as `DotImage` has them. */
export const PrintPassBody = z.strictObject({
  passId: PassId,
  words: z.strictObject({
    width: z.number().int().min(8).max(MOST_PRINTED_DOTS).multipleOf(8),
    height: z.number().int().min(1).max(MOST_PRINTED_ROWS),
    dots: z
      .string()
      .regex(/^[A-Za-z0-9+/]*={0,2}$/)
      .max(Math.ceil(((MOST_PRINTED_DOTS / 8) * MOST_PRINTED_ROWS * 4) / 3)),
  }),
});

const Sequence = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER);
/** What is looked for among the passages that the log still knows. */
export const HISTORY_QUESTIONS = {
  search: z.strictObject({
    period: z.union([
      z.strictObject({ of: z.enum(['hour', 'today', 'yesterday', 'kept']) }),
      z.strictObject({ of: z.literal('day'), date: Day }),
      z.strictObject({
        of: z.literal('around'),
        date: Day,
        time: z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/),
        minutes: z.literal(MARGIN_MINUTES),
      }),
    ]),
    accessPoint: Id.exactOptional(),
    decision: z.enum(DECISIONS).exactOptional(),
    reason: z.enum(REASONS).exactOptional(),
    kind: z.enum(PASS_KINDS).exactOptional(),
    passId: PassId.exactOptional(),
    holderRef: HolderRef.exactOptional(),
    from: z
      .strictObject({
        toMs: z.number().int().min(0).max(LAST_MOMENT_MS),
        before: Sequence.exactOptional(),
      })
      .describe('The `next` of the answer that is gone on from.')
      .exactOptional(),
  }),
  open: z.strictObject({ sequence: Sequence }),
} as const;

/** Each must carry the password of whoever orders it. */
export const UPKEEP_ORDERS = {
  backup: z.strictObject({}),
  export: z.strictObject({
    format: z.enum(EXPORT_FORMATS),
    from: Day.describe('First day, by the time of the site.').exactOptional(),
    to: Day.describe('Last day.').exactOptional(),
  }),
} as const;

export const DemoPresentBody = z.strictObject({ accessPoint: Id, sample: z.string().min(1).max(64) });
/** The limit is above the longest pass, so that the scanner's own limit can be demonstrated. */
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
export const DemoPaperBody = z.strictObject({ hasPaper: z.boolean() });
export const DemoClockBody = z.strictObject({
  time: z
    .string()
    .regex(/^([01]\d|2[0-3]):[0-5]\d$/)
    .exactOptional(),
});
export const DemoStoryBody = z.strictObject({ running: z.boolean() });

/** Lines of the registers that began before this (Unix milliseconds). */
export const RegistersQuery = z.strictObject({
  before: z.coerce.number().int().min(0).max(LAST_MOMENT_MS).exactOptional(),
});

/** A day of the site; today if it names none. */
export const DayQuery = z.strictObject({ date: z.iso.date().exactOptional() });

export const AccessPointQuery = z.strictObject({ accessPoint: Id });

/** Any order may have the password in addition to its own fields. */
export const WithPassword = z.looseObject({ password: Credential.exactOptional() });
export const MustCarryPassword = z.looseObject({ password: Credential });

/** The body of an order of the guard's desk. */
function orderBody([type, order]: [string, z.ZodObject]) {
  const { password } = (type === 'level' ? MustCarryPassword : WithPassword).shape;
  return [`guard.${type}`, order.extend({ password }).describe(`POST /api/guard/${type}`)] as const;
}

/** The body of each request that has one, by the words of its path. */
export const REQUESTS: Readonly<Record<string, z.ZodType>> = {
  setup: SetUpBody.describe('POST /api/setup'),
  login: LoginBody.describe('POST /api/login'),
  session: AttendanceBody.describe("POST /api/session. Of an open guard's page."),
  ...Object.fromEntries(Object.entries(ORDERS).map(orderBody)),
  ...Object.fromEntries(
    Object.entries(ACCOUNT_ORDERS).map(([type, order]) => [
      `accounts.${type}`,
      order.extend({ password: Credential }).describe(`POST /api/accounts/${type}`),
    ]),
  ),
  password: OwnPasswordBody.describe('POST /api/password'),
  ...Object.fromEntries(
    Object.entries(CODE_ORDERS).map(([type, order]) => [
      `code.${type}`,
      order.describe(`POST /api/code/${type}`),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(PASSKEY_ORDERS).map(([type, order]) => [
      `passkey.${type}`,
      order.describe(`POST /api/passkey/${type}`),
    ]),
  ),
  'gates.watch': WatchBody.describe('POST /api/gates/watch'),
  'guard.find-holder': FindHolderBody.describe('POST /api/guard/find-holder'),
  'guard.print-pass': PrintPassBody.describe(
    'POST /api/guard/print-pass. Where the desk has a receipt printer.',
  ),
  'history.search': HISTORY_QUESTIONS.search.describe('POST /api/history/search'),
  'history.open': HISTORY_QUESTIONS.open.describe('POST /api/history/open'),
  ...Object.fromEntries(
    Object.entries(UPKEEP_ORDERS).map(([type, order]) => [
      `upkeep.${type}`,
      order.extend({ password: Credential }).describe(`POST /api/upkeep/${type}`),
    ]),
  ),
  assist: AssistBody.describe(
    "POST /api/assist. Of any resident's screen; `end` only of one of the kiosk itself.",
  ),
  'self-service': SelfServiceBody.describe(
    "POST /api/self-service. Of the resident's screen of the kiosk itself.",
  ),
  'demo.present': DemoPresentBody.describe('POST /api/demo/present'),
  'demo.scan': DemoScanBody.describe('POST /api/demo/scan'),
  'demo.person': DemoPersonBody.describe('POST /api/demo/person'),
  'demo.door': DemoDoorBody.describe('POST /api/demo/door'),
  'demo.input': DemoInputBody.describe('POST /api/demo/input'),
  'demo.unplug': DemoUnplugBody.describe('POST /api/demo/unplug'),
  'demo.paper': DemoPaperBody.describe('POST /api/demo/paper'),
  'demo.clock': DemoClockBody.describe('POST /api/demo/clock'),
  'demo.story': DemoStoryBody.describe('POST /api/demo/story'),
};
