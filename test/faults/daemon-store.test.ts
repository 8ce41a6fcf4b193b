import { execFile, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import mqtt from 'mqtt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { SystemClock } from '../../src/adapters/clock/system-clock.ts';
import { keptKey } from '../../src/adapters/files/kept-key.ts';
import { Store } from '../../src/adapters/sqlite/store.ts';
import { packageRoot } from '../../src/version.ts';
import { Mosquitto } from '../support/broker/mosquitto.ts';
import { MqttSubscriber } from '../support/broker/mqtt-subscriber.ts';
import { DaemonProcess } from '../support/gate/daemon.ts';
import { doorOpened } from '../support/gate/event-samples.ts';
import { issuePass, TestGate } from '../support/gate/gate.ts';
import { NAMESPACE, needs, needsMounts } from '../support/needs.ts';
import { GUARD, GuardClient } from '../support/screens/guard-client.ts';
import { SilentLogger } from '../support/silent-logger.ts';
import { logFiles, temporaryFolder } from '../support/store/store-folder.ts';

const run = promisify(execFile);

/** What a gate says that waits for its log. */
interface Waiting {
  readonly daemon: DaemonProcess;
  readonly url: string;
}

/** Starts the daemon and waits until it says that it waits. */
async function waits(
  gate: TestGate,
  how: { wrapper?: readonly string[]; env?: Record<string, string> } = {},
): Promise<Waiting> {
  const daemon = DaemonProcess.spawn({ ...how, config: gate.config });
  const lines = await Promise.race([
    daemon.log.until((all) => all.some(({ msg }) => msg.startsWith('Nothing opens'))),
    daemon.ended().then((code) => {
      throw new Error(
        `the daemon ended with ${code}: ${daemon.complaint}${JSON.stringify(daemon.log.items)}`,
      );
    }),
  ]);
  return { daemon, url: String(lines.find(({ msg }) => msg.startsWith('Nothing opens'))?.web) };
}

/** The store of a gate that has run before and was stopped. */
async function leftByEarlierRun(folder: string): Promise<void> {
  const store = new Store({
    folder,
    site: 'willow-court',
    gate: 'north',
    clock: new SystemClock(),
    logger: new SilentLogger(),
  });
  await store.start(new AbortController().signal);
  store.log.commit({ events: [doorOpened()] });
  await store.stop();
  keptKey(join(folder, 'gate-key.pem'));
}

async function session(url: string): Promise<Record<string, unknown>> {
  const answer = await fetch(`${url}/api/session`);
  return (await answer.json()) as Record<string, unknown>;
}

/** What the resident's screen of main-in shows first. */
function prompt(url: string): Promise<Record<string, unknown>> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws/prompt?accessPoint=main-in`, { origin: url });
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.once('message', (data) => {
      socket.close();
      resolve(JSON.parse(String(data))[0].value);
    });
  });
}

async function ready({ daemon }: Waiting): Promise<void> {
  await daemon.log.until((all) => all.some(({ msg }) => msg.startsWith('The gate is ready')));
  await daemon.log.until((all) => all.some(({ msg }) => msg.startsWith('scanner:main-in is connected')));
}

function gatepost(...words: string[]): Promise<{ stdout: string }> {
  return run(process.execPath, [join(packageRoot(), 'dist/src/cli/gatepost.js'), ...words]);
}

needs('mosquitto', 'socat')('a gate whose log cannot be used', () => {
  let broker: Mosquitto;
  let gate: TestGate;
  let store: string;
  let daemon: DaemonProcess | undefined;

  beforeEach(async () => {
    broker = await Mosquitto.start();
    store = join(temporaryFolder(), 'store');
    gate = await TestGate.set({
      mqttUrl: broker.url,
      screening: 'off',
      releaseSeconds: 0.2,
      contact: false,
      storeFolder: store,
    });
  });
  afterEach(async () => {
    await daemon?.kill('SIGKILL');
    await gate.dispose();
    await broker.stop();
  });

  /** Somebody shows a good pass, again and again; the lock has no reason to move. */
  async function expectShut(): Promise<void> {
    for (let shown = 0; shown < 3; shown++) {
      gate.show(issuePass().text);
      await fetch(`${(await currentUrl()) ?? ''}/api/prompt`);
    }
    expect(gate.level.releases).toBe(0);
    expect(gate.level.level).toBe('0');
  }

  async function currentUrl(): Promise<string | undefined> {
    const line = daemon?.log.items.findLast(({ web }) => web !== undefined);
    return line === undefined ? undefined : String(line.web);
  }

  async function expectOpens(): Promise<void> {
    gate.show(issuePass().text);
    await gate.level.changes.until((levels) => levels.includes('1'));
  }

  describe.each([
    [
      'damaged',
      'log.damaged',
      (path: string) => writeFileSync(path, Buffer.alloc(4096, 0xa5), { flag: 'r+' }),
    ],
    ['empty', 'log.empty', (path: string) => truncateSync(path, 0)],
  ] as const)('because its file is %s', (_title, trouble, spoil) => {
    it('says so on every screen and to the servers, leaves it as it is, and goes on once somebody confirms', async () => {
      await leftByEarlierRun(store);
      const path = join(store, 'gatepost.db');
      spoil(path);
      const before = logFiles(store);
      const states = await MqttSubscriber.start({
        url: broker.url,
        topics: ['gates/v1/willow-court/north/#'],
      });
      const waiting = await waits(gate);
      daemon = waiting.daemon;
      expect(await session(waiting.url)).toMatchObject({ status: 'out-of-order', trouble, file: path });
      expect(await prompt(waiting.url)).toMatchObject({
        feedback: 'TextMessage',
        message: 'OutOfOrder',
        trouble,
      });
      const page = await fetch(`${waiting.url}/guard/`);
      expect(page.status).toBe(200);
      const login = await fetch(`${waiting.url}/api/guard/open`, {
        method: 'POST',
        headers: { origin: waiting.url, 'content-type': 'application/json' },
        body: '{}',
      });
      expect(login.status).toBeGreaterThanOrEqual(401);
      await states.until((messages) =>
        messages.some(
          ({ topic, payload }) => topic.endsWith('alert/log') && payload.toString().includes(path),
        ),
      );
      await states.until((messages) =>
        messages.some(
          ({ topic, payload }) =>
            topic.endsWith('state/conn') && payload.toString().includes('"log":"missing"'),
        ),
      );
      await expectShut();
      expect(logFiles(store)).toEqual(before);
      expect(JSON.stringify(daemon.log.items)).not.toContain('set-up code');

      await expect(gatepost('log', 'begin', '--config', gate.config)).rejects.toMatchObject({
        stderr: expect.stringContaining('--confirm willow-court'),
      });
      expect(logFiles(store)).toEqual(before);
      const { stdout } = await gatepost('log', 'begin', '--config', gate.config, '--confirm', 'willow-court');
      await ready(waiting);
      const kept = stdout
        .split('\n')
        .map((line) => line.replace(/^(Kept)?\s+/, ''))
        .find((line) => /gatepost\.db\.damaged-/.test(line));
      expect(readFileSync(kept ?? '', 'latin1')).toBe(before['gatepost.db']);
      await expectOpens();
      expect(await session(waiting.url)).toMatchObject({ status: 'setup' });
      const [first] = gate.rows();
      expect(first?.event.data).toMatchObject({ cause: 'damaged' });
      await states.stop();
    });
  });

  it('stops when it is told to while it waits', async () => {
    await leftByEarlierRun(store);
    truncateSync(join(store, 'gatepost.db'), 0);
    const waiting = await waits(gate);
    daemon = waiting.daemon;
    expect(await daemon.kill('SIGTERM')).toBe(0);
    expect(gate.level.level).toBe('0');
  });

  it('because an older copy was put back: a new epoch, an alarm to servers and guard, and no set-up code', async () => {
    await leftByEarlierRun(store);
    const backup = temporaryFolder();
    cpSync(store, backup, { recursive: true, preserveTimestamps: true });
    await gate.start();
    await expectOpens();
    const before = gate.rows()[0]?.event;
    await gate.daemon.kill('SIGTERM');
    rmSync(store, { recursive: true });
    cpSync(backup, store, { recursive: true, preserveTimestamps: true });
    const states = await MqttSubscriber.start({
      url: broker.url,
      topics: ['gates/v1/willow-court/north/alert/+'],
    });
    await gate.start();
    const reset = gate.rows().findLast(({ name }) => name === 'log.reset');
    expect(reset?.event).toMatchObject({ data: { cause: 'restored', previousEpoch: before?.epoch } });
    expect(reset?.event.epoch).not.toBe(before?.epoch);
    await states.until((messages) =>
      messages.some(({ topic, payload }) => topic.endsWith('alert/log') && payload.length > 0),
    );
    expect(gate.daemon.log.items.some((line) => 'setUpCode' in line)).toBe(false);
    expect(await session(gate.daemon.url)).toMatchObject({ status: 'login' });
    await states.stop();
  });

  it('because an older copy was put back: a pass that was used up waits for the guard, until one confirms the records', async () => {
    await gate.start();
    (await GuardClient.signIn(gate.daemon)).close();
    await gate.daemon.kill('SIGTERM');
    const backup = temporaryFolder();
    cpSync(store, backup, { recursive: true, preserveTimestamps: true });
    const once = issuePass({ kind: 'visitor', uses: 1 }).text;
    await gate.start();
    gate.show(once);
    await gate.level.changes.until((levels) => levels.includes('1'));
    await gate.daemon.kill('SIGTERM');
    rmSync(store, { recursive: true });
    cpSync(backup, store, { recursive: true, preserveTimestamps: true });
    const before = gate.level.releases;

    for (const round of ['after the start', 'after a restart']) {
      await gate.start();
      const guard = await GuardClient.signIn(gate.daemon);
      gate.show(once);
      await guard.seesPerson('GuardCalled');
      expect(gate.level.releases, round).toBe(before);
      guard.close();
      await gate.daemon.kill('SIGTERM');
    }
    await gate.start();
    const guard = await GuardClient.signIn(gate.daemon);
    const note = 'Checked with the central server';
    expect(await guard.order('confirm-records', { note })).toBe(403);
    expect(await guard.order('confirm-records', { note, password: GUARD.password })).toBe(200);
    gate.show(once);
    await gate.level.changes.until((levels) => levels.filter((level) => level === '1').length > before);
    guard.close();
  });

  /** Starts the gate with all of its store as it was before the run that this plays, and waits for the alarm. */
  async function imageBack(between: () => Promise<unknown>, alarm: string): Promise<string> {
    await leftByEarlierRun(store);
    // The same files with an older content: what an image of the whole card brings back.
    const image = readdirSync(store, { withFileTypes: true }).flatMap((entry) =>
      entry.isFile() ? [[join(store, entry.name), readFileSync(join(store, entry.name))] as const] : [],
    );
    await gate.start();
    await expectOpens();
    await gate.daemon.kill('SIGTERM');
    const { epoch } = JSON.parse(Buffer.from(gate.rows()[0]?.body ?? []).toString());
    const newMarks = readdirSync(store).filter((name) => name.startsWith('gatepost.mark'));
    for (const name of newMarks) rmSync(join(store, name));
    for (const [path, bytes] of image) writeFileSync(path, bytes);
    await between();
    const states = await MqttSubscriber.start({
      url: broker.url,
      topics: ['gates/v1/willow-court/north/alert/+'],
    });
    await gate.start();
    await states.until((messages) =>
      messages.some(({ topic, payload }) => topic.endsWith('alert/log') && payload.includes(alarm)),
    );
    await states.stop();
    return epoch;
  }

  it('because all of the store was put back as it was: the checkpoint that the broker has kept proves it', async () => {
    const epoch = await imageBack(async () => undefined, 'went back or was lost');
    const reset = gate.rows().findLast(({ name }) => name === 'log.reset');
    expect(reset?.event).toMatchObject({ data: { cause: 'restored', previousEpoch: epoch } });
    expect(reset?.event.epoch).not.toBe(epoch);
  });

  it('because all of the store was put back as it was, which only the word of the broker tells: an alarm and no more', async () => {
    const forget = async () => {
      const client = await mqtt.connectAsync(broker.url);
      await client.publishAsync('gates/v1/willow-court/north/checkpoint', '', { qos: 1, retain: true });
      await client.endAsync();
    };
    const epoch = await imageBack(forget, 'remembers');
    const rows = gate.rows();
    expect(rows.find(({ event }) => event.data.cause === 'log.behind')?.name).toBe('device.storage');
    expect(rows.at(-1)?.event.epoch).toBe(epoch);
  });
});

needsMounts('/mnt', 'socat')('a gate whose card is full or read-only when it starts', () => {
  let gate: TestGate;
  let disk: string;
  let daemon: DaemonProcess | undefined;

  beforeEach(async () => {
    disk = temporaryFolder();
    mkdirSync(join(disk, 'store'));
    gate = await TestGate.set({
      screening: 'off',
      releaseSeconds: 0.2,
      contact: false,
      storeFolder: join(disk, 'store'),
    });
    await leftByEarlierRun(join(disk, 'store'));
  });
  afterEach(async () => {
    await daemon?.kill('SIGKILL');
    await gate.dispose();
  });

  /** The store as a clean stop has left it, on a disk of 3 MB of its own, in the state that `then` makes. */
  function onDisk(then: string): readonly string[] {
    const script = `cp -a "$0" "$0.copy" && rm -f "$0.copy/store/reserve" && mount -t tmpfs -o size=3m none "$0" && cp -a "$0.copy/." "$0/" && rm -rf "$0.copy" && ${then}; exec "$@"`;
    return [...NAMESPACE, 'sh', '-c', script, disk];
  }

  /** In the namespace of the daemon. */
  function inside(command: string): void {
    const words = ['--user', '--mount', '--preserve-credentials', '--target', String(daemon?.pid)];
    const { status, stderr } = spawnSync('nsenter', [...words, 'sh', '-c', command, disk]);
    expect([status, stderr.toString()]).toEqual([0, '']);
  }

  const fill = 'head -c 4000000 /dev/zero >"$0/ballast" 2>/dev/null';

  async function expectShut(url: string): Promise<void> {
    for (let shown = 0; shown < 3; shown++) {
      gate.show(issuePass().text);
      await fetch(`${url}/api/prompt`);
    }
    expect(gate.level.level).toBe('0');
    expect(gate.level.releases).toBe(0);
  }

  it.each([
    ['full', 'log.full', fill, 'rm "$0/ballast"', true],
    ['full, and without a runtime folder', 'log.full', fill, 'rm "$0/ballast"', false],
    [
      'read-only',
      'log.readonly',
      'mount -o remount,ro,size=3m none "$0"',
      'mount -o remount,rw,size=3m none "$0"',
      true,
    ],
    [
      'read-only, and without a runtime folder',
      'log.readonly',
      'mount -o remount,ro,size=3m none "$0"',
      'mount -o remount,rw,size=3m none "$0"',
      false,
    ],
  ] as const)(
    '%s: the screens say so, nothing opens, and it goes on by itself',
    async (_title, trouble, make, mend, runtime) => {
      const env = runtime ? { RUNTIME_DIRECTORY: temporaryFolder() } : {};
      const waiting = await waits(gate, { wrapper: onDisk(make), env });
      daemon = waiting.daemon;
      expect(await session(waiting.url)).toMatchObject({ status: 'out-of-order', trouble });
      expect(await prompt(waiting.url)).toMatchObject({ message: 'OutOfOrder', trouble });
      await expectShut(waiting.url);
      inside(mend);
      await ready(waiting);
      gate.show(issuePass().text);
      await gate.level.changes.until((levels) => levels.includes('1'));
      // A store that was copied to another disk may not be the newest: its accounts are not asked for anew.
      expect(await session(waiting.url)).toMatchObject({ status: 'login' });
    },
  );

  it('full but for what was kept free: it starts, shows everything, opens nothing, by hand neither, and goes on by itself', async () => {
    await gate.start();
    (await GuardClient.signIn(gate.daemon)).close();
    await gate.daemon.kill('SIGTERM');
    const wrapper = onDisk(`head -c 98304 /dev/urandom >"$0/store/reserve"; ${fill}`);
    daemon = await DaemonProcess.start({
      config: gate.config,
      wrapper,
      env: { RUNTIME_DIRECTORY: temporaryFolder() },
    });
    await daemon.log.until((all) => all.some(({ msg }) => msg.startsWith('scanner:main-in is connected')));
    await expectShut(daemon.url);
    const guard = await GuardClient.signIn(daemon);
    await guard.sees('log', 'degraded', 'log.full');
    const note = 'The disk is full';
    const { password } = GUARD;
    expect(await guard.order('open', { accessPoint: 'main-in', note })).toBe(409);
    expect(await guard.order('door', { door: 'main', verb: 'hold', note, password })).toBe(409);
    // What shuts is done all the same.
    expect(await guard.order('door', { door: 'main', verb: 'lockdown', note })).toBe(200);
    expect(await guard.order('door', { door: 'main', verb: 'lockdown-release', note, password })).toBe(409);
    expect(gate.level.releases).toBe(0);
    inside('rm "$0/ballast"');
    const { log } = daemon;
    await log.until((all) => all.some(({ msg }) => msg === 'The log can be written again.'));
    expect(await guard.order('door', { door: 'main', verb: 'lockdown-release', note, password })).toBe(200);
    guard.close();
    gate.show(issuePass().text);
    await gate.level.changes.until((levels) => levels.includes('1'));
    expect(existsSync(`/proc/${daemon.pid}/root${disk}/store/reserve`)).toBe(true);
  });
});
