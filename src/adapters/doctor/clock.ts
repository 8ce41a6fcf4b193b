import type { TimeQuality } from '../../core/access/vocabulary.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import type { Machine } from './machine.ts';

const EARLIEST_SANE_MS = Date.UTC(2025, 0, 1);

export interface ClockFacts {
  readonly quality: TimeQuality;
  /** Unix milliseconds. */
  readonly nowMs: number;
}

/** How far the time can be believed, and whether it survives a power cut (hardware-facts 4.6). */
export function checkClock(machine: Machine, { quality, nowMs }: ClockFacts): Finding[] {
  const now = new Date(nowMs).toISOString();
  const findings: Finding[] = [];
  if (nowMs < EARLIEST_SANE_MS) {
    findings.push(fail('clock', `The clock says ${now}.`, 'Connect a network with time, or: date --set'));
  } else if (quality === 'synced') findings.push(ok('clock', `The clock is synchronized: ${now}.`));
  else if (quality === 'holdover')
    findings.push(ok('clock', `The clock was right and runs on by itself: ${now}.`));
  else {
    findings.push(
      warn(
        'clock',
        `The clock is not trusted: ${now}. Passes are judged as passes.untrustedTime says.`,
        'Connect a network with time (timedatectl), or fit a battery clock.',
      ),
    );
  }
  if (machine.exists('/sys/class/rtc/rtc0')) findings.push(ok('battery-clock', 'There is a battery clock.'));
  else {
    findings.push(
      warn(
        'battery-clock',
        'There is no battery clock: after a power cut without a network the time is late.',
        'Fit one (a DS3231 module, dtoverlay=i2c-rtc,ds3231), or live with passes.untrustedTime.',
      ),
    );
  }
  return findings;
}
