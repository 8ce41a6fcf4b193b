import { type Finding, fail, ok } from './finding.ts';
import { type Holders, nameOf } from './holders.ts';
import type { Machine } from './machine.ts';
import { checkSound } from './sound.ts';

/** Where the screens are served. */
export interface WebFacts {
  readonly host: string;
  /** 0 selects any free port. */
  readonly port: number;
  /** Whether a guard may answer a call by voice. */
  readonly talk: boolean;
}

const LISTENING = '0A';
const KIOSK_UNIT = '/etc/systemd/system/multi-user.target.wants/gatepost-kiosk.service';

/** Whether the gate has the port of the screens, and whether a kiosk's own screen has its programs. */
export function checkWeb(machine: Machine, web: WebFacts, holders: Holders): Finding[] {
  return [...(web.port === 0 ? [] : [checkPort(machine, web, holders)]), ...checkKiosk(machine, web)];
}

/** Ports below this are for root only, unless the kernel is configured otherwise. */
const LOWEST_PORT = 1024;

function checkPort(machine: Machine, { host, port }: WebFacts, holders: Holders): Finding {
  const lowest = Number(machine.read('/proc/sys/net/ipv4/ip_unprivileged_port_start') ?? LOWEST_PORT);
  if (port < lowest) {
    const text = `The service may not listen on port ${port}: only root may below ${lowest}.`;
    return fail('web', text, 'Set web.port to 8080, and put a proxy in front for the other one.');
  }
  const socket = listenerAt(machine, { host, port });
  if (socket === undefined) return ok('web', `Port ${port} is free for the screens.`);
  const [holder] = holders.of(`socket:[${socket}]`);
  // Only root sees what another user's program has open.
  if (holder === undefined ? holders.runsGate : holders.isGate(holder))
    return ok('web', `The screens are served on port ${port}.`);
  const who = holder === undefined ? 'another program' : `${nameOf(holder)} (process ${holder.pid})`;
  return fail(
    'web',
    `${who} listens on port ${port}, which the screens want.`,
    'End it, or set web.port to a free one (and GATEPOST_SCREEN_PORT in /etc/gatepost/kiosk.env).',
  );
}

/** Number of the socket that listens on `host` and `port` (proc(5), /proc/net/tcp). */
function listenerAt(machine: Machine, { host, port }: Pick<WebFacts, 'host' | 'port'>): string | undefined {
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  for (const file of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const row of (machine.read(file) ?? '').split('\n')) {
      const fields = row.trim().split(/\s+/);
      const [address = '', localPort] = (fields[1] ?? '').split(':');
      if (localPort === wanted && fields[3] === LISTENING && isSameAddress(address, host)) return fields[9];
    }
  }
  return undefined;
}

/** Whether a listener at the kernel's `address` blocks `host` for another one; names are not resolved. */
function isSameAddress(address: string, host: string): boolean {
  const parts = host.split('.').map(Number);
  if (/^0+$/.test(address) || host === '0.0.0.0' || host === '::') return true;
  if (parts.length !== 4 || parts.some(Number.isNaN)) return true;
  const hex = parts.toReversed().map((part) => part.toString(16).padStart(2, '0'));
  return address === hex.join('').toUpperCase();
}

function checkKiosk(machine: Machine, { talk }: WebFacts): Finding[] {
  if (!machine.isNamed(KIOSK_UNIT)) return [];
  const missing = ['cage', 'chromium'].filter((program) => !machine.exists(`/usr/bin/${program}`));
  if (missing.length === 0)
    return [ok('kiosk', "The resident's screen has its programs."), ...(talk ? [checkSound(machine)] : [])];
  const text = `gatepost-kiosk.service is switched on, but these are missing: ${missing.join(', ')}.`;
  return [fail('kiosk', text, `apt install ${missing.join(' ')}; systemctl restart gatepost-kiosk`)];
}
