import { z } from 'zod';
import { ADVICE_KEYS } from '../core/access/advice.ts';
import { MOST_DESK_HOURS } from '../core/access/bounds.ts';
import { PASS_KINDS } from '../core/access/vocabulary.ts';
import type { SensorFamilies } from '../core/screening/sensor-traits.ts';
import { distance, doorContact, doorInputs, doorLock, doorSignals, scanner, thermometer } from './devices.ts';
import {
  filePath,
  id,
  label,
  passKinds,
  publicKey,
  siteText,
  telephone,
  textOf,
  timeZone,
} from './fields.ts';
import { homeassistant, metrics } from './neighbours-section.ts';
import { policy } from './policy-section.ts';
import { printer } from './printer-section.ts';
import { push } from './push-section.ts';
import { retention } from './retention-section.ts';
import { screening } from './screening-section.ts';
import { trust } from './trust-section.ts';
import { uplink } from './uplink-section.ts';
import { web } from './web-section.ts';

/**
 * The config file: its keys, ranges and defaults. The descriptions are the documentation that an editor shows through
 * config/schema/gatepost.schema.json. Checks across sections are in conflicts.ts.
 */

const office = z.strictObject({
  telephone: telephone.describe('Whom people call, e.g. 021 5550 1234: for screens and printed cards.'),
  hours: label
    .exactOptional()
    .describe('When somebody answers, in words, e.g. 8:00 - 18:00. Any time if left out.'),
  address: label
    .exactOptional()
    .describe('Where it is, in words, e.g. Building 3, ground floor: shown to people who are sent there.'),
  link: textOf('an address')
    .regex(/^(https:\/\/|geo:|tel:)[\x21-\x7e]{1,200}$/, 'must begin with https://, geo: or tel:')
    .exactOptional()
    .describe(
      'What a phone opens that scans the QR code on the screen of people who are sent there: a page, a place or a number. The address as text if left out.',
    ),
});

/** Short enough to be large on a small display. */
const advice = z
  .partialRecord(z.enum(ADVICE_KEYS), siteText(80))
  .describe(
    'By what a refusal asks for (again, wait, guard, office, closed): a text that follows. By reason: a text instead of the one that the program has.',
  );

const site = z.strictObject({
  id: id.describe('Id of the site: the audience every pass must name, and part of every MQTT topic.'),
  name: label.describe('Name of the site as people know it.'),
  timeZone: timeZone.describe('IANA time zone of the site; the hours of passes are in this time.'),
  clock: z
    .enum(['ask', 'trust'])
    .default('ask')
    .describe(
      'ask: the kernel says whether a time service keeps the clock. trust: the site vouches for the clocks of its gates, however they are kept.',
    ),
  office: office
    .exactOptional()
    .describe("The office that looks after the site: named where no guard is there, and on passes' cards."),
});

const gate = z.strictObject({
  id: id.describe('Id of this kiosk within the site; also its MQTT client id.'),
  name: label.describe('Name of the gate as people know it.'),
  post: z
    .strictObject({
      number: label.exactOptional().describe('Number of the post, e.g. 3.'),
      responsible: label.exactOptional().describe('Who is responsible for the post, by name.'),
    })
    .exactOptional()
    .describe('Shown to everybody at the gate, on the guard’s screen, and told to servers.'),
});

export const door = z.strictObject({
  name: label.describe('Name of the door as the guard knows it.'),
  releaseSeconds: z
    .number()
    .min(0.2)
    .max(60)
    .default(3)
    .describe('How long the lock is released, in seconds.'),
  passageSeconds: z
    .number()
    .min(1)
    .max(120)
    .default(10)
    .describe('Time to walk through before the passage counts as not taken, in seconds.'),
  heldOpenSeconds: z
    .number()
    .min(2)
    .max(3600)
    .default(30)
    .describe('How long the door may stand open before the alarm, in seconds; pre-alarm at two thirds.'),
  lock: doorLock.describe('The output that releases the door.'),
  contact: doorContact.exactOptional().describe('The switch that tells whether the door stands open.'),
  inputs: doorInputs
    .exactOptional()
    .describe(
      'What is read beside the contact: exit button, button that calls the guard, tamper switch, fire contact.',
    ),
  signals: doorSignals.exactOptional().describe('Lamp and buzzer for people without a screen.'),
});

/** @param families the sensors there are drivers for */
function accessPoint(families: SensorFamilies) {
  return z.strictObject({
    door: id.describe('Id of the door this access point opens.'),
    direction: z.enum(['in', 'out']).describe('Way through the door for whom stands here.'),
    scanner: scanner.describe('What reads the QR codes.'),
    thermometer: thermometer(families).exactOptional().describe('What takes the forehead temperature.'),
    distance: distance(families).exactOptional().describe('What tells how far away the forehead is.'),
  });
}

const issuer = z.strictObject({
  name: label.describe('Who issues these passes.'),
  publicKey: publicKey.describe('Ed25519 public key, 64 hex or 43 base64url characters.'),
  sites: z.array(id).min(1).exactOptional().describe('Sites it may issue for; leave out for any.'),
  kinds: passKinds.exactOptional().describe('Kinds of pass it may issue; leave out for all.'),
});

const passes = z.strictObject({
  issuers: z.array(issuer).max(64).default([]).describe('Whose passes are believed.'),
  kinds: passKinds.default([...PASS_KINDS]).describe('Kinds of pass that may go through.'),
  longestLifeDays: z
    .number()
    .int()
    .min(1)
    .max(400)
    .default(400)
    .describe('Longest life of a pass from its issue to its end, in days.'),
  atDesk: z
    .strictObject({
      longestHours: z
        .number()
        .int()
        .min(1)
        .max(MOST_DESK_HOURS)
        .default(12)
        .describe('For how long such a pass is good at most, in hours.'),
    })
    .exactOptional()
    .describe(
      'Guards make passes for visitors at the desk, with a key of this kiosk (visitor-key.pem in the store folder) that counts here, for this site and for visitors alone. Left out: they make none, and the key counts for nothing.',
    ),
  untrustedTime: z
    .enum(['deny', 'guard', 'allow'])
    .default('guard')
    .describe('What happens to a valid pass while the clock cannot be believed.'),
  untrustedRecords: z
    .enum(['deny', 'guard', 'allow'])
    .default('guard')
    .describe(
      'What happens, after the log went back, to a pass with a quota, uses, a phone code or anti-passback, until a guard has confirmed the records.',
    ),
});

const brokerUrl = (embedded: string) =>
  z
    .string()
    .regex(
      new RegExp(`^(${embedded}mqtts?:\\/\\/([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+\\])(:[0-9]{1,5})?\\/?)$`),
      `must be ${embedded === '' ? '' : '`embedded`, '}mqtt://HOST:PORT or mqtts://HOST:PORT, without user, password and path`,
    );

/** How a broker is talked to, and by whom. */
const brokerLogin = {
  protocol: z
    .literal([4, 5])
    .exactOptional()
    .describe('MQTT version, 4 (3.1.1) or 5. Default 5; the embedded broker speaks 4.'),
  username: z.string().min(1).max(256).exactOptional().describe('User name at the broker.'),
  passwordFile: filePath.exactOptional().describe('File that holds the password and nothing else.'),
  caFile: filePath.exactOptional().describe('Certificate authority of the broker, PEM.'),
  certFile: filePath.exactOptional().describe('Certificate of this kiosk, PEM.'),
  keyFile: filePath.exactOptional().describe('Private key of this kiosk, PEM.'),
};

const mqtt = z
  .strictObject({
    url: brokerUrl('embedded|').describe('The broker: `embedded` starts a small one for demos.'),
    ...brokerLogin,
    embeddedPort: z
      .number()
      .int()
      .min(1)
      .max(65535)
      .default(1883)
      .describe('Port of the embedded broker on 127.0.0.1.'),
    second: z
      .strictObject({ url: brokerUrl('').describe('Its address.'), ...brokerLogin })
      .transform(({ protocol = 5, ...rest }) => ({ ...rest, protocol }))
      .exactOptional()
      .describe(
        'A second broker, for as long as the first cannot be used. Nothing is taken over from the first.',
      ),
  })
  .transform((value) => ({ ...value, protocol: value.protocol ?? (value.url === 'embedded' ? 4 : 5) }));

const store = z.strictObject({
  folder: filePath.describe('Folder of the database and of everything else the kiosk remembers.'),
  checkHour: z
    .number()
    .int()
    .min(0)
    .max(23)
    .default(3)
    .describe(
      'Quiet hour of the site, 0 to 23: once a week the whole store is looked through for damage then.',
    ),
});

const backup = z.strictObject({
  recipient: z
    .string()
    .regex(/^age1(pq1)?[ac-hj-np-z02-9]{50,3000}$/, 'must be an age public key, which begins with age1')
    .exactOptional()
    .describe(
      'Public key (age1…) of the office, to which backups are encrypted. The secret half is never here.',
    ),
  folder: filePath
    .exactOptional()
    .describe(
      'Folder on another disk into which the guard’s screen writes a backup that is ordered there; leave out to have them made by the command alone.',
    ),
  warnAfterDays: z
    .number()
    .int()
    .min(1)
    .max(366)
    .default(30)
    .describe('Days after the last backup from which the gate asks for a new one, if a recipient is named.'),
});

const assist = z.strictObject({
  screenButton: z
    .boolean()
    .default(true)
    .describe('Whether the resident’s screen has a button that calls the guard.'),
  answerSeconds: z
    .number()
    .int()
    .min(10)
    .max(300)
    .default(30)
    .describe(
      'After so many seconds without an answer the screen names the next step: the office, and the other gate.',
    ),
  talk: z
    .boolean()
    .default(true)
    .describe(
      'Whether a guard may answer a call by voice. The microphone of the resident’s screen opens only after somebody has pressed there, and nothing is recorded.',
    ),
  otherGate: label
    .exactOptional()
    .describe(
      'Where else somebody is, in words, e.g. East gate, day and night. Shown when no guard answers.',
    ),
});

const notice = z.strictObject({
  controller: label.exactOptional().describe('Who answers for the data. The name of the site if left out.'),
  purpose: siteText(300)
    .exactOptional()
    .describe('What the gate is for, instead of the words of the program.'),
  more: siteText(300).exactOptional().describe('What follows at the end, such as the legal ground.'),
});

const privacy = z.strictObject({
  notice: notice
    .prefault({})
    .describe('What people are told about their data, on the screen and on paper (gatepost notice).'),
  selfService: z
    .boolean()
    .default(false)
    .describe(
      'Whoever shows a phone code sees at the resident’s screen of this machine how much is kept of the pass, and can ask for a copy or for deletion.',
    ),
  requestDays: z
    .number()
    .int()
    .min(1)
    .max(366)
    .default(30)
    .describe('Days until a request that nobody answered lapses, and for which the answer is shown.'),
});

const volume = z.number().int().min(0).max(100);

/** Hours with another loudness. */
const night = z.strictObject({
  hours: z
    .string()
    .regex(
      /^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$/,
      'must be hours such as "22:00-06:00"',
    )
    .describe(
      'Hours of the site, over midnight where the end is before the start, all day where they are equal, e.g. 22:00-06:00.',
    ),
  volume: volume.default(30).describe('Loudness in these hours, 0 to 100; alarms stay at full.'),
});

const desk = z.strictObject({
  volume: volume.default(80).describe('Loudness of the tones by day, 0 to 100.'),
  night: night
    .exactOptional()
    .describe(
      'Hours in which the page is dim and its tones are quieter; leave out for none. Fire stays at full.',
    ),
});

const speech = z.strictObject({
  enabled: z.boolean().default(true).describe("Whether the resident's screen speaks what it says."),
  volume: volume.default(80).describe('Loudness by day, 0 to 100.'),
  night: night.exactOptional().describe('Quieter hours; leave out for none.'),
  repeatSeconds: z
    .number()
    .min(3)
    .max(60)
    .default(8)
    .describe('Pause before a sentence is said again to somebody who is asked to do something, in seconds.'),
  folder: filePath
    .exactOptional()
    .describe(
      'Own voices: FOLDER/LANGUAGE/SENTENCE.opus (or ogg, mp3, m4a, wav) in place of the built-in ones.',
    ),
});

const siteOrders = z.strictObject({
  fourEyes: z
    .boolean()
    .default(false)
    .describe('An order to the whole site needs the signatures of two command keys.'),
  guardMayEndLockdown: z
    .boolean()
    .default(false)
    .describe(
      "A guard may end the centre's lockdown of the site at this gate. Letting people out is always allowed.",
    ),
});

const muster = z.strictObject({
  atFire: z
    .boolean()
    .default(true)
    .describe(
      'A fire contact and an evacuation of the site make a list of who is inside. A guard always can.',
    ),
  accessPoints: z
    .array(id)
    .min(1)
    .exactOptional()
    .describe(
      'Ids of the access points whose reader ticks people on the list, such as one at the assembly point; all if left out.',
    ),
  keptHours: z
    .number()
    .int()
    .min(1)
    .max(720)
    .default(24)
    .describe('Hours after its end for which a list is kept; then its people are erased.'),
});

const demo = z.strictObject({
  panel: z.boolean().default(false).describe('The panel that plays people, passes and cables.'),
});

function makeSchema(families: SensorFamilies) {
  return z.strictObject({
    version: z.literal(1).describe('Version of this file format.'),
    site: site.describe('The place this kiosk belongs to.'),
    gate: gate.describe('This kiosk.'),
    language: z.enum(['zh-CN', 'zh-TW', 'en']).default('en').describe('First language of the prompt screen.'),
    doors: records(door, 'Everything that locks, by id.'),
    accessPoints: records(accessPoint(families), 'Everywhere a person can present a pass, by id.'),
    passes: passes.prefault({}).describe('Which passes are believed.'),
    policy: policy.prefault({}).describe('Named sets of rules, and the one to begin with.'),
    trust: trust.prefault({}).describe('Signed lists: keys, revocations, policy, orders, directory.'),
    screening: screening.prefault({}).describe('Temperature screening. Not a medical device.'),
    mqtt: mqtt.exactOptional().describe('The MQTT broker; leave out to run without one.'),
    uplink: uplink.prefault({}).describe('The servers behind the broker.'),
    web: web.prefault({}).describe('The screens of guard and resident.'),
    metrics: metrics
      .exactOptional()
      .describe('Figures for Prometheus, and whether the gate is well; leave out to serve none.'),
    homeassistant: homeassistant.prefault({}).describe('The gate as a device of Home Assistant.'),
    store: store.describe('Where the kiosk keeps its data.'),
    backup: backup.prefault({}).describe('Encrypted backups of the store (gatepost backup).'),
    retention: retention.prefault({}).describe('How long the kiosk keeps what it knows about people.'),
    advice: advice.default({}).describe('What refused people are told to do, in words of the site.'),
    privacy: privacy.prefault({}).describe('What people can ask at the gate itself about their data.'),
    assist: assist.prefault({}).describe('How people call the guard.'),
    printer: printer
      .exactOptional()
      .describe("Receipt printer (ESC/POS) of the guard's desk, for visitors' passes; leave out for none."),
    push: push
      .exactOptional()
      .describe('Messages to phones of guards who are away from the desk; leave out for none.'),
    speech: speech.prefault({}).describe("What the resident's screen speaks."),
    desk: desk
      .prefault({})
      .describe("The light and the tones of the guard's page, where nobody has chosen others there."),
    siteOrders: siteOrders.prefault({}).describe('What the centre orders of the whole site at once.'),
    muster: muster.prefault({}).describe('The list of who is inside at a fire.'),
    demo: demo.prefault({}).describe('Only for trying Gatepost without hardware.'),
  });
}

type ConfigSchema = ReturnType<typeof makeSchema>;

/** A valid config with all defaults filled in. */
export type Config = z.output<ConfigSchema>;

/** Schemas by what they were made for: making one takes zod longer than reading a file with it. */
const made = new WeakMap<SensorFamilies, ConfigSchema>();

/** @param families the sensors there are drivers for */
export function configSchema(families: SensorFamilies): ConfigSchema {
  const known = made.get(families);
  if (known !== undefined) return known;
  const schema = makeSchema(families);
  made.set(families, schema);
  return schema;
}

function records<T extends z.ZodType>(value: T, description: string) {
  return z
    .record(id, value)
    .refine((all) => Object.keys(all).length > 0, 'must have at least one entry')
    .refine((all) => Object.keys(all).length <= 32, 'must have at most 32 entries')
    .describe(description);
}
