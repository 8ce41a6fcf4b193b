import { lookThroughSchedule } from '../core/policy/schedule-check.ts';
import { wallClockText } from '../core/time/time-zone.ts';
import { devicesOf } from './conflicts.ts';
import { isLoopback } from './neighbours-section.ts';
import { policyOf } from './policy.ts';
import { retentionWarnings } from './retention-section.ts';
import type { Config } from './schema.ts';

/** Settings of a valid config that are probably not what its owner wants. @param nowMs Unix milliseconds */
export function warningsOf(config: Config, nowMs: number): string[] {
  return [
    ...reversedZone(config.site.timeZone),
    ...simulatedDevices(config),
    ...lockLines(config),
    ...sharedLines(config),
    ...exitButtons(config),
    ...thermometers(config),
    ...broker(config.mqtt),
    ...scheduleWarnings(config, nowMs),
    ...retentionWarnings(config.retention),
    ...(config.backup.folder !== undefined && config.backup.recipient === undefined
      ? [
          'backup.folder: nobody could read a backup there: name the public key of the office as `backup.recipient`.',
        ]
      : []),
    ...(config.screening.record === 'value'
      ? ['Degrees are written to the log (`screening.record: value`): have a legal ground for it.']
      : []),
    ...(config.passes.untrustedTime === 'allow'
      ? ['An expired pass may open while the clock is not trusted (`passes.untrustedTime: allow`).']
      : []),
    ...(config.passes.untrustedRecords === 'allow'
      ? [
          'Passes that are used up open again after an older copy of the store is put back (`passes.untrustedRecords: allow`).',
        ]
      : []),
    ...(isLoopback(config.web.host)
      ? []
      : [
          `The screens on ${config.web.host} are reached from other machines without encryption: passwords can be read on the way. Write \`web.https\` with the names of this kiosk instead of \`web.host\`, unless a proxy with TLS is in front.`,
        ]),
    ...(config.homeassistant.unlock
      ? [
          `Whoever may publish at the broker on gates/v1/${config.site.id}/${config.gate.id}/ha/unlock/+ opens this gate without a signature (\`homeassistant.unlock\`): give that right to Home Assistant alone.`,
        ]
      : []),
    ...(config.metrics === undefined || isLoopback(config.metrics.host)
      ? []
      : [
          `Whoever reaches ${config.metrics.host}, port ${config.metrics.port}, reads without a password how the gate is and how often it opens (\`metrics.host\`).`,
        ]),
  ];
}

/** The sign in these names is the opposite of what people expect. */
function reversedZone(timeZone: string): string[] {
  const [, sign, hours] = /^Etc\/GMT([+-])([1-9]\d?)$/i.exec(timeZone) ?? [];
  if (sign === undefined) return [];
  const side = sign === '+' ? 'behind' : 'ahead of';
  return [
    `site.timeZone: ${timeZone} is ${hours} hours ${side} UTC. Name a place instead, such as Asia/Shanghai.`,
  ];
}

function simulatedDevices(config: Config): string[] {
  if (config.demo.panel)
    return ['The demo panel is on: whoever reaches the screens plays people and passes.'];
  const simulated = devicesOf(config).filter((device) => device.simulated);
  if (simulated.length === 0) return [];
  return [
    `Simulated, so nothing real happens there: ${simulated.map(({ path }) => path.join('.')).join(', ')}.`,
  ];
}

/** BCM2835 reset pulls: GPIO 0 to 8 up, 9 to 27 down, until the daemon takes the line (hardware/README.md). */
const LAST_PULLED_UP = 8;
/** I2C, SPI and the serial port of the header. */
const SHARED_LINES = new Set([2, 3, 7, 8, 9, 10, 11, 14, 15]);

function lockLines(config: Config): string[] {
  return Object.entries(config.doors).flatMap(([id, { lock }]) => {
    if (!('line' in lock)) return [];
    const { line, activeLevel } = lock;
    if (line <= LAST_PULLED_UP !== (activeLevel === 'high')) return [];
    return [
      `Lock of ${id}: GPIO ${line} is pulled ${activeLevel} while the Pi starts, so the door may be released for some seconds; choose ${activeLevel === 'high' ? '9 to 27' : '2 to 8'}.`,
    ];
  });
}

function sharedLines(config: Config): string[] {
  return devicesOf(config).flatMap(({ path, line }) =>
    line !== undefined && SHARED_LINES.has(line)
      ? [`${path.join('.')}: GPIO ${line} is also used by I2C, SPI or the serial port.`]
      : [],
  );
}

function exitButtons(config: Config): string[] {
  const doors = Object.entries(config.doors).flatMap(([id, { inputs }]) =>
    inputs?.exitButton === undefined ? [] : [{ id, ...inputs.exitButton }],
  );
  if (doors.length === 0) return [];
  // A person who leaves by a button is unknown, so the next entry cannot be matched to that exit.
  const refusing = Object.entries(policyOf(config).levels)
    .filter(([, { antiPassback }]) => antiPassback.mode === 'hard' && antiPassback.minutes === undefined)
    .map(([name]) => name);
  return [
    ...doors
      .filter(({ release }) => release)
      .map(
        ({ id }) =>
          `Exit button of ${id}: it opens only while this program runs (\`release: true\`); the button people escape by is wired into the supply of the lock.`,
      ),
    ...refusing.map(
      (level) =>
        `Level ${level}: whoever leaves by an exit button shows no pass, counts as still inside and is not let in again (\`antiPassback.mode: hard\`); choose soft, or give it \`minutes\`.`,
    ),
  ];
}

/** Lines that never apply, and short times that no line covers. */
function scheduleWarnings(config: Config, nowMs: number): string[] {
  const { schedule, ...policy } = policyOf(config);
  if (schedule === undefined) return [];
  const { timeZone } = config.site;
  const { unused, gaps } = lookThroughSchedule({ ...policy, schedule }, nowMs, timeZone);
  return [
    ...unused.map(
      (at) =>
        `Line ${at + 1} of the schedule (${schedule.lines[at]?.level}) never applies in the next 400 days: its days are over or never come, or later lines cover it.`,
    ),
    ...gaps.map(
      ({ fromMs, untilMs }) =>
        `No line of the schedule covers ${Math.round((untilMs - fromMs) / MINUTE_MS)} minutes from ${wallClockText(fromMs, timeZone)} on, between two that do: level ${policy.initialLevel} holds then.`,
    ),
  ];
}

const MINUTE_MS = 60_000;

function thermometers({ accessPoints, screening }: Config): string[] {
  return Object.entries(accessPoints)
    .filter(
      ([, { thermometer, direction }]) => thermometer === undefined && screening[direction] === 'advise',
    )
    .map(([id]) => `Access point ${id} has no thermometer: screening there will always say not measurable.`);
}

function broker(mqtt: Config['mqtt']): string[] {
  if (mqtt === undefined) return ['No broker: events stay on this kiosk.'];
  if (mqtt.url === 'embedded') return ['The embedded broker keeps nothing and is for demos.'];
  return [mqtt, mqtt.second ?? []].flat().flatMap(({ url, username }) => {
    const host = /^mqtt:\/\/\[?([^/\]]+?)\]?(?::\d+)?\/?$/.exec(url)?.[1];
    if (host === undefined || isLoopback(host)) return [];
    const password = username === undefined ? '' : ' and the password';
    return `The way to the broker is not encrypted (mqtt://): events${password} can be read on the way; use mqtts://.`;
  });
}
