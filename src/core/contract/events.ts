import { z } from 'zod';
import { ATTENTION_KINDS } from '../access/attention.ts';
import { MOST_INSIDE } from '../access/bounds.ts';
import {
  ACCOUNT_CHANGES,
  ASSIST_ANSWERS,
  ASSIST_SOURCES,
  DEVICE_ROLES,
  DIRECTIONS,
  DOOR_ALARMS,
  DOOR_MODES,
  DOOR_PHYSICAL_STATES,
  DOOR_TAMPERS,
  EXPORT_FORMATS,
  LOOK_UPS,
  NOT_OBEYED,
  PURGE_CLASSES,
  PUSH_PERSONS,
  ROLES,
  SITE_ORDERS,
  TALK_ENDS,
  UPKEEP_ACTS,
} from '../access/vocabulary.ts';
import { BUNDLE_REFUSALS, BUNDLE_SOURCES } from '../bundle/bundle.ts';
import { DOOR_VERBS } from '../door/door-orders.ts';
import { ORDER_KINDS } from '../policy/standing-order.ts';
import { REQUEST_ANSWERS, REQUEST_KINDS } from '../report/data-request.ts';
import { COUNTED, FEW, type PublishedDay } from '../report/day-counts.ts';
import type { ErasedCounts } from '../report/deletion-report.ts';
import { MUSTER_CAUSES } from '../report/muster.ts';
import { Access, OfContact, ReasonName, Screening } from './access-data.ts';
import { Outcome } from './commands.ts';
import {
  Count,
  Counted,
  Day,
  DeviceStatus,
  Hex32,
  HolderRef,
  Id,
  KeyId,
  Level,
  ListNumber,
  ListType,
  Moment,
  Note,
  Passage,
  PassId,
  Quality,
  Sentence,
  Some,
  Word,
} from './fields.ts';

const Device = z.strictObject({
  /** `<role>:<owner>`. */
  device: z.string().min(1).max(80),
  status: DeviceStatus,
  /** Stable code, e.g. `sensor_silent` or `device.missing`. */
  cause: Word.exactOptional(),
  detail: Sentence.exactOptional(),
  unreadable: Some.describe(
    'Of a scanner that sends noise, or in a lock-out: codes without a row of their own since the last such count.',
  ).exactOptional(),
  dropped: Some.describe(
    'Of a scanner: codes that were not taken because they may have been shown long before, since the last such count.',
  ).exactOptional(),
  counted: Counted.exactOptional(),
});

/** Somebody called the guard at an access point. */
const Assist = z.strictObject({
  accessPoint: Id,
  direction: z.enum(DIRECTIONS),
  call: Word.describe('Joins what is told of one call.'),
});
const CalledBy = z.enum(ASSIST_SOURCES).describe('A wired button, or the screen of the resident.');
/** Whole seconds since the call. */
const Waited = Count.describe('Seconds since the call.');

const Operator = z.strictObject({ operator: Word, detail: Sentence.exactOptional() });
const FailedSignIn = Operator.extend({ counted: Counted.exactOptional() });

const ListRecord = z
  .strictObject({
    list: ListType,
    number: ListNumber,
    previousNumber: ListNumber.exactOptional(),
    issuedAt: Moment,
    nextUpdate: Moment.describe('When the next one is due.'),
    keyId: KeyId.describe('kid of its signer.'),
    digest: Hex32.describe('SHA-256 of its bytes.'),
    source: z.enum(BUNDLE_SOURCES),
  })
  .describe('A signed list that is in force now.');

/** A change of the register, without names. `import` replaced all of it, `erase` removed one holder. */
const RegisterRecord = z
  .strictObject({
    source: z.enum(['import', 'erase']),
    holders: Count,
    added: Count,
    changed: Count,
    removed: Count,
    photographs: Count,
  })
  .describe('The register of holders on the kiosk itself was changed.');

const Cell = z.strictObject({
  accessPoint: Id,
  direction: z.enum(DIRECTIONS),
  counted: z.enum(COUNTED),
  of: Word.describe(
    'Kind of pass for granted (pt:REX: by the exit button, guard: else without one), reason for denied, outcome for screening, elevated for contactReading.',
  ).exactOptional(),
  count: z.union([z.number().int().min(FEW), z.literal('<5')]),
});

const DayCounts = z
  .strictObject({
    date: Day,
    counts: z.array(Cell).max(10_000),
    peaks: z
      .array(
        z.strictObject({
          direction: z.enum(DIRECTIONS),
          from: Moment.describe('When the quarter of an hour began.'),
          count: z.number().int().min(FEW),
        }),
      )
      .describe('The busiest quarter of an hour each way, where it had at least 5 people.')
      .exactOptional(),
    drift: z
      .array(z.strictObject({ accessPoint: Id, degrees: z.number().min(-30).max(30) }))
      .describe(
        'How far the median of the normal readings of a sensor is from that of the seven days before, °C. Of at least 20 readings.',
      )
      .exactOptional(),
    devices: z
      .array(z.strictObject({ device: z.string().min(1).max(80), okSeconds: Count, downSeconds: Count }))
      .describe('For how long devices were well and were not. What is in neither the gate does not know.')
      .exactOptional(),
  })
  .describe(
    'The counts of one day of the site. Below 5 a cell only says that there was somebody.',
  ) satisfies z.ZodType<PublishedDay>;

/** `events`: rows of the log that were reduced. */
const Erased = z.strictObject({
  events: Count,
  passages: Count,
  holders: Count,
  photographs: Count,
  visitors: Count,
  orders: Count,
  reports: Count,
  operators: Count,
  lists: Count,
}) satisfies z.ZodType<ErasedCounts>;

/** Sequences of rows of the log. */
const RowRanges = z
  .string()
  .max(32_000)
  .regex(/^([0-9]{1,16}(-[0-9]{1,16})?(,[0-9]{1,16}(-[0-9]{1,16})?)*)?$/);

const Line = Word.describe('Number of the line in a register of this gate.');

/** Parts of events that have their own name in the published schemas. */
export const SHARED_DATA = {
  reason: ReasonName,
  screening: Screening,
  access: Access,
  device: Device,
  operator: Operator,
  listRecord: ListRecord,
  publishedDay: DayCounts,
} as const satisfies Record<string, z.ZodType>;

const MusterNumber = Some.describe('Number of the list.');

const OfRequest = Some.describe('Number of the request it answers, where there was one.').exactOptional();

type OverrideAction = (typeof OVERRIDE_ACTIONS)[number];

function members(names: readonly string[], value: boolean) {
  return Object.fromEntries(names.map((name) => [name, value]));
}

/** For JSON Schema: the members that one action needs (all of `needs`, one of `either`) and only it may have (`own`). */
function valuesOf(
  action: OverrideAction,
  { own, needs = [], either = [] }: { own: string[]; needs?: string[]; either?: string[] },
) {
  return {
    if: { properties: { action: { const: action } } },
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
    then: {
      properties: members(needs, true),
      required: needs,
      ...(either.length > 0 && {
        anyOf: either.map((name) => ({ properties: { [name]: true }, required: [name] })),
      }),
    },
    else: { properties: members(own, false) },
  };
}

/** For JSON Schema: every action says why, but these. */
const NOTED = {
  if: {
    properties: { action: { enum: ['seen', 'contact-reading', 'note-left'] satisfies OverrideAction[] } },
  },
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema.
  then: { properties: { note: false } },
  else: { properties: { note: true }, required: ['note'] },
};

/** The actions that a guard can order. Their values are in separate members. */
const OVERRIDE_ACTIONS = [
  'open',
  'refuse',
  'measure',
  'contact-reading',
  ...DOOR_VERBS,
  'enable',
  'disable',
  'order',
  'end-order',
  'self-report',
  'forgive-antipassback',
  'give-back-quota',
  'occupancy',
  'confirm-records',
  'end-lock-out',
  'register-visitor',
  'confirm-host',
  'note-left',
  'visitor-pass',
  'answer-request',
  'seen',
] as const;

/** Data of each event, by its name. */
export const EVENT_DATA = {
  'access.requested': Access,
  'access.granted': Access,
  'access.denied': Access,
  'access.taken': Access,
  'access.nottaken': Access,
  /** The guard was asked and did not answer in time; the refusal follows. */
  'access.timeout': Access,
  /** Somebody calls the guard. It opens nothing. */
  'assist.requested': Assist.extend({
    by: CalledBy,
    passage: Passage.describe('Of the person, where a pass was shown before.').exactOptional(),
    counted: Counted.exactOptional(),
  }),
  'assist.answered': Assist.extend({
    answer: z
      .enum(ASSIST_ANSWERS)
      .describe(
        'opened: a guard has let somebody through there; access.granted comes before it. talking: by voice; assist.talked follows, and perhaps another answer.',
      ),
    operator: Word,
    waited: Waited,
  }),
  /** The talk of an answer `talking` is over. Nothing of what was said is kept. */
  'assist.talked': Assist.extend({
    operator: Word,
    seconds: Count.describe('For how long voices went; 0 where none came through.'),
    ended: z
      .enum(TALK_ENDS)
      .describe(
        'guard, caller: who has hung up, or went through. answered: the guard has said what becomes of the call. time: it went on for too long. Everything else: what broke it off; the call rings again.',
      ),
  }),
  /** Once a call at most. It may be answered still. */
  'assist.unanswered': Assist.extend({
    cause: z
      .enum(['time', 'left'])
      .describe('time: nobody has answered in time. left: before that the person went away.'),
    waited: Waited,
    counted: Counted.exactOptional(),
  }),
  /** A pass with the duress flag was shown; says what was decided about it. */
  'access.duress': Access,
  /** Let through although anti-passback was violated (mode soft). */
  'credential.apbviolation': z.strictObject({
    accessPoint: Id,
    direction: z.enum(DIRECTIONS),
    passId: PassId,
    holderRef: HolderRef.exactOptional(),
    passage: Passage,
  }),
  /** A list, a level or a new set of rules has come into force. */
  'policy.applied': z.union([
    ListRecord,
    z.strictObject({
      level: Word,
      version: Count,
      previous: Level,
      by: Word.describe("The operator's id, or `server`; auto: the gate by its schedule."),
      cause: z
        .literal('schedule')
        .describe(
          'By the schedule: its time has come, also while the gate was off, or the level was given back to it. Absent: somebody has chosen it.',
        )
        .exactOptional(),
      note: Note.exactOptional(),
    }),
  ]),
  /** A list was refused. */
  'policy.rejected': z.strictObject({
    cause: z.enum(BUNDLE_REFUSALS),
    detail: z.string().min(1).max(4000),
    source: z.enum(BUNDLE_SOURCES),
    length: Count.describe('Bytes.'),
    list: ListType.describe('As it says of itself; not proved.').exactOptional(),
    number: ListNumber.describe('As it says of itself; not proved.').exactOptional(),
    counted: Counted.exactOptional(),
  }),
  'directory.applied': z.union([ListRecord, RegisterRecord]),
  /** A visitor was entered, or confirmed by the host. Without names. */
  'visitor.registered': z.strictObject({
    passId: PassId,
    hostRef: HolderRef.exactOptional(),
    confirmed: z.boolean().describe('The host was asked and expects the visitor.'),
    operator: Word,
    /** When the visit is over. */
    until: Moment,
  }),
  /** A vehicle was entered in the register. Without its plate and without names. */
  'vehicle.registered': z.strictObject({ line: Line, operator: Word }),
  /** A courier was entered in the register. Without names. */
  'delivery.registered': z.strictObject({
    line: Line,
    disinfected: z.boolean().describe('The guard has ticked that what was brought was disinfected.'),
    operator: Word,
  }),
  'door.mode': z.strictObject({
    door: Id,
    mode: z.enum(DOOR_MODES),
    previous: z.enum(DOOR_MODES),
    by: Word,
  }),
  /** A guard has taken an access point out of service, or put it back. */
  'accesspoint.enabled': z.strictObject({ accessPoint: Id, enabled: z.boolean(), by: Word, note: Note }),
  /** What holds at this gate of the centre's orders to the whole site has changed, or waits for the guard. */
  'site.order': z.strictObject({
    order: z.enum(SITE_ORDERS),
    previous: z.enum(SITE_ORDERS),
    cause: z
      .enum(['order', 'time', 'fire_over', 'guard', 'log_reset'])
      .describe(
        'order: a message of the centre. time: a lockdown is over, or the clock can be believed again.',
      ),
    counter: Count.describe('Of the order that this is about.'),
    keys: z.array(KeyId).max(2).describe('kid of who signed it.'),
    until: Moment.describe('When the lockdown ends by itself.').exactOptional(),
    waits: z
      .enum(['evacuate', 'lockdown-release'])
      .describe('The gate has not done this: the guard is asked.')
      .exactOptional(),
    reason: z.enum(NOT_OBEYED).describe('Why not.').exactOptional(),
    by: Word.describe('The guard who has decided.').exactOptional(),
    note: Note.exactOptional(),
  }),
  'door.physical': z.strictObject({
    door: Id,
    state: z.enum(DOOR_PHYSICAL_STATES),
    counted: Counted.exactOptional(),
  }),
  'door.alarm': z.strictObject({ door: Id, alarm: z.enum(DOOR_ALARMS), counted: Counted.exactOptional() }),
  'door.tamper': z.strictObject({
    door: Id,
    tamper: z.enum(DOOR_TAMPERS).describe('Unknown: the switch cannot be read.'),
    counted: Counted.exactOptional(),
  }),
  'door.fault': Device,
  'screening.sensor': Device,
  'device.scanner': Device,
  'device.storage': Device,
  /** The quality of the clock has changed, or a person has set its floor. */
  'device.clock': z
    .strictObject({
      quality: Quality,
      previous: Quality.exactOptional(),
      floor: Moment.describe(
        'A person set the floor of the clock: the latest time that counts as over from now on.',
      ).exactOptional(),
      previousFloor: Moment.exactOptional(),
      by: Word.describe('The account of the computer under which it was set.').exactOptional(),
      counted: Counted.exactOptional(),
    })
    .meta({ dependentRequired: { floor: ['previousFloor', 'by'] } }),
  'device.started': z.strictObject({
    software: Word,
    configDigest: z.string().min(1).max(128),
    unclean: z.boolean().describe('The run before this one did not end by itself.'),
    starts: Some.describe(
      'Starts of this store so far, this one included. A gap between two rows: so many starts in between had no row of their own.',
    ).exactOptional(),
    counted: Counted.exactOptional(),
  }),
  'device.stopping': z.strictObject({ cause: Sentence, counted: Counted.exactOptional() }),
  'operator.login': Operator,
  'operator.logout': Operator,
  'operator.authfailed': FailedSignIn,
  /** An account was changed at the guard's screen or by a command. */
  'operator.changed': z.strictObject({
    operator: Word,
    change: z.enum(ACCOUNT_CHANGES),
    role: z.enum(ROLES).describe('Which it has from now on; absent for a password.').exactOptional(),
    by: Word.describe("Who did it at the guard's screen; absent for a command.").exactOptional(),
  }),
  /** The shift was handed over, or taken by the next guard. */
  'operator.handover': z.strictObject({
    operator: Word,
    step: z.enum(['given', 'taken']),
    from: Word.describe('Whose shift was taken. Absent where nobody was on duty.').exactOptional(),
    note: Sentence.exactOptional(),
    open: z
      .strictObject({
        ...{ waiting: Count, calls: Count, alarms: Count },
        ...{ devices: Count, orders: Count, visitors: Count },
      })
      .describe(
        'What was open when it was handed over: people waiting, calls, alarms nobody has seen, devices down, orders that end that day, and who is in the registers of visitors, vehicles and couriers and has not left.',
      )
      .exactOptional(),
  }),
  /** Somebody at the desk has looked up who came by. It tells nothing of when a person did. */
  'operator.lookup': z
    .strictObject({
      operator: Word,
      of: z
        .enum(LOOK_UPS)
        .describe(
          'period: who came in a span of time. pass, holder: all passages of one; a row for each pass that was shown. passage: one as a whole. muster: the list of who was inside. register: the registers of visitors, vehicles and couriers.',
        ),
      muster: MusterNumber.exactOptional(),
      passId: PassId.exactOptional(),
      holderRef: HolderRef.exactOptional(),
      from: Moment.describe('Of a period: what was asked for.').exactOptional(),
      to: Moment.exactOptional(),
    })
    .meta({ dependentRequired: { from: ['to'], to: ['from'] } }),
  /** Somebody at the desk had a backup made, or took the log away. It is written before that is done. */
  'operator.upkeep': z.strictObject({
    operator: Word,
    act: z
      .enum(UPKEEP_ACTS)
      .describe('backup: it was ordered, and storage.backup tells of one that was made. export: of the log.'),
    format: z.enum(EXPORT_FORMATS).describe('Of an export.').exactOptional(),
    from: Day.describe(
      'First day of an export, by the time of the site; without it from the begin.',
    ).exactOptional(),
    to: Day.describe('Its last day; without it until then.').exactOptional(),
  }),
  /** A guard acted against or beside the automatic decision. */
  'operator.override': z
    .strictObject({
      operator: Word,
      action: z.enum(OVERRIDE_ACTIONS),
      accessPoint: Id.exactOptional(),
      door: Id.exactOptional(),
      passage: Word.exactOptional(),
      passId: PassId.exactOptional(),
      line: Line.exactOptional(),
      holderRef: HolderRef.exactOptional(),
      order: Word.describe('Id of the standing order it is about.').exactOptional(),
      kind: z
        .enum(ORDER_KINDS)
        .describe('Of the standing order that was given, of the action order.')
        .exactOptional(),
      value: Count.max(MOST_INSIDE).describe('How many are inside, of the action occupancy.').exactOptional(),
      item: z
        .enum(ATTENTION_KINDS)
        .describe('What was looked at, of the action seen. About a passage it ends with the screening.')
        .exactOptional(),
      role: z.enum(DEVICE_ROLES).describe('Which device, of the item device.').exactOptional(),
      request: Some.describe('Number of the request, of the action answer-request.').exactOptional(),
      answer: z.enum(REQUEST_ANSWERS).describe('What was said to it.').exactOptional(),
      screening: z
        .strictObject({ contactReading: OfContact })
        .describe('Of the action contact-reading.')
        .exactOptional(),
      note: Note.describe(
        "Why, in the guard's words. Of every action but seen, contact-reading and note-left.",
      ).exactOptional(),
    })
    .meta({
      allOf: [
        NOTED,
        valuesOf('seen', { own: ['item', 'role'], either: ['item', 'passage'] }),
        valuesOf('visitor-pass', { own: [], needs: ['passId'] }),
        valuesOf('note-left', { own: ['line'], either: ['line', 'passId'] }),
        valuesOf('contact-reading', { own: ['screening'], needs: ['screening', 'passage'] }),
        valuesOf('order', { own: ['kind'], needs: ['kind', 'order'] }),
        valuesOf('occupancy', { own: ['value'], needs: ['value'] }),
        valuesOf('answer-request', { own: ['request', 'answer'], needs: ['request', 'answer'] }),
      ],
    }),
  /** A signed command of a centre has come. It is written before the gate acts. */
  'command.result': Outcome.extend({
    key: KeyId.describe(
      'kid of its signer. Absent if no signature of a key for commands was proved: then the verb and the counter are what it says of itself.',
    ).exactOptional(),
    secondKey: KeyId.describe('kid of the second signer, of two.').exactOptional(),
    counted: Counted.exactOptional(),
  }),
  /** A new epoch begins with this row. */
  'log.reset': z.strictObject({
    cause: z
      .enum(['new log', 'lost', 'restored', 'damaged'])
      .describe(
        'new log: the first of this store. lost: nothing was left of the one before. restored: an older copy was put in its place, or what was written last is gone. damaged: somebody at the kiosk had a new one begun.',
      ),
    previousEpoch: Word.describe('Epoch of the log before, as far as the gate has noted it.').exactOptional(),
    previousSequence: Count.describe('How far that one had come.').exactOptional(),
  }),
  'log.altered': z
    .strictObject({ first: Some, last: Some, problem: z.enum(['edited', 'missing']) })
    .describe(
      'Rows of the log, both ends included, are not as they were written, or are gone. They are not published.',
    ),
  'log.purged': z
    .strictObject({
      class: z
        .enum(PURGE_CLASSES)
        .describe(
          'screening, access, operator: this part of the rows. ended: rows that had nothing else to lose are gone.',
        ),
      through: Some.describe('Sequence of the last row to which it applies; also to all before it.'),
      count: Count.describe('How many rows lose the part that still had it.'),
      unacknowledged: z
        .strictObject({ first: Some, last: Some })
        .describe(
          'Those of them that were not acknowledged lie between these, both included: by every server that the site names, or where it names none by a broker.',
        )
        .exactOptional(),
      staying: RowRanges.min(1)
        .describe(
          'Of the class ended: the rows behind those of the last time that do not end with the others, e.g. 12-14,20. They end with the class operator.',
        )
        .exactOptional(),
    })
    .describe('The time of these parts of the log is over. It is written before they are taken away.'),
  'log.checkpoint': z
    .strictObject({
      size: Some.describe('Number of events of the epoch that it covers.'),
      root: Hex32.describe('RFC 6962 root over their hashes.'),
      by: Word.describe('Who ordered it; auto: at the stop of the gate.'),
    })
    .describe(
      'A checkpoint of the log was signed at a stop or by order. Those every 15 minutes are no events.',
    ),
  /** Without the pseudonym, as the two after it: the log must not say again whom it is about. */
  'privacy.requested': z
    .strictObject({
      request: Some.describe('Number that the person was shown.'),
      kind: z.enum(REQUEST_KINDS),
      accessPoint: Id,
    })
    .describe('Somebody has proved to hold a pass and asks for its data, or for their erasure.'),
  'privacy.exported': z
    .strictObject({ rows: Count.describe('Rows of the log among what was exported.'), request: OfRequest })
    .describe('Everything kept about one holder or pass was handed out by a command.'),
  'privacy.erased': z
    .strictObject({
      ranges: RowRanges.describe(
        'Sequences of the rows that lose all that is personal in them, e.g. 12-14,20; empty: there was none.',
      ),
      rows: Count.describe('How many they are.'),
      receipt: Hex32.describe('SHA-256 of the canonical JSON of the receipt that the gate has signed.'),
      request: OfRequest,
    })
    .describe(
      'Everything kept about one holder or pass was erased. It is written before the rows are reduced.',
    ),
  /** `time` is the moment whose state is in it. */
  'storage.backup': z
    .strictObject({
      bytes: Count.describe('Size of the file.'),
      rows: Count.describe('Events of the log in it.'),
      recipient: Hex32.describe('SHA-256 of the public key (age1…) to which it is encrypted.'),
    })
    .describe('A command has made an encrypted backup of the store.'),
  /** A list of everybody counted in and not out. Who is on it stays on the kiosk. */
  'muster.started': z.strictObject({
    muster: MusterNumber,
    cause: z.enum(MUSTER_CAUSES).describe('fire: a fire contact. evacuation: of the site. order: a guard.'),
    by: Word.describe('Who ordered it, of the cause order.').exactOptional(),
    note: Note.exactOptional(),
    people: Count.describe('How many are on it.'),
    counted: Count.describe('How many are inside by the counter, which knows nobody.'),
    inUnnamed: Count.describe('In the day before, let in without a pass: not on the list.'),
    outUnnamed: Count.describe(
      'In the day before, out by the exit button or a guard: may be on the list still.',
    ),
    whileOpen: Count.describe('That day, counted while the gate was held open.'),
    long: Count.describe('On the list for longer than a day.'),
    doubted: z.boolean().describe('The log went back: the list may be behind what happened.'),
  }),
  'muster.ended': z.strictObject({
    muster: MusterNumber,
    by: Word.describe('auto: nobody ended it within a day.'),
    people: Count,
    ticked: Count.describe('How many of them were seen.'),
    note: Note.exactOptional(),
  }),
  'muster.erased': z
    .strictObject({
      muster: MusterNumber,
      people: Count.describe('Lines that were erased.'),
      ticked: Count,
      receipt: Hex32.describe('SHA-256 of the canonical JSON of the receipt that the gate has signed.'),
    })
    .describe('The people on a list were erased, as its time was over.'),
  'stats.daily': DayCounts,
  'stats.reviewed': z
    .strictObject({ date: Day, operator: Word, note: Note })
    .describe('Somebody who answers for the post has looked through a day that is over. Once for each day.'),
  /** The checkpoint was ended for good and its personal records erased: the last event of a log. */
  'site.stooddown': z.strictObject({
    reportDigest: Hex32.describe('SHA-256 of the canonical JSON of the deletion report.'),
    publicKey: Hex32.describe('Ed25519 key that signed the report.'),
    erased: Erased,
  }),
  /** Somebody away from the desk was told that this gate needs them, or could not be. Names nobody. */
  'attention.notified': z.strictObject({
    to: z.enum(PUSH_PERSONS).describe('second: the first has not answered, or could not be told.'),
    outcome: z.enum(['sent', 'failed']).describe('sent: the notifier of the site has taken the message.'),
    needs: Some.describe('How much waited for a guard that this person had not been told of.'),
    counted: Counted.exactOptional(),
  }),
} as const satisfies Record<string, z.ZodType>;

const SALT_LIST = /^(?:access|operator)=[\w-]{22}(?: (?:reading|screening)=[\w-]{22})?$/;

/** What the envelope and a reduced row have in common. */
const IDENTITY = {
  specversion: z.literal('1.0'),
  id: z.uuid().describe('UUIDv7 of the hour; (source, id) is the identity of the event.'),
  source: z
    .string()
    .regex(/^\/gates\/[a-z0-9-]{1,32}\/[a-z0-9-]{1,32}$/)
    .describe('/gates/<site>/<gate>'),
  type: z.string().regex(/^io\.gatepost\.[a-z]+\.[a-z]+\.v1$/),
  datacontenttype: z.literal('application/json'),
  sequence: z
    .string()
    .regex(/^[0-9]{16}$/)
    .describe('Contiguous within source and epoch: a gap is a missing event.'),
  epoch: z.uuid().describe('Life of this log; new only when the log was lost or restored.'),
  prevhash: Hex32.describe('Hash of the row before.'),
} as const;

/** The published form: structured-mode CloudEvents 1.0 (config/contract/README.md#events). */
export const ENVELOPE = z
  .strictObject({
    ...IDENTITY,
    subject: Word.describe('Access point, door or gate the event is about.'),
    time: Moment.describe("When it happened, by the gate's clock; timequality says how far to believe it."),
    dataschema: z.string().regex(/^urn:gatepost:event:[a-z]+\.[a-z]+:v1$/),
    recordedtime: Moment.describe('When it was written to the log.'),
    bootid: z.uuid().describe('Boot of the machine.'),
    timequality: Quality,
    salts: z
      .string()
      .regex(SALT_LIST)
      .describe('Salt of each part of the row that ends (base64url). Rows of earlier versions have none.')
      .exactOptional(),
    commitments: z
      .string()
      .regex(/^(?:reading|screening)=[0-9a-f]{64}$/)
      .describe('Commitment to the screening and what it led to, once that is gone from data.')
      .exactOptional(),
    data: z.looseObject({}).describe('By type: see event-data.json.'),
  })
  .meta({
    title: 'Event envelope',
    description:
      'A published event: structured-mode CloudEvents 1.0 JSON. Receivers ignore members they do not know.',
  });

/** A row of which everything personal is gone, as it is published then (config/contract/README.md#reduced-rows). */
export const REDUCED = z
  .strictObject({
    ...IDENTITY,
    dataschema: z.literal('urn:gatepost:event:reduced:v1'),
    time: Moment.describe('The full hour in which it happened.'),
    commitments: z
      .string()
      .regex(/^(?:access|operator)=[0-9a-f]{64}(?: (?:reading|screening)=[0-9a-f]{64})?$/)
      .describe('Commitment to each part that is gone: SHA-256 over its salt, class and canonical JSON.'),
    data: z
      .looseObject({ reason: Word.exactOptional() })
      .describe(
        'The reason, if there was one and it is not about a reading. Events about the log itself keep all of their data.',
      ),
  })
  .meta({
    title: 'Reduced row',
    description: 'What is left of an event when the time of what it said is over: the text that was hashed.',
  });
