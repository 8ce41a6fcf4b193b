import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls, type SecureContextOptions } from 'node:tls';
import { Store } from 'mqtt';
import type { PacketGuard } from './packet-guard.ts';

const PORTS = { 'mqtt:': 1883, 'mqtts:': 8883 } as const;
/** Most bytes that may wait for a broker that does not read: clearly more than the messages in flight. */
const UNREAD_MAX_BYTES = 4 * 1024 * 1024;

/** A socket to the broker that is closed as soon as `guard` reports a violation, before mqtt.js sees more. */
export function openGuardedSocket(url: string, secrets: SecureContextOptions, guard: PacketGuard): Socket {
  const { protocol, hostname, port: named } = new URL(url);
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const isTls = protocol === 'mqtts:';
  const port = named === '' ? PORTS[isTls ? 'mqtts:' : 'mqtt:'] : Number(named);
  const socket = isTls
    ? connectTls({ ...secrets, host, port, ...(isIP(host) === 0 ? { servername: host } : {}) })
    : connectTcp({ host, port });
  // Must be the first listener: each chunk is inspected before mqtt.js gets it.
  socket.on('data', (chunk: Buffer) => {
    guard.inspect(chunk);
    if (socket.writableLength > UNREAD_MAX_BYTES) guard.unread();
    if (guard.violation !== undefined) socket.destroy();
  });
  return socket;
}

/**
 * Replaces the store in which mqtt.js keeps unacknowledged messages to send them again over a later connection. The
 * event log is the queue, and every connection begins at its cursor.
 */
export class NoStore extends Store {
  override put(...[_packet, done]: Parameters<Store['put']>): this {
    done?.();
    return this;
  }

  override del(...[_packet, done]: Parameters<Store['del']>): this {
    done();
    return this;
  }
}
