import { z } from 'zod';
import {
  ASSIST_STATUSES,
  DIRECTIONS,
  DOOR_ALARMS,
  DOOR_MODES,
  DOOR_PHYSICAL_STATES,
  DOOR_TAMPERS,
  NOT_OBEYED,
  SITE_ORDERS,
} from '../access/vocabulary.ts';
import { MAX_UINT32 } from '../bundle/bundle.ts';
import { MUSTER_CAUSES } from '../report/muster.ts';
import {
  Count,
  DeviceStatus,
  Id,
  KeyId,
  ListType,
  Moment,
  Quality,
  Some,
  type Value,
  Word,
} from './fields.ts';

/** Members of each state that follows the log. */
const told = {
  sequence: Count.describe('Newest event of the log when the state was told.'),
  time: Moment,
};

/** The retained states, by the word in their topic. Receivers ignore members they do not know. */
export const STATES = {
  conn: z
    .object({
      state: z
        .enum(['init', 'ready', 'degraded', 'disconnected', 'lost'])
        .describe('disconnected: left on purpose; lost: the last will.'),
      epoch: z.string(),
      firstSeq: Count,
      lastSeq: Count,
      software: Word,
      /** Status by device id, e.g. `scanner:main-in`. */
      devices: z.record(z.string(), DeviceStatus),
      commands: z
        .record(KeyId, Some)
        .describe(
          'The last counter of each key that signs commands, by its kid, so that its next one can be greater. Absent before the first.',
        )
        .exactOptional(),
      broker: z
        .enum(['first', 'second'])
        .describe('The broker that the gate uses now. Absent where its config names one alone.')
        .exactOptional(),
      since: Moment,
    })
    .describe('state/conn'),
  door: z
    .object({
      mode: z.enum(DOOR_MODES),
      physical: z.enum(DOOR_PHYSICAL_STATES),
      alarm: z.enum(DOOR_ALARMS),
      tamper: z.enum(DOOR_TAMPERS).describe('Absent where the door has no tamper switch.').exactOptional(),
      fire: z
        .boolean()
        .describe('The fire alarm has opened the door. Absent where the door has no fire contact.')
        .exactOptional(),
      ...told,
    })
    .describe('state/door/<door>'),
  accesspoint: z
    .object({ door: Id, direction: z.enum(DIRECTIONS), enabled: z.boolean(), ...told })
    .describe('state/accesspoint/<id>'),
  assist: z
    .object({
      status: z
        .enum(['none', ...ASSIST_STATUSES])
        .describe(
          'Whether somebody calls the guard there: ringing, unanswered (for longer than the site allows; it still rings), or what was answered.',
        ),
      since: Moment.describe('When the guard was called.').exactOptional(),
      ...told,
    })
    .describe('state/assist/<access point>'),
  policy: z
    .object({
      level: Word,
      version: Count,
      lists: z
        .array(
          z.strictObject({
            type: ListType,
            number: Count.max(MAX_UINT32).describe('0 where there is none.'),
            state: z
              .enum(['good', 'due', 'stale', 'damaged', 'missing'])
              .describe('due: a newer one should be here. From stale on, the guard decides about everybody.'),
            issuedAt: Moment.exactOptional(),
            nextUpdate: Moment.exactOptional(),
            signer: z
              .literal('withdrawn')
              .describe(
                'The key that signed it is withdrawn: it stays in force, and the next list takes its place whatever its number.',
              )
              .exactOptional(),
          }),
        )
        .max(5)
        .describe('The signed lists this gate goes by.')
        .exactOptional(),
      schedule: z
        .strictObject({
          state: z
            .enum(['follows', 'held', 'waits'])
            .describe(
              'follows: the level is that of the schedule. held: somebody has chosen another one, until it is given back. waits: the time is not trusted, or a door is shut, so that a looser level has to wait.',
            ),
          level: Word.describe('The level of the schedule now.'),
          next: z
            .strictObject({ level: Word, at: Moment })
            .describe('The next other one, within 400 days.')
            .exactOptional(),
        })
        .describe('Absent where there is no schedule.')
        .exactOptional(),
      ...told,
    })
    .describe('state/policy'),
  queue: z
    .object({ pending: Count.describe('Events the broker has not stored yet.'), ...told })
    .describe('state/queue'),
  servers: z
    .object({
      servers: z
        .array(
          z.strictObject({
            server: Id,
            receipt: z
              .strictObject({ epoch: z.uuid(), upTo: Count })
              .describe('What it said last. Absent before its first receipt.')
              .exactOptional(),
            lacksSince: Moment.describe(
              'When the oldest event that it lacks happened, as far as the gate knows. Absent if it has everything.',
            ).exactOptional(),
            late: z.boolean().describe('That is longer ago than the site allows.'),
          }),
        )
        .max(16),
      ...told,
    })
    .describe('state/servers; not there where the site names no servers. Told once a minute at most'),
  shift: z
    .object({
      post: z
        .strictObject({
          number: Word.describe('Number of the post.').exactOptional(),
          responsible: Word.describe('Who is named as responsible for it.').exactOptional(),
        })
        .describe('As the config has it, also where people see it. Absent where it has none.')
        .exactOptional(),
      onDutySince: Moment.describe(
        'Since when a guard has had the shift. Absent before the first.',
      ).exactOptional(),
      handedOver: Moment.describe(
        'When it was handed over. Absent once somebody has taken it.',
      ).exactOptional(),
      ...told,
    })
    .describe('state/shift'),
  muster: z
    .object({
      muster: Some.describe('Number of the newest list of who is inside.'),
      cause: z.enum(MUSTER_CAUSES),
      since: Moment,
      people: Count.describe('How many are on it.'),
      ticked: Count.describe('How many of them were seen.'),
      ended: Moment.describe('Absent while people can be ticked.').exactOptional(),
      ...told,
    })
    .describe('state/muster; not there before the first'),
  clock: z.object({ quality: Quality, ...told }).describe('state/clock'),
  backup: z
    .object({
      last: Moment.describe('Of the state in the last backup. Absent where there is none.').exactOptional(),
      due: z.boolean().describe('A new one should be made. Always false where none are asked for.'),
      ...told,
    })
    .describe('state/backup; not there where no backups are asked for and none was made'),
  siteorder: z
    .object({
      order: z.enum(SITE_ORDERS).describe('What the site is ordered, as far as this gate has heard.'),
      counter: Count.describe('The highest this gate has taken; 0 where there was none. The next is higher.'),
      keys: z.array(KeyId).max(2).describe('kid of who signed the order.').exactOptional(),
      since: Moment.describe('When this gate began or was asked to.').exactOptional(),
      until: Moment.describe('When a lockdown ends by itself.').exactOptional(),
      obeyed: z.boolean().describe('Whether every door of this gate is as ordered.'),
      reason: z.enum(NOT_OBEYED).describe('Why not.').exactOptional(),
      ...told,
    })
    .describe('state/siteorder'),
  checkpoint: z
    .object({
      epoch: z.uuid(),
      size: Some.describe('Number of events of the epoch that it covers.'),
      note: z
        .string()
        .min(1)
        .max(4096)
        .describe(
          'C2SP tlog-checkpoint, signed by the gate: origin gatepost/<site>/<gate>/<epoch>, size, root.',
        ),
      ...told,
    })
    .describe('checkpoint'),
  alert: z
    .object({
      text: z.string().min(1).max(2000),
      severity: z.enum(['info', 'warning', 'error']),
      since: Moment,
    })
    .describe('alert/<id>; emptied when solved'),
} as const satisfies Record<string, z.ZodType>;

/** Where each state is told, below the root of the gate; with a name in braces for each word that differs. */
export const STATE_TOPICS: Readonly<
  Record<
    keyof typeof STATES,
    {
      readonly topic: string;
      readonly description: string;
      readonly parameters?: Readonly<Record<string, { readonly description: string }>>;
    }
  >
> = {
  conn: {
    topic: 'state/conn',
    description:
      'Whether the gate is there. Also the last will (state lost), sent 5 s after a broken connection.',
  },
  door: {
    topic: 'state/door/{door}',
    description: 'Present state of a door.',
    parameters: { door: { description: 'Its id.' } },
  },
  accesspoint: {
    topic: 'state/accesspoint/{accessPoint}',
    description: 'Present state of an access point.',
    parameters: { accessPoint: { description: 'Its id.' } },
  },
  assist: {
    topic: 'state/assist/{accessPoint}',
    description: 'Whether somebody calls the guard at an access point.',
    parameters: { accessPoint: { description: 'Its id.' } },
  },
  policy: { topic: 'state/policy', description: 'The policy level and the signed lists in force.' },
  queue: { topic: 'state/queue', description: 'Events that wait for the broker.' },
  servers: {
    topic: 'state/servers',
    description: 'What each server that the site names says that it has, and which of them is late.',
  },
  shift: { topic: 'state/shift', description: 'The post, and whether a guard has the shift.' },
  muster: { topic: 'state/muster', description: 'How many of those who were inside were seen.' },
  clock: { topic: 'state/clock', description: 'How far the clock can be believed.' },
  siteorder: {
    topic: 'state/siteorder',
    description: "What the centre orders of the whole site, and whether this gate's doors are so.",
  },
  backup: { topic: 'state/backup', description: 'How old the last backup of the store is.' },
  checkpoint: {
    topic: 'checkpoint',
    description: 'The newest signed checkpoint of the log, made every 15 minutes and at the stop.',
  },
  alert: {
    topic: 'alert/{alert}',
    description: 'Something a person must mend; emptied when it is solved.',
    parameters: {
      alert: {
        description:
          'Its id: uplink where the broker does not take what the gate sends, log where the log cannot be trusted or written, servers where one of them lacks events for too long, siteorder where the gate does not do what is ordered of the site, assist while somebody calls the guard and nobody has answered.',
      },
    },
  },
};

/** Payload of each retained state, by the word in its topic. */
export type StateByName = { readonly [Name in keyof typeof STATES]: Value<(typeof STATES)[Name]> };
