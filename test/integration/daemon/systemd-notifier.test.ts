import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SystemdNotifier } from '../../../src/adapters/systemd/notifier.ts';
import { needs } from '../../support/needs.ts';
import { SilentLogger } from '../../support/silent-logger.ts';

let folder: string;
let logger: SilentLogger;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gatepost-notify-'));
  logger = new SilentLogger();
});
afterEach(() => rmSync(folder, { recursive: true }));

const { PATH } = process.env;

/** A program in place of systemd-notify. */
function script(text: string): string {
  const path = join(folder, 'notify');
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}

/**
 * systemd's end of the socket. Perl, because systemd-notify waits until the descriptor it sends along is closed, and
 * socat keeps it; Debian cannot be without perl-base.
 */
const RECEIVER = `
  use Socket;
  $| = 1;
  socket(my $socket, PF_UNIX, SOCK_DGRAM, 0) or die $!;
  bind($socket, sockaddr_un($ARGV[0])) or die $!;
  print "listening";
  while (defined recv($socket, my $message, 4096, 0)) { print "$message\\n" }
`;

async function listen(path: string) {
  const child = spawn('perl', ['-e', RECEIVER, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  let heard = '';
  const waiting = new Set<() => void>();
  child.stdout.on('data', (chunk: Buffer) => {
    heard += chunk.toString();
    for (const wake of waiting) wake();
  });
  const until = (text: string) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!heard.includes(text)) return;
        waiting.delete(look);
        resolve();
      };
      waiting.add(look);
      look();
    });
  await until('listening');
  return {
    until,
    stop: async () => {
      child.kill();
      await once(child, 'exit');
    },
  };
}

needs('systemd-analyze')('with the real systemd-notify', () => {
  it('tells ready, status, signs of life and stopping', async () => {
    const socket = join(folder, 'socket');
    const systemd = await listen(socket);
    try {
      const notifier = new SystemdNotifier({ env: { PATH, NOTIFY_SOCKET: socket }, logger });
      await notifier.ready('the gate works');
      await systemd.until('READY=1');
      await systemd.until('STATUS=the gate works');
      await notifier.status('one\nWATCHDOG=trigger');
      await systemd.until('STATUS=one WATCHDOG=trigger');
      await notifier.watchdog();
      await systemd.until('WATCHDOG=1');
      await notifier.stopping();
      await systemd.until('STOPPING=1');
      expect(logger.lines).toEqual([]);
    } finally {
      await systemd.stop();
    }
  });
});

describe('the notifier', () => {
  it('does nothing without a service manager', async () => {
    const program = join(folder, 'missing');
    const notifier = new SystemdNotifier({ env: { PATH, WATCHDOG_USEC: '30000000' }, logger, program });
    await notifier.ready('ready');
    await notifier.watchdog();
    expect(logger.lines).toEqual([]);
    expect(notifier.watchdogIntervalMs).toBeUndefined();
  });

  it.each([
    ['30000000', 10_000],
    ['1500', 0.5],
    [undefined, undefined],
    ['', undefined],
    ['0', undefined],
    ['soon', undefined],
  ])('wants a sign every third of WATCHDOG_USEC=%s', (WATCHDOG_USEC, expected) => {
    const notifier = new SystemdNotifier({ env: { NOTIFY_SOCKET: '/run/x', WATCHDOG_USEC }, logger });
    expect(notifier.watchdogIntervalMs).toBe(expected);
  });

  it('runs one program at a time, in order', async () => {
    const journal = join(folder, 'journal');
    const program = script(`echo "begin $1" >>"${journal}"; sleep 0.05; echo "end $1" >>"${journal}"`);
    const notifier = new SystemdNotifier({ env: { PATH, NOTIFY_SOCKET: 'x' }, logger, program });
    await Promise.all([notifier.watchdog(), notifier.status('two'), notifier.stopping()]);
    const order = ['WATCHDOG=1', '--status=two', 'STOPPING=1'];
    expect(readFileSync(journal, 'utf8').trim().split('\n')).toEqual(
      order.flatMap((message) => [`begin ${message}`, `end ${message}`]),
    );
  });

  it('gives up a message that hangs, says so, and sends the next', async () => {
    const mark = join(folder, 'mark');
    const program = script(`test "$1" = WATCHDOG=1 && exec sleep 600; touch "${mark}"`);
    const env = { PATH, NOTIFY_SOCKET: 'x' };
    const notifier = new SystemdNotifier({ env, logger, program, killAfterMs: 100 });
    await Promise.all([notifier.watchdog(), notifier.stopping()]);
    expect(logger.lines.map(({ message }) => message)).toEqual([expect.stringContaining('SIGKILL')]);
    expect(existsSync(mark)).toBe(true);
  });

  it.each([
    ['missing', undefined, 'cannot be run'],
    ['failing', 'exit 3', 'ended with status 3'],
  ])('says so when the program is %s', async (_case, text, says) => {
    const program = text === undefined ? join(folder, 'missing') : script(text);
    const notifier = new SystemdNotifier({ env: { PATH, NOTIFY_SOCKET: 'x' }, logger, program });
    await notifier.ready('ready');
    expect(logger.lines.map(({ message }) => message)).toEqual([expect.stringContaining(says)]);
  });
});
