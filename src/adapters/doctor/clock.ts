import type { TimeQuality } from '../../core/access/vocabulary.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import type { Machine } from './machine.ts';

const EARLIEST_SANE_MS = Date.UTC(2025, 0, 1);
/** A clock that was ever set is not a day wrong. */
const RTC_DRIFT_MS = 24 * 60 * 60 * 1000;

export interface ClockFacts {
  readonly quality: TimeQuality;
  /** Unix milliseconds. */
  readonly nowMs: number;
}

/** How far the time can be believed, and whether it survives a power cut (hardware-facts 4.6). */
export async function checkClock(machine: Machine, { quality, nowMs }: ClockFacts): Promise<Finding[]> {
  const now = new Date(nowMs).toISOString();
  const findings: Finding[] = [];
  if (nowMs < EARLIEST_SANE_MS) {
    findings.push(
      fail(
        'clock',
        `The clock says ${now}.`,
        'Connect a network with time, or: date --set "2026-05-01 12:00"',
      ),
    );
  } else if (quality === 'synced') findings.push(ok('clock', `The clock is synchronized: ${now}.`));
  else if (quality === 'holdover')
    findings.push(ok('clock', `The clock was right and runs on by itself: ${now}.`));
  else {
    findings.push(
      warn(
        'clock',
        `The clock is not trusted: ${now}. Passes are judged as passes.untrustedTime says.`,
        'Connect a network with time, which systemd-timesyncd takes (timedatectl timesync-status), or fit a battery clock.',
      ),
    );
  }
  return [...findings, ...(await checkTimeService(machine)), checkBatteryClock(machine, nowMs)];
}

/** Whether something keeps the clock right once there is a network. */
async function checkTimeService(machine: Machine): Promise<Finding[]> {
  if (!machine.exists('/run/systemd/system')) return [];
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
  // A Pi 5 has the chip of the clock, but its battery is bought apart.
  return warn(
    check,
    `The battery clock says ${new Date(seconds * 1000).toISOString()}: it is not set, or has no battery.`,
    'Fit its battery (J5 on a Pi 5), then: hwclock --systohc',
  );
}
