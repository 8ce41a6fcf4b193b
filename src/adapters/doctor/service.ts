import { type Finding, fail, ok, warn } from './finding.ts';
import type { Machine } from './machine.ts';

const PROPERTIES = ['LoadState', 'ActiveState', 'SubState', 'UnitFileState', 'NRestarts'];

/** The unit, as systemd sees it. Nothing is said where systemd does not run. */
export async function checkService(machine: Machine): Promise<Finding[]> {
  if (!machine.exists('/run/systemd/system')) return [];
  const said = await machine.run('systemctl', [
    'show',
    'gatepost.service',
    `--property=${PROPERTIES.join(',')}`,
  ]);
  const state = new Map(said?.split('\n').map((line) => line.split('=', 2) as [string, string]));
  const [active, sub] = [state.get('ActiveState') ?? 'unknown', state.get('SubState') ?? 'unknown'];
  if (state.get('LoadState') !== 'loaded')
    return [warn('service', 'The unit gatepost.service is not installed.', 'Run scripts/install.')];
  const findings: Finding[] = [];
  if (active === 'active') findings.push(ok('service', `gatepost.service is active (${sub}).`));
  else {
    const fix = 'journalctl -u gatepost -n 50 says why; then: systemctl start gatepost';
    findings.push(fail('service', `gatepost.service is ${active} (${sub}).`, fix));
  }
  if (state.get('UnitFileState') !== 'enabled') {
    findings.push(
      warn('service', 'gatepost.service does not start with the machine.', 'systemctl enable gatepost'),
    );
  }
  const restarts = Number(state.get('NRestarts') ?? 0);
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
