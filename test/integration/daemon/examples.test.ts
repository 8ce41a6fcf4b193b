import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { hash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';
import { gateSigner } from '../../../src/adapters/files/kept-key.ts';
import { trustContent } from '../../../src/core/bundle/trust-content.ts';
import type { ArgumentsOf } from '../../../src/core/command/command.ts';
import { signCommand } from '../../../src/core/command/sign-command.ts';
import type { CommandVerb } from '../../../src/core/contract/commands.ts';
import { createSigner } from '../../../src/core/pass/issue-pass.ts';
import { originOf, signCheckpoint } from '../../../src/core/proof/checkpoint.ts';
import { Mosquitto } from '../../support/broker/mosquitto.ts';
import { MqttSubscriber } from '../../support/broker/mqtt-subscriber.ts';
import { CONTRACT_FOLDER } from '../../support/broker/published-contract.ts';
import { CENTRE_KEY, DAY_S, ROOT, sampleBundle } from '../../support/gate/bundle-samples.ts';
import { command, commandKey, DESK, DESK_KEY } from '../../support/gate/command-samples.ts';
import { DaemonProcess } from '../../support/gate/daemon.ts';
import { privateKeyOf, testSigner } from '../../support/gate/pass-samples.ts';
import { Inbox } from '../../support/inbox.ts';
import { needs } from '../../support/needs.ts';
import { temporaryFolder } from '../../support/store/store-folder.ts';

const EXAMPLES = join(CONTRACT_FOLDER, 'examples');
/** The one that has Debian's modules. */
const PYTHON = '/usr/bin/python3';
const TOPIC = 'gates/v1/willow-court/north';
/** The key of a server that may ask for events again, and do nothing else. */
const READER_KEY = privateKeyOf(hash('sha256', 'gatepost tests: reader', 'hex'));

/** A line of read_feed.py. */
interface Told {
  readonly told: string;
  readonly [member: string]: unknown;
}

/** A child whose lines are read as they come, and who is gone with the test. */
class Example<T> {
  readonly lines = new Inbox<T>();
  readonly ended: Promise<unknown>;
  readonly #child: ChildProcess;

  constructor(words: readonly [string, ...string[]], read: (line: string) => T) {
    const [program, ...rest] = words;
    const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
    this.#child = child;
    this.ended = new Promise((resolve) => child.once('close', resolve));
    createInterface({ input: child.stdout }).on('line', (line) => this.lines.put(read(line)));
    onTestFinished(() => this.stop('SIGKILL'));
  }

  /** With its own children, as ^C at a terminal. */
  async stop(signal: NodeJS.Signals): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null)
      process.kill(-Number(this.#child.pid), signal);
    await this.ended;
  }
}

needs('python3-paho-mqtt', 'python3-cryptography')('gate_contract.py', () => {
  const run = (script: string): unknown => {
    const { stdout, stderr } = spawnSync(PYTHON, ['-B', '-c', `from gate_contract import *\n${script}`], {
      cwd: EXAMPLES,
      encoding: 'utf8',
    });
    expect(stderr).toBe('');
    return JSON.parse(stdout);
  };

  it('computes the row hashes of the vectors, of every form', () => {
    const vectors = join(CONTRACT_FOLDER, 'vectors/row-hashes.json');
    const { rows } = JSON.parse(readFileSync(vectors, 'utf8')) as {
      rows: readonly { readonly hash: string; readonly forms: readonly string[] }[];
    };
    expect(
      run(
        `print(json.dumps([[row_hash(json.loads(form)).hex() for form in row["forms"]] for row in json.load(open(${JSON.stringify(vectors)}))["rows"]]))`,
      ),
    ).toEqual(rows.map(({ hash, forms }) => forms.map(() => hash)));
  });

  it('signs the command of the worked example, byte by byte', () => {
    const page = readFileSync(join(CONTRACT_FOLDER, 'README.md'), 'utf8');
    const example = page.slice(page.indexOf('84                 ')).split('```')[0] ?? '';
    const hex = example
      .split('\n')
      .map((line) => (/^ *([0-9a-f ]+?)(?: {2,}\S.*)?$/.exec(line)?.[1] ?? '').replaceAll(' ', ''))
      .join('');
    const file = join(temporaryFolder(), 'key.pem');
    // RFC 8032 7.1, test 1.
    const seed = '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60';
    const der = Buffer.from(`302e020100300506032b657004220420${seed}`, 'hex').toString('base64');
    writeFileSync(file, `-----BEGIN PRIVATE KEY-----\n${der}\n-----END PRIVATE KEY-----\n`);
    expect(
      run(
        `print(json.dumps(CommandKey(${JSON.stringify(file)}).command("willow-court/north", "open", {"accessPoint": "main-in"}, 42, 1582502400).hex()))`,
      ),
    ).toBe(hex);
  });
});

needs(
  'mosquitto',
  'mosquitto_sub',
  'jq',
  'python3-paho-mqtt',
  'python3-cryptography',
)('the examples', () => {
  it('read a gate: without duplicates, a gap closed, checkpoints checked, receipts sent', async () => {
    const mosquitto = await Mosquitto.start();
    onTestFinished(() => mosquitto.stop());
    const client = await MqttSubscriber.start({ url: mosquitto.url, topics: [`${TOPIC}/#`] });
    onTestFinished(() => client.stop());
    const nowS = Math.floor(Date.now() / 1000);
    const { from: _from, until: _until, ...centre } = CENTRE_KEY;
    const readerKey = commandKey(createSigner(READER_KEY), { name: 'Reader', verbs: ['replay'] });
    const trust = sampleBundle('trust', {
      ...{ number: 7, issuedAt: nowS - 60, nextUpdate: nowS + 7 * DAY_S },
      content: trustContent([centre, DESK_KEY, readerKey]),
    });
    await client.send('gates/v1/willow-court/_dist/trust', trust, { retain: true });
    const folder = temporaryFolder();
    const daemon = await DaemonProcess.start({ config: configFile(folder, mosquitto.url) });
    onTestFinished(async () => {
      await daemon.kill('SIGKILL');
    });
    await client.until((got) => got.some(({ payload }) => payload.includes('"list":"trust"')));

    let counter = 0;
    /** Sends a command of the desk until it counts: what was signed in the second in which the log began does not. */
    const order = async <V extends CommandVerb>(verb: V, args: ArgumentsOf<V>): Promise<number> => {
      for (;;) {
        const begins = Math.floor(Date.now() / 1000);
        const head = { counter: ++counter, notBefore: begins, notAfter: begins + 30 };
        await client.send(`${TOPIC}/cmd/${verb}`, signCommand(command(verb, args, head), DESK));
        const mine = () =>
          client.messages
            .filter(({ topic }) => topic === `${TOPIC}/evt/command`)
            .map(({ payload }) => JSON.parse(payload.toString('utf8')))
            .find(({ data }) => data.counter === counter && data.verb === verb);
        await client.until(() => mine() !== undefined);
        if (mine().data.result === 'done') return Number(mine().sequence);
      }
    };
    const publicKey = Buffer.from(gateSigner(join(folder, 'store')).publicKey).toString('hex');
    writeFileSync(join(folder, 'reader.pem'), READER_KEY.export({ format: 'pem', type: 'pkcs8' }));
    const python = () =>
      new Example<Told>(
        [
          ...([PYTHON, '-B', join(EXAMPLES, 'read_feed.py')] as const),
          ...['--broker', `127.0.0.1:${mosquitto.port}`, '--store', join(folder, 'feed.sqlite')],
          ...['--gate-key', `willow-court/north=${publicKey}`, '--command-key', join(folder, 'reader.pem')],
          ...['--server', 'example', '--receipt-seconds', '0.1'],
        ],
        (line) => JSON.parse(line),
      );
    const numbers = (lines: readonly Told[]) =>
      lines.flatMap(({ told, sequence }) => (told === 'event' ? [Number(sequence)] : []));

    const reader = python();
    await reader.lines.until((lines) => lines.some(({ told }) => told === 'subscribed'));
    // It has missed the beginning, sees so at the first event, and asks for it.
    const seen = await order('open', { accessPoint: 'main-in' });
    await reader.lines.until((lines) => lines.some(({ told }) => told === 'closed'));
    expect(reader.lines.items.find(({ told }) => told === 'gap')).toMatchObject({ first: 1, last: seen - 1 });
    const size = await order('checkpoint', {});
    await reader.lines.until((lines) => lines.some(({ agrees }) => agrees === true));
    await client.until((got) =>
      got.some(
        ({ topic, payload }) =>
          topic === `${TOPIC}/ack/example` && JSON.parse(payload.toString()).upTo > size,
      ),
    );

    // Somebody who may write at the broker, and has not the key of the gate.
    const { epoch } = JSON.parse(
      client.messages.find(({ topic }) => topic.endsWith('/evt/log'))?.payload.toString() ?? '',
    );
    const origin = originOf({ site: 'willow-court', gate: 'north', epoch });
    const note = signCheckpoint({ origin, size, root: new Uint8Array(32) }, testSigner('stranger'));
    await client.send(`${TOPIC}/checkpoint`, Buffer.from(JSON.stringify({ epoch, size, note })), {
      retain: true,
    });
    await reader.lines.until((lines) => lines.some(({ word }) => word === 'checkpoint-not-signed'));

    // What comes while it is away is kept for it.
    await reader.stop('SIGTERM');
    const away = await order('identify', { seconds: 1 });
    const again = python();
    await again.lines.until((lines) => numbers(lines).includes(away));
    const told = [...numbers(reader.lines.items), ...numbers(again.lines.items)];
    expect(told.toSorted((one, other) => one - other)).toEqual(
      Array.from({ length: away }, (_, at) => at + 1),
    );
    // The broker keeps that note until the gate signs its next one, so it may be met again.
    const alarms = [...reader.lines.items, ...again.lines.items].filter(({ told: what }) => what === 'alarm');
    expect(new Set(alarms.map(({ word }) => word))).toEqual(new Set(['checkpoint-not-signed']));

    // The same bytes over a line that loses some, and doubles some.
    const events = new Map(
      client.messages
        .filter(({ topic }) => topic.startsWith(`${TOPIC}/evt/`))
        .map((one) => [Number(JSON.parse(one.payload.toString()).sequence), one] as const),
    );
    const lossy = async (number: number): Promise<void> => {
      const { topic = '', payload = Buffer.alloc(0) } = events.get(number) ?? {};
      await client.send(topic.replace('/north/', '/lossy/'), payload);
    };
    const shell = new Example(
      [join(EXAMPLES, 'read-feed.sh'), 'willow-court/lossy', '-h', '127.0.0.1', '-p', String(mosquitto.port)],
      String,
    );
    while (shell.lines.items.length === 0) await lossy(1);
    const granted = [...events].find(([, { payload }]) => payload.includes('access.granted'))?.[0] ?? 0;
    const more = Array.from({ length: granted - 5 }, (_, at) => at + 6);
    for (const number of [2, 2, 5, 4, 2, 5, 3, ...more]) await lossy(number);
    await shell.lines.until((lines) => lines.some((line) => line.startsWith(`event ${granted} `)));
    expect(shell.lines.items.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
      ...['event 1', 'event 2', 'missing 3-4', 'event 5', 'came 4', 'event 4', 'came 3', 'event 3'],
      ...more.map((number) => `event ${number}`),
    ]);
    await shell.stop('SIGINT');
    expect(shell.lines.items.at(-1)).toBe('count main-in access.granted 1');
  });
});

/** A gate with one door, whose servers are named. */
function configFile(folder: string, broker: string): string {
  const path = join(folder, 'gatepost.yaml');
  const config = {
    version: 1,
    site: { id: 'willow-court', name: 'Willow Court', timeZone: 'Asia/Shanghai', clock: 'trust' },
    gate: { id: 'north', name: 'North gate' },
    doors: { main: { name: 'Main', passageSeconds: 1, lock: { driver: 'simulated' } } },
    accessPoints: {
      'main-in': { door: 'main', direction: 'in', scanner: { driver: 'serial', path: 'simulated' } },
    },
    trust: { rootKey: Buffer.from(ROOT.publicKey).toString('hex') },
    mqtt: { url: broker },
    uplink: { servers: ['example'] },
    web: { port: 0 },
    store: { folder: 'store' },
  };
  writeFileSync(path, JSON.stringify(config));
  return path;
}
