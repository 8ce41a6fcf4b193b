import { type Finding, fail, ok, warn } from './finding.ts';
import type { Machine } from './machine.ts';

const PROPERTIES = [
  'LoadState',
  'ActiveState',
  'SubState',
  'UnitFileState',
  'NRestarts',
  'MainPID',
  'SupplementaryGroups',
  'NeedDaemonReload',
  'ReadWritePaths',
];

/** Properties of gatepost.service by name; empty if systemd does not run. */
export type Unit = ReadonlyMap<string, string>;

export async function readUnit(machine: Machine): Promise<Unit> {
  if (!machine.exists('/run/systemd/system')) return new Map();
  const said = await machine.run('systemctl', [
    'show',
    'gatepost.service',
    `--property=${PROPERTIES.join(',')}`,
  ]);
  return new Map(
    (said ?? '').split('\n').flatMap((line): [string, string][] => {
      const equals = line.indexOf('=');
      return equals < 0 ? [] : [[line.slice(0, equals), line.slice(equals + 1)]];
    }),
  );
}

/** The unit, as systemd sees it. No finding if systemd does not run. */
export function checkService(machine: Machine, unit: Unit): Finding[] {
  if (!machine.exists('/run/systemd/system')) return [];
  if (unit.size === 0) {
    return [warn('service', 'systemd does not tell how the unit is.', 'systemctl status gatepost')];
  }
  if (unit.get('LoadState') === 'masked') {
    return [fail('service', 'gatepost.service is masked.', 'systemctl unmask gatepost.service')];
  }
  if (unit.get('LoadState') !== 'loaded')
    return [warn('service', 'The unit gatepost.service is not installed.', 'Run scripts/install.')];
  const findings = [checkActive(unit)];
  if (unit.get('UnitFileState') !== 'enabled') {
    findings.push(
      warn('service', 'gatepost.service does not start with the machine.', 'systemctl enable gatepost'),
    );
  }
  if (unit.get('NeedDaemonReload') === 'yes') {
    findings.push(
      warn(
        'service',
        'The unit was changed since systemd read it.',
        'systemctl daemon-reload; systemctl restart gatepost',
      ),
    );
  }
  const restarts = Number(unit.get('NRestarts') ?? 0);
  if (restarts > 0) {
    findings.push(
      warn(
        'service',
        `gatepost.service was restarted ${restarts} times.`,
        'journalctl -u gatepost -p warning',
      ),
    );
  }
  return findings;
}

/**
 * Whether a machine that hangs restarts by itself: systemd feeds the hardware's watchdog when it is configured to
 * (hardware/FACTS.md#hardware-watchdog). No finding if there is no watchdog.
 */
export async function checkWatchdog(machine: Machine): Promise<Finding[]> {
  if (!machine.exists('/dev/watchdog') || !machine.exists('/run/systemd/system')) return [];
  const said = await machine.run('systemctl', ['show', '--property=RuntimeWatchdogUSec']);
  const time = /^RuntimeWatchdogUSec=(.*)$/m.exec(said ?? '')?.[1];
  if (time === undefined) return [];
  if (time !== '0' && time !== 'infinity')
    return [ok('watchdog', `A machine that hangs starts anew after ${time}.`)];
  return [
    warn(
      'watchdog',
      'A machine that hangs stays as it is: the hardware watchdog is off.',
      'Write "[Manager]" and below it "RuntimeWatchdogSec=15" into /etc/systemd/system.conf.d/watchdog.conf, then: systemctl daemon-reexec',
    ),
  ];
}

function checkActive(unit: Unit): Finding {
  const [active, sub] = [unit.get('ActiveState') ?? 'unknown', unit.get('SubState') ?? 'unknown'];
  if (active === 'active') return ok('service', `gatepost.service is active (${sub}).`);
  return fail(
    'service',
    `gatepost.service is ${active} (${sub}).`,
    'journalctl -u gatepost -n 50 says why; then: systemctl start gatepost',
  );
}
