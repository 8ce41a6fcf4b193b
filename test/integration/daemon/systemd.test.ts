import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EXIT_CONFIG } from '../../../src/cli/exit.ts';
import { packageRoot } from '../../../src/version.ts';
import { needs } from '../../support/needs.ts';

const folder = join(packageRoot(), 'systemd');
const unit = readFileSync(join(folder, 'gatepost.service'), 'utf8');

/** All values of a directive, in order. */
function values(name: string): string[] {
  return [...unit.matchAll(new RegExp(`^${name}=(.*)$`, 'gm'))].map(([, value]) => value ?? '');
}

describe('the unit', () => {
  it.each([
    ['MemoryDenyWriteExecute', 'kills the JIT of V8'],
    ['ProtectKernelTunables', 'makes the GPIO lines below /sys read-only'],
    ['PrivateDevices', 'hides scanner and thermometer'],
  ])('does not have %s, which %s', (name) => {
    expect(values(name)).toEqual([]);
  });

  it('waits for neither network nor time', () => {
    const order = [...values('After'), ...values('Wants'), ...values('Requires')].join(' ');
    expect(order).not.toMatch(/network|time-sync/);
  });

  it.each([
    ['Type', 'notify'],
    ['NotifyAccess', 'all'],
    ['WatchdogSec', '30'],
    ['Restart', 'always'],
    ['RestartSec', '2'],
    ['StartLimitIntervalSec', '0'],
    ['KillMode', 'mixed'],
    ['TimeoutStopSec', '10'],
    ['ExecStopPost', '/usr/lib/gatepost/scripts/rest-outputs'],
    ['NoNewPrivileges', 'yes'],
    ['ProtectSystem', 'strict'],
    ['DevicePolicy', 'closed'],
    ['SystemCallFilter', '@system-service @pkey'],
    ['SystemCallErrorNumber', 'EPERM'],
  ])('has %s=%s', (name, value) => {
    expect(values(name)).toEqual([value]);
  });

  it('is ended by the kernel alone before the whole machine is short of memory', () => {
    const [high, most] = [...values('MemoryHigh'), ...values('MemoryMax')].map((value) =>
      Number(/^(\d+)M$/.exec(value)?.[1]),
    );
    // The daemon with a long list is at most 200 MB; the smallest Pi has 512.
    expect(high).toBeGreaterThan(200);
    expect(most).toBeGreaterThan(high ?? 0);
    expect(most).toBeLessThanOrEqual(400);
  });

  it('is not started again by systemd for what a start cannot mend', () => {
    expect(values('RestartPreventExitStatus')).toEqual([String(EXIT_CONFIG)]);
  });

  it('knows the drivers of pluggable devices before it starts', () => {
    const wanted = values('Wants').join(' ').split(' ');
    expect(wanted).toContain('modprobe@cdc_acm.service');
    expect(values('After').join(' ').split(' ')).toEqual(expect.arrayContaining(wanted));
  });
});

needs('systemd-analyze')('systemd-analyze', () => {
  it('finds nothing to complain about in the unit', () => {
    const scratch = mkdtempSync(join(tmpdir(), 'gatepost-unit-'));
    try {
      const copy = join(scratch, 'gatepost.service');
      const scripts = join(folder, '..', 'scripts');
      writeFileSync(
        copy,
        unit.replace('/usr/bin/node', process.execPath).replace('/usr/lib/gatepost/scripts', scripts),
      );
      const run = spawnSync('systemd-analyze', ['verify', '--man=no', copy], { encoding: 'utf8' });
      const about = run.stderr.split('\n').filter((line) => line.includes('gatepost'));
      expect(about).toEqual([]);
      expect(run.status).toBe(0);
    } finally {
      rmSync(scratch, { recursive: true });
    }
  });

  it('finds nothing to complain about in the unit of the screen but that its programs are not installed here', () => {
    const run = spawnSync('systemd-analyze', ['verify', '--man=no', join(folder, 'gatepost-kiosk.service')], {
      encoding: 'utf8',
    });
    const about = run.stderr
      .split('\n')
      .filter((line) => line.includes('gatepost-kiosk') && !/cage is not executable/.test(line));
    expect(about).toEqual([]);
  });
});
