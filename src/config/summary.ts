import { nextChange, scheduledAt } from '../core/policy/schedule.ts';
import { wallClockText } from '../core/time/time-zone.ts';
import { callPlace } from './conflicts.ts';
import { ledOf } from './devices.ts';
import { policyOf } from './policy.ts';
import type { Config } from './schema.ts';
import { isOff } from './sensor-conflicts.ts';

/** What a config means, as plain sentences, one a line. @param nowMs Unix milliseconds, for the time at the site */
export function summaryOf(config: Config, nowMs: number): string[] {
  const { timeZone, clock } = config.site;
  return [
    `Gate ${config.gate.name} (${config.gate.id}) of ${config.site.name} (${config.site.id}), time of ${timeZone}, where it is ${wallClockText(nowMs, timeZone)} now.`,
    ...(clock === 'trust' ? ['Clock: the site vouches for it (`site.clock: trust`).'] : []),
    ...Object.entries(config.doors).flatMap(([id, door]) => [
      describeDoor(id, door),
      ...besideDoor(id, door),
    ]),
    ...Object.entries(config.accessPoints).map(([id, accessPoint]) => describeAccessPoint(id, accessPoint)),
    describeCalls(config),
    ...describePasses(config.passes),
    describeLevels(config),
    ...describeSchedule(config, nowMs),
    describeScreening(config.screening),
    describeBroker(config.mqtt),
    ...describeServers(config.uplink),
    ...describeHomeAssistant(config.homeassistant),
    `Screens: ${addressOf(config.web)}/, first language ${config.language}.`,
    ...describeHttps(config.web.https),
    ...(config.metrics === undefined
      ? []
      : [`Figures for Prometheus: ${addressOf(config.metrics)}/metrics.`]),
    ...describePush(config.push),
    ...describePrinter(config.printer),
    `Data: ${config.store.folder}`,
  ];
}

function addressOf({ host, port }: Pick<Config['web'], 'host' | 'port'>): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function describeHttps(https: Config['web']['https']): string[] {
  if (https === undefined) return [];
  const { hostNames, addresses, port, certFile } = https;
  const by = [
    ...hostNames,
    ...addresses.map((address) => (address.includes(':') ? `[${address}]` : address)),
  ];
  return [
    `From other machines: ${by.map((name) => `https://${name}:${port}/`).join(', ')}; certificate ${certFile ?? 'and authority of its own'}.`,
  ];
}

function describePrinter(printer: Config['printer']): string[] {
  if (printer === undefined) return [];
  const { driver, path, widthMm, tellsStatus } = printer;
  const said = tellsStatus ? '' : '; it is not asked how it is, so nobody knows whether a slip came out';
  return [`Receipt printer: ${driver}, ${path}, ${widthMm} mm${said}.`];
}

/** Without the topics, which are half a secret. */
function describePush(push: Config['push']): string[] {
  if (push === undefined) return [];
  const { first, second, firstAfterSeconds, secondAfterSeconds } = push;
  const next =
    second === undefined
      ? 'nobody else'
      : `after ${secondAfterSeconds} s a second person at ${new URL(second.url).origin}`;
  return [
    `Away from the desk: ${new URL(first.url).origin} is told after ${firstAfterSeconds} s that this gate needs somebody, ${next}.`,
  ];
}

function describeDoor(id: string, { name, releaseSeconds, lock, contact }: Config['doors'][string]): string {
  const how =
    lock.driver === 'simulated'
      ? 'simulated'
      : lock.driver === 'leds'
        ? `LED ${lock.led ?? ledOf(id)}`
        : `GPIO ${lock.line}, active ${lock.activeLevel} (${lock.driver})`;
  let seen = 'no contact';
  if (contact !== undefined)
    seen = 'line' in contact ? `contact on GPIO ${contact.line}` : 'contact simulated';
  return `Door ${id} (${name}): released for ${releaseSeconds} s; lock ${how}; ${seen}.`;
}

/** Inputs and signals, in the order of the file. */
function besideDoor(id: string, { inputs, signals }: Config['doors'][string]): string[] {
  const wired = Object.entries({ ...inputs, ...signals }).map(([role, device]) => {
    const where = 'line' in device ? `on GPIO ${device.line}` : 'simulated';
    const use = 'release' in device ? (device.release ? ', releases the lock' : ', moves nothing') : '';
    return `${role} ${where}${use}`;
  });
  return wired.length === 0 ? [] : [`Beside door ${id}: ${wired.join('; ')}.`];
}

function describeAccessPoint(id: string, accessPoint: Config['accessPoints'][string]): string {
  const { door, direction, scanner, thermometer, distance } = accessPoint;
  const heat =
    thermometer === undefined ? 'no thermometer' : `thermometer ${thermometer.path} (${thermometer.driver})`;
  const reach =
    distance === undefined
      ? ''
      : `; foreheads at ${distance.minMm} to ${distance.maxMm} mm (${distance.driver})`;
  return `Access point ${id}: ${direction} through ${door}; scanner ${scanner.path}; ${heat}${reach}.`;
}

function describeCalls({ assist, site, doors, accessPoints }: Config): string {
  const buttons = Object.entries(doors).flatMap(([id, { inputs }]) => {
    const place = callPlace(id, inputs?.callButton, accessPoints);
    return place === undefined ? [] : [`callButton of ${id} at ${place}`];
  });
  const ways = [...(assist.screenButton ? ['a button on the resident’s screens'] : []), ...buttons];
  if (ways.length === 0) return 'Nobody can call the guard: no button on the screens, no callButton.';
  const steps = [
    ...(site.office === undefined ? [] : [`the office (${site.office.telephone})`]),
    ...(assist.otherGate === undefined ? [] : [assist.otherGate]),
  ];
  const next =
    steps.length === 0
      ? 'the guard’s room alone: `site.office` and `assist.otherGate` can say more'
      : steps.join(' and ');
  const voice = assist.talk ? ' A guard may answer by voice.' : '';
  return `The guard is called by ${ways.join(', ')}; after ${assist.answerSeconds} s without an answer the screen names ${next}.${voice}`;
}

function describePasses(passes: Config['passes']): string[] {
  const { issuers, kinds, longestLifeDays, untrustedTime, untrustedRecords } = passes;
  const untrusted = {
    deny: 'nobody passes',
    guard: 'the guard decides',
    allow: 'passes are believed all the same',
  } as const;
  return [
    `Passes: ${kinds.join(', ')}; made for ${longestLifeDays} days at most; without trusted time ${untrusted[untrustedTime]}.`,
    `After a log that went back, where earlier passages count: ${untrusted[untrustedRecords]}, until a guard has confirmed the records.`,
    ...(issuers.length === 0 ? ['Trusted issuers: none but the demo’s own.'] : []),
    ...issuers.map(({ name, publicKey, sites, kinds: own }) => {
      const limits = [
        ...(sites === undefined ? [] : [`for ${sites.join(', ')}`]),
        ...(own === undefined ? [] : [`only ${own.join(', ')}`]),
      ];
      return `Trusted issuer: ${[`${name} (key ${publicKey.slice(0, 8)}…)`, ...limits].join('; ')}.`;
    }),
  ];
}

function describeLevels(config: Config): string {
  const { levels, initialLevel, version } = policyOf(config);
  const names = Object.entries(levels).map(([name, { gate }]) =>
    gate === 'open' ? `${name} (gate open)` : name,
  );
  return `Levels: ${names.join(', ')}; version ${version}; begins at ${initialLevel}.`;
}

function describeSchedule(config: Config, nowMs: number): string[] {
  const { schedule, ...policy } = policyOf(config);
  if (schedule === undefined) return [];
  const { timeZone } = config.site;
  const plan = { ...policy, schedule };
  const next = nextChange(plan, nowMs, timeZone);
  const then =
    next === undefined
      ? 'and nothing else follows'
      : `${next.level} from ${wallClockText(next.atMs, timeZone)} on`;
  return [
    `Schedule: ${schedule.lines.length} lines; ${scheduledAt(plan, nowMs, timeZone).level} now, ${then}.`,
  ];
}

function describeScreening(screening: Config['screening']): string {
  const { in: inward, out, kinds, thresholdC, estimate, record } = screening;
  const exceptions = Object.entries(kinds).map(([kind, mode]) => `${kind} ${mode}`);
  if (isOff(screening)) return 'Screening: off.';
  const modes = [`in ${inward}`, `out ${out}`, ...exceptions].join(', ');
  const kept = record === 'class' ? 'the log keeps the outcome only' : 'the log keeps degrees';
  return `Screening: ${modes}; elevated from ${thresholdC} °C (${estimate}); ${kept}.`;
}

function describeServers({ servers, lateAfterHours }: Config['uplink']): string[] {
  if (servers.length === 0) return [];
  return [`Servers: ${servers.join(', ')}; late after ${lateAfterHours} hours.`];
}

function describeHomeAssistant({ discovery, unlock }: Config['homeassistant']): string[] {
  if (!discovery) return [];
  return [`Home Assistant: is told of this gate, and ${unlock ? 'may open it' : 'opens nothing'}.`];
}

type BrokerSettings = NonNullable<NonNullable<Config['mqtt']>['second']>;

function describeBroker(mqtt: Config['mqtt']): string {
  if (mqtt === undefined) return 'Broker: none.';
  if (mqtt.url === 'embedded') return `Broker: embedded, on 127.0.0.1:${mqtt.embeddedPort}.`;
  const one = ({ url, protocol, username }: BrokerSettings): string =>
    `${url}, MQTT ${protocol === 5 ? '5' : '3.1.1'}${username === undefined ? '' : `, as ${username}`}`;
  return `Broker: ${[mqtt, mqtt.second ?? []].flat().map(one).join('; if it cannot be used: ')}.`;
}
