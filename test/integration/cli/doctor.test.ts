import { chmodSync, copyFileSync, cpSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { MqttBroker } from '../../../src/adapters/mqtt/mqtt-broker.ts';
import { lookAtLog } from '../../../src/adapters/sqlite/log-look.ts';
import { openReadOnly } from '../../../src/adapters/sqlite/log-reader.ts';
import { checkBroker, readsOf } from '../../../src/doctor/broker.ts';
import { checkDeviceStates, lastStates } from '../../../src/doctor/device-states.ts';
import { examine, type Installation } from '../../../src/doctor/examine.ts';
import type { Finding } from '../../../src/doctor/finding.ts';
import { Machine } from '../../../src/doctor/machine.ts';
import { packageRoot } from '../../../src/version.ts';
import { Mosquitto } from '../../support/broker/mosquitto.ts';
import { ScriptedBroker, STORED } from '../../support/broker/scripted-broker.ts';
import { FAULTS } from '../../support/doctor/faults.ts';
import { DoctorMachine } from '../../support/doctor/machine.ts';
import { LISTENER, type Sick } from '../../support/doctor/plants.ts';
import { freePort } from '../../support/free-port.ts';
import { doorOpened } from '../../support/gate/event-samples.ts';
import { needs } from '../../support/needs.ts';
import { openStore, temporaryFolder } from '../../support/store/store-folder.ts';

const SCANNER = '/dev/serial/by-id/usb-scanner-if00';

let sick: Sick;
beforeEach(() => {
  sick = {
    machine: new DoctorMachine(),
    program: {
      node: '20.19.2',
      arch: 'arm64',
      folder: '/usr/lib/gatepost',
      needsOnoff: true,
      load: async () => undefined,
    },
    clock: { quality: 'synced', nowMs: Date.UTC(2026, 5, 1) },
    gpio: {
      uses: [
        { place: 'doors.main.lock', driver: 'auto', line: 17, led: 'gatepost:main' },
        { place: 'doors.main.contact', driver: 'auto', line: 27 },
      ],
      findChip: async () => ({ label: 'pinctrl-rp1', base: 569 }),
      loadOnoff: async () => undefined,
    },
    devices: [{ place: 'accessPoints.main-in.scanner', driver: 'serial', path: SCANNER }],
    files: [],
    web: { host: '127.0.0.1', port: 8080, talk: true },
    folder: '/var/lib/gatepost',
    states: [],
    look: () => ({
      head: { sequence: 42, hash: 'ab'.repeat(32) },
      altered: [],
      verdict: 'intact',
      noted: 42,
    }),
  };
});
afterEach(() => sick.machine.cleanUp());

async function findings(): Promise<Finding[]> {
  const found: Finding[] = [];
  const patient: Installation = {
    machine: sick.machine.machine(),
    program: sick.program,
    clock: sick.clock,
    config: {
      isOfService: true,
      files: sick.files,
      gpio: sick.gpio,
      devices: sick.devices,
      web: sick.web,
      ...(sick.https === undefined ? {} : { https: sick.https }),
      ...(sick.printer === undefined ? {} : { printer: sick.printer }),
      log: { folder: sick.folder, look: sick.look, readStates: () => sick.states },
    },
  };
  for await (const finding of examine(patient)) found.push(finding);
  return found;
}

describe('gatepost doctor and a log that is not as the gate has left it', () => {
  /** A stopped gate's store with 20 events, of which `backup` has the first ten. */
  async function storeWithBackup(): Promise<{ folder: string; backup: string; path: string }> {
    const [folder, backup] = [temporaryFolder(), temporaryFolder()];
    for (const copyTo of [backup, undefined]) {
      const store = await openStore(folder);
      while (store.log.head().sequence < (copyTo === undefined ? 20 : 10))
        store.log.commit({ events: [doorOpened()] });
      await store.stop();
      if (copyTo !== undefined) cpSync(folder, copyTo, { recursive: true });
    }
    return { folder, backup, path: join(folder, 'gatepost.db') };
  }

  const sql = (path: string, statement: string): void => {
    const database = new Database(path);
    database.exec(statement);
    database.close();
  };

  type Harm = (store: { folder: string; backup: string; path: string }) => void;
  const cases: readonly [string, Harm, 'ok' | 'fail', RegExp][] = [
    ['nothing', () => undefined, 'ok', /ends with event 20/],
    [
      'an older copy over it',
      ({ backup, path }) => copyFileSync(join(backup, 'gatepost.db'), path),
      'fail',
      /went back: it ends with event 10, and the gate had written event 20/,
    ],
    [
      'an older copy of the folder in its place',
      ({ folder, backup }) => {
        rmSync(folder, { recursive: true });
        cpSync(backup, folder, { recursive: true });
      },
      'fail',
      /cannot be shown to be the one this gate has written/,
    ],
    ['no database any more', ({ path }) => rmSync(path), 'fail', /gone; it had come to event 20/],
    [
      'an edited row',
      ({ path }) => sql(path, "UPDATE event SET body = CAST('{}' AS BLOB) WHERE sequence = 7"),
      'fail',
      /Event 7 of the log is not as the gate has written/,
    ],
    [
      'edited JSON that is still JSON',
      ({ path }) =>
        sql(
          path,
          "UPDATE event SET body = CAST(replace(CAST(body AS TEXT), 'north', 'south') AS BLOB) WHERE sequence BETWEEN 7 AND 9",
        ),
      'fail',
      /Events 7 to 9 of the log are not as the gate has written/,
    ],
    [
      'another hash',
      ({ path }) => sql(path, 'UPDATE event SET hash = zeroblob(32) WHERE sequence = 7'),
      'fail',
      /Event 7 of the log is not as/,
    ],
    [
      'deleted rows in the middle',
      ({ path }) => sql(path, 'DELETE FROM event WHERE sequence IN (12, 13)'),
      'fail',
      /Events 12 to 13 are missing/,
    ],
    ['an empty file', ({ path }) => truncateSync(path), 'fail', /empty: 0 bytes/],
    ['no SQLite at all', ({ path }) => writeFileSync(path, 'x'.repeat(9_000)), 'fail', /is damaged/],
  ];
  it.each(cases)('%s', async (_name, harm, grade, text) => {
    const store = await storeWithBackup();
    harm(store);
    sick.look = () => lookAtLog(store.folder);
    const [first, ...more] = (await findings()).filter(({ check }) => check === 'log');
    expect(first).toMatchObject({ grade, text: expect.stringMatching(text) });
    expect(more).toEqual([]);
  });

  it('is nothing beside a running gate', async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    store.log.commit({ events: [doorOpened(), doorOpened()] });
    expect(lookAtLog(folder)).toMatchObject({
      verdict: 'intact',
      altered: [],
      noted: store.log.head().sequence,
    });
    store.log.commit({ events: [doorOpened()] });
    expect(lookAtLog(folder)).toMatchObject({ verdict: 'intact', altered: [] });
    await store.stop();
  });
});

describe('gatepost doctor and what the gate has written down', () => {
  it('takes no count of codes for the last word about a scanner', async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    const device = 'scanner:main-in';
    for (const data of [
      { device, status: 'degraded', cause: 'scanner_prefix', detail: 'The scanner adds ]Q1.' },
      { device, status: 'degraded', cause: 'scanner_kept', dropped: 3 },
      { device, status: 'degraded', unreadable: 12 },
    ] as const) {
      const at = { subject: device, timeMs: Date.UTC(2026, 5, 1), timeQuality: 'synced' } as const;
      store.log.commit({ events: [{ name: 'device.scanner', ...at, data }] });
    }
    const reader = openReadOnly(folder);
    expect(lastStates(reader.newest(100))).toMatchObject([
      { device, cause: 'scanner_prefix', detail: 'The scanner adds ]Q1.' },
    ]);
    reader.close();
  });

  it('passes on the last word about each device, and nothing that is mended', async () => {
    const folder = temporaryFolder();
    const store = await openStore(folder);
    const sensor = (device: string, status: 'ok' | 'degraded', cause?: string, detail?: string) =>
      store.log.commit({
        events: [
          {
            name: 'screening.sensor',
            subject: device,
            timeMs: Date.UTC(2026, 5, 1),
            timeQuality: 'synced',
            data: { device, status, ...(cause && { cause }), ...(detail && { detail }) },
          },
        ],
      });
    sensor('thermometer:main-out', 'degraded', 'sensor_silent', 'The thermometer is connected but …');
    sensor('thermometer:main-out', 'ok');
    sensor('thermometer:main-in', 'ok');
    sensor(
      'thermometer:main-in',
      'degraded',
      'sensor_framing',
      'Bytes come, but no valid frame. It is read at 9600 baud, 8N1.',
    );
    const reader = openReadOnly(folder);
    const found = checkDeviceStates(lastStates(reader.newest(100)));
    reader.close();
    expect(found).toEqual([
      expect.objectContaining({
        grade: 'warn',
        check: 'device',
        text: expect.stringMatching(
          /^thermometer:main-in: at 2026-06-01T00:00:00\.000Z .* sensor_framing: .*9600 baud, 8N1/,
        ),
      }),
    ]);
  });
});

describe('gatepost doctor', () => {
  it('passes on what the log says of a device', async () => {
    const cause = 'scanner_prefix';
    const time = '2026-06-01T08:00:00Z';
    sick.states = [{ device: 'scanner:main-in', status: 'degraded', cause, detail: 'It adds ]Q1', time }];
    const troubles = (await findings()).filter(({ grade }) => grade !== 'ok');
    expect(troubles).toEqual([
      expect.objectContaining({
        grade: 'warn',
        check: 'device',
        text: expect.stringContaining('It adds ]Q1'),
      }),
    ]);
  });

  it('finds nothing wrong with a sound machine, and says what it looked at', async () => {
    const found = await findings();
    expect(found.filter(({ grade }) => grade !== 'ok')).toEqual([]);
    expect(new Set(found.map(({ check }) => check))).toEqual(
      new Set([
        'kernel',
        'power',
        'node',
        'modules',
        'screens',
        'accounts',
        'clock',
        'battery-clock',
        'gpio',
        'gpio-persistence',
        'device',
        'storage',
        'log',
        'web',
        'broker',
        'service',
      ]),
    );
  });

  it.each(FAULTS)('finds $fault', async ({ plant, grade, check, text, fix }) => {
    plant(sick);
    expect(await findings()).toContainEqual({
      check,
      grade,
      text: expect.stringMatching(text),
      fix: expect.stringMatching(fix),
    });
  });

  it('gives a program up that does not end, even one that will not', async () => {
    expect(await new Machine().run('sh', ['-c', 'trap "" TERM; exec sleep 60'])).toBeUndefined();
    expect(await new Machine().run('no-such-program', [])).toBeUndefined();
  });

  it('goes on with the other checks when one breaks', async () => {
    sick.gpio.findChip = () => {
      throw new TypeError('a defect');
    };
    sick.program.load = () => Promise.reject(new Error('nothing loads'));
    Object.defineProperty(sick, 'web', { value: undefined });
    const found = await findings();
    expect(found).toContainEqual(
      expect.objectContaining({
        check: 'web',
        grade: 'fail',
        text: expect.stringMatching(/could not be made/),
      }),
    );
    expect(found.at(-1)?.check).toBe('service');
  });

  it('is content with a gate at work: its own programs on the devices, its screens, its lines', async () => {
    const { machine } = sick;
    machine.answers['systemctl show'] =
      'LoadState=loaded\nActiveState=active\nSubState=running\nUnitFileState=enabled\nMainPID=80\nSupplementaryGroups=dialout gpio input lp video';
    machine.process(80, ['/usr/bin/node', '--max-semi-space-size=2', '/x/gatepost.js'], 'socket:[4711]');
    machine.process(81, ['cat', '/dev/ttyACM0'], '/dev/ttyACM0', 80);
    machine.write('/proc/net/tcp', LISTENER);
    machine.answers['gpioinfo '] =
      '\tline  17:\t"GPIO17"\toutput consumer="gatepost"\n\tline 27: "GPIO27" "sysfs" input';
    expect((await findings()).filter(({ grade }) => grade !== 'ok')).toEqual([]);
  });

  it('warns of a device name that changes', async () => {
    sick.devices = [{ place: 'accessPoints.main-in.scanner', driver: 'serial', path: '/dev/ttyACM0' }];
    expect(await findings()).toContainEqual(
      expect.objectContaining({ grade: 'warn', check: 'device', fix: expect.stringContaining('by-id') }),
    );
  });

  it('finds a log that the service may not write', async () => {
    chmodSync(join(sick.machine.root, 'var/lib/gatepost/gatepost.db'), 0o400);
    expect(await findings()).toContainEqual(
      expect.objectContaining({
        grade: 'fail',
        check: 'log',
        // The folder is the service's own: its owner is who the files must belong to.
        fix: 'chown -R --reference=/var/lib/gatepost /var/lib/gatepost && chmod -R u+rwX /var/lib/gatepost',
      }),
    );
  });

  it('is content with ModemManager once the rules are there, and with its own daemon on the line', async () => {
    sick.machine.process(79, ['/usr/sbin/ModemManager'], '/dev/null');
    sick.machine.process(80, ['/usr/bin/node', '/usr/lib/gatepost/dist/src/cli/gatepost.js'], '/dev/ttyACM0');
    sick.machine.write('/usr/lib/udev/rules.d/70-gatepost.rules', '');
    expect((await findings()).filter(({ grade }) => grade !== 'ok')).toEqual([]);
  });
});

needs('mosquitto')('gatepost doctor and the broker', () => {
  const root = 'gates/v1/willow-court/north';
  const lists = ['gates/v1/willow-court/_dist/trust', 'gates/v1/willow-court/_dist/policy'];
  const ask = async (url: string, protocol: 4 | 5 = 5): Promise<Finding[]> =>
    checkBroker({
      broker: new MqttBroker({ url, protocol, clientId: 'north-doctor' }),
      protocol,
      root,
      lists,
      reads: [],
    });

  /** A list that lies at the broker. */
  const publishList = async (mosquitto: Mosquitto): Promise<void> => {
    const centre = new MqttBroker({ url: mosquitto.url, clientId: 'centre' });
    const will = { topic: 'centre', payload: new Uint8Array(), retain: false };
    const connection = await centre.connect(will, AbortSignal.timeout(200_000));
    await connection.publish({ topic: lists[1] ?? '', payload: Buffer.from('a list'), retain: true });
    await connection.close();
  };

  it('is content with one that allows everything', async () => {
    const mosquitto = await Mosquitto.start();
    try {
      await publishList(mosquitto);
      const found = await ask(mosquitto.url);
      expect(found).toHaveLength(5);
      expect(found.filter(({ grade }) => grade !== 'ok')).toEqual([]);
    } finally {
      await mosquitto.stop();
    }
  });

  it('is content with the access list that config/broker/mosquitto.md gives, and leaves the running gate alone', async () => {
    const readme = readFileSync(join(packageRoot(), 'config/broker/mosquitto.md'), 'utf8');
    const rights = readme.split('```').find((block) => block.includes('pattern write')) ?? '';
    const acl = `${rights.trim().replace('user central', 'user centre')}\n`;
    const lines = ['acl_file %folder%/acl'];
    const mosquitto = await Mosquitto.start({ lines, files: { acl } });
    const as = (clientId: string, username: string) =>
      new MqttBroker({ url: mosquitto.url, clientId, username });
    const nothing = { topic: `${root}/state/conn`, payload: new Uint8Array(), retain: false };
    try {
      const centre = await as('centre', 'centre').connect(nothing, AbortSignal.timeout(200_000));
      await centre.publish({ topic: lists[0] ?? '', payload: Buffer.from('a list'), retain: true });
      const reads = readsOf({ site: 'willow-court', gate: 'north' }, { servers: true, commands: true });
      await centre.publish({ topic: `${root}/ack/central`, payload: Buffer.from('a receipt'), retain: true });
      const gate = await as('north', 'north').connect(nothing, AbortSignal.timeout(200_000));
      const found = await checkBroker({
        broker: as('north-doctor', 'north'),
        protocol: 5,
        root,
        lists,
        reads,
      });
      expect(found.filter(({ grade }) => grade !== 'ok')).toEqual([]);
      // A gate that was thrown out would get no answer to this.
      const event = { topic: `${root}/evt/access`, payload: Buffer.from('{}'), retain: false };
      expect(await gate.publish(event)).toEqual({ status: 'stored' });
      await gate.close();
      await centre.close();
    } finally {
      await mosquitto.stop();
    }
  });

  it('warns where no signed list comes: mosquitto takes a subscription that it will not serve', async () => {
    const acl = `topic write ${root}/#\ntopic write ${lists[1]}\n`;
    const mosquitto = await Mosquitto.start({ lines: ['acl_file %folder%/acl'], files: { acl } });
    try {
      await publishList(mosquitto);
      expect(await ask(mosquitto.url)).toContainEqual(
        expect.objectContaining({ grade: 'warn', text: expect.stringContaining('No signed list came') }),
      );
    } finally {
      await mosquitto.stop();
    }
  });

  it('names what the gate may not read: refused by some brokers, and by mosquitto never sent', async () => {
    const reads = readsOf({ site: 'willow-court', gate: 'north' }, { servers: true, commands: true });
    const broker = new ScriptedBroker();
    broker.script = () => STORED;
    broker.unreadable = reads.map(({ topic }) => topic);
    const found = await checkBroker({ broker, protocol: 5, root, lists: [], reads });
    expect(found.filter(({ grade }) => grade === 'fail').map(({ text }) => text)).toEqual(
      reads.map(({ topic }) => expect.stringContaining(`does not let this gate read ${topic}`)),
    );

    const acl = `topic write ${root}/#\ntopic read ${root}/cmd/+\n`;
    const mosquitto = await Mosquitto.start({ lines: ['acl_file %folder%/acl'], files: { acl } });
    onTestFinished(() => mosquitto.stop());
    const real = new MqttBroker({ url: mosquitto.url, clientId: 'north-doctor' });
    const silent = await checkBroker({ broker: real, protocol: 5, root, lists: [], reads });
    expect(silent.filter(({ grade }) => grade !== 'ok')).toEqual([
      expect.objectContaining({
        grade: 'warn',
        text: expect.stringContaining('No receipt of a server came'),
      }),
    ]);
    expect(silent.at(-1)?.text).toMatch(/_cmd\/site is accepted; mosquitto says so also/);
  });

  it('names the topic that the access list forbids, and the reason code', async () => {
    const acl = `topic write ${root}/state/#\n`;
    const mosquitto = await Mosquitto.start({ lines: ['acl_file %folder%/acl'], files: { acl } });
    try {
      const failures = (await ask(mosquitto.url)).filter(({ grade }) => grade === 'fail');
      expect(failures.map(({ text }) => text)).toEqual(
        expect.arrayContaining([
          expect.stringMatching(/evt\/doctor is refused: .*0x87/),
          expect.stringMatching(/alert\/doctor is refused: .*0x87/),
        ]),
      );
      const old = await ask(mosquitto.url, 4);
      expect(old).toContainEqual(
        expect.objectContaining({ grade: 'warn', text: expect.stringContaining('may be lost unseen') }),
      );
      expect(old.some(({ text }) => /evt\/doctor is acknowledged, which proves nothing/.test(text))).toBe(
        true,
      );
    } finally {
      await mosquitto.stop();
    }
  });

  it.each([
    ['max_packet_size 700', 'fail', /at most 700 bytes; an event may have 8192/],
    ['max_packet_size 2000000', 'warn', /at most 2000000 bytes; a signed list may have 16778240\./],
  ])('says what does not fit: %s', async (line, grade, text) => {
    const mosquitto = await Mosquitto.start({ lines: [line] });
    try {
      await publishList(mosquitto);
      const found = (await ask(mosquitto.url)).filter((finding) => finding.grade !== 'ok');
      expect(found).toEqual([expect.objectContaining({ grade, text: expect.stringMatching(text) })]);
    } finally {
      await mosquitto.stop();
    }
  });

  it('is content with the limits that config/broker/mosquitto.md gives', async () => {
    const readme = readFileSync(join(packageRoot(), 'config/broker/mosquitto.md'), 'utf8');
    const lines = ['max_packet_size', 'max_queued_messages'].map(
      (name) => new RegExp(`^${name} [1-9]\\d+$`, 'm').exec(readme)?.[0] ?? `${name} is missing`,
    );
    const mosquitto = await Mosquitto.start({ lines });
    try {
      await publishList(mosquitto);
      expect((await ask(mosquitto.url)).filter(({ grade }) => grade !== 'ok')).toEqual([]);
    } finally {
      await mosquitto.stop();
    }
  });

  it('names the one topic behind which a broker hangs up, and looks at the others all the same', async () => {
    const broker = new ScriptedBroker();
    broker.script = ({ topic }) => {
      if (!topic.endsWith('/state/doctor')) return STORED;
      broker.connection?.cut();
      return 'silence';
    };
    const found = await checkBroker({ broker, protocol: 5, root, lists: [], reads: [] });
    expect(found.map(({ grade, text }) => `${grade} ${text}`)).toEqual([
      expect.stringMatching(/^ok .*lets this gate in/),
      expect.stringMatching(/^ok Publishing to \S+evt\/doctor is allowed/),
      expect.stringMatching(/^fail Publishing to \S+state\/doctor is not answered: The connection broke off/),
      expect.stringMatching(/^ok Publishing to \S+alert\/doctor is allowed/),
    ]);
  });

  it('gives a silent broker up', async () => {
    const mosquitto = await Mosquitto.start();
    try {
      mosquitto.signal('SIGSTOP');
      expect(await ask(mosquitto.url)).toEqual([
        expect.objectContaining({
          grade: 'fail',
          text: expect.stringContaining('did not answer within 10 s'),
        }),
      ]);
    } finally {
      await mosquitto.stop();
    }
  });

  it('says that nothing listens', async () => {
    const [finding] = await ask(`mqtt://127.0.0.1:${await freePort()}`);
    expect(finding).toMatchObject({ grade: 'fail', text: expect.stringContaining('Nothing listens there') });
  });
});
