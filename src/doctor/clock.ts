import type { TimeQuality } from '../core/access/vocabulary.ts';
import { JUMP_MS, type KeptTime, OUTAGE_MS } from '../core/time/wall-clock.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import type { Machine } from './machine.ts';

/** Unix milliseconds; a clock before this was never set. */
export const EARLIEST_SANE_MS = Date.UTC(2025, 0, 1);
/** A battery clock that was ever set is less wrong than this. */
const RTC_DRIFT_MS = 24 * 60 * 60 * 1000;
/** Time services, by the names of their units in Debian and elsewhere. */
const TIME_SERVICES = [
  'systemd-timesyncd',
  'chrony',
  'chronyd',
  'ntpsec',
  'ntp',
  'ntpd',
  'openntpd',
] as const;

export interface ClockFacts {
  readonly quality: TimeQuality;
  /** Unix milliseconds. */
  readonly nowMs: number;
  /** The saved clock of the gate; undefined if there is no store, or it cannot be read. */
  readonly kept?: KeptTime;
}

/** How far the time can be trusted, and whether it survives a power cut (hardware/FACTS.md#clock). */
export async function checkClock(machine: Machine, facts: ClockFacts): Promise<Finding[]> {
  const service = await runningTimeService(machine);
  return [
    checkSystemClock(facts, service),
    ...checkFloor(facts),
    ...(await checkTimeService(machine, service)),
    checkBatteryClock(machine, facts.nowMs),
  ];
}

function checkSystemClock({ quality, nowMs }: ClockFacts, service: string | undefined): Finding {
  const now = new Date(nowMs).toISOString();
  if (nowMs < EARLIEST_SANE_MS) {
    const fix = 'Connect a network with time, or: date --set "2026-05-01 12:00"';
    return fail('clock', `The clock says ${now}.`, fix);
  }
  if (quality === 'synced') return ok('clock', `The clock is synchronized: ${now}.`);
  if (quality === 'holdover') return ok('clock', `The clock was right and runs on by itself: ${now}.`);
  const text = `The clock is not trusted: ${now}. Passes are judged as passes.untrustedTime says.`;
  return warn(
    'clock',
    text,
    `${askTheService(service)}, fit a battery clock, or vouch for it: site.clock: trust.`,
  );
}

function askTheService(service: string | undefined): string {
  if (service === undefined) return 'Connect a network with time (timedatectl timesync-status)';
  if (service === 'systemd-timesyncd') return 'Connect a network with time: timedatectl timesync-status';
  const how = service.startsWith('chrony') ? 'chronyc tracking' : 'ntpq -p';
  return `${service} keeps the clock but is not in step: ${how}`;
}

/** The gate continues from the latest time it has trusted, whatever the system clock says. */
function checkFloor({ nowMs, kept, quality }: ClockFacts): Finding[] {
  if (kept === undefined || kept.floorMs === 0 || nowMs < EARLIEST_SANE_MS) return [];
  const [now, floor] = [nowMs, kept.floorMs].map((ms) => new Date(ms).toISOString());
  if (kept.floorMs - nowMs > JUMP_MS) {
    const text = `The gate has believed ${floor}, the system clock says ${now}: the gate trusts no time.`;
    const lower = 'gatepost clock lower --confirm --config …';
    const fix =
      quality === 'synced'
        ? `The clock is right now, the floor is not: ${lower}`
        : `Compare the clock with another one. Is it behind: timedatectl set-time. Is it right: ${lower}`;
    return [fail('clock-floor', text, fix)];
  }
  if (nowMs - kept.floorMs <= OUTAGE_MS) return [];
  return [
    warn(
      'clock-floor',
      `The gate has believed ${floor} last, the system clock says ${now}: more than 31 days ahead.`,
      'It waits for 15 minutes in step with a time service. Is the clock right: gatepost clock confirm --config …',
    ),
  ];
}

async function runningTimeService(machine: Machine): Promise<string | undefined> {
  if (!machine.exists('/run/systemd/system')) return undefined;
  const units = TIME_SERVICES.map((name) => `${name}.service`);
  const said = await machine.run('systemctl', [
    'list-units',
    '--state=active',
    '--plain',
    '--no-legend',
    ...units,
  ]);
  return TIME_SERVICES.find((name) => said?.includes(`${name}.service`));
}

/** Whether a service keeps the clock right once there is a network. */
async function checkTimeService(machine: Machine, service: string | undefined): Promise<Finding[]> {
  if (!machine.exists('/run/systemd/system') || service !== undefined) return [];
  const said = await machine.run('timedatectl', ['show', '--property=NTP']);
  if (said?.trim() !== 'NTP=no') return [];
  return [warn('clock', 'Nothing sets the clock from the network.', 'timedatectl set-ntp true')];
}

function checkBatteryClock(machine: Machine, nowMs: number): Finding {
  const check = 'battery-clock';
  if (!machine.exists('/sys/class/rtc/rtc0')) {
    return warn(
      check,
      'There is no battery clock: after a power cut without a network the time is late.',
      'Fit one (a DS3231 module, dtoverlay=i2c-rtc,ds3231), or live with passes.untrustedTime.',
    );
  }
  const text = machine.read('/sys/class/rtc/rtc0/since_epoch');
  const seconds = text === undefined || text === '' ? undefined : Number(text);
  if (seconds === undefined || nowMs < EARLIEST_SANE_MS || Math.abs(seconds * 1000 - nowMs) < RTC_DRIFT_MS)
    return ok(check, 'There is a battery clock.');
  // A Pi 5 has the clock's chip, but its battery is sold separately.
  return warn(
    check,
    `The battery clock says ${new Date(seconds * 1000).toISOString()}: it is not set, or has no battery.`,
    'Fit its battery (J5 on a Pi 5), then: hwclock --systohc',
  );
}
