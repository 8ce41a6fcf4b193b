import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, connect as dial } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Command } from 'commander';
import { expect, it, onTestFinished, vi } from 'vitest';
import { registerWatch } from '../../../src/cli/watch/watch.ts';
import { originOf, parseCheckpoint, signCheckpoint } from '../../../src/core/proof/checkpoint.ts';
import { CompactRange } from '../../../src/core/proof/merkle-tree.ts';
import { FeedLog } from '../../support/broker/feed-log.ts';
import { Mosquitto, PASSWORD, PASSWORD_HASH } from '../../support/broker/mosquitto.ts';
import { ScriptedGate } from '../../support/broker/scripted-gate.ts';
import { accessGranted, SAMPLE_ACCESS, SAMPLE_TIME_MS } from '../../support/gate/event-samples.ts';
import { ONE_DOOR } from '../../support/gate/one-door.ts';
import { privateKeyOf, testSigner } from '../../support/gate/pass-samples.ts';
import { needs } from '../../support/needs.ts';
import { temporaryFolder } from '../../support/store/store-folder.ts';

async function broker(...lines: readonly string[]): Promise<Mosquitto> {
  const mosquitto = await Mosquitto.start({ lines });
  onTestFinished(() => mosquitto.stop());
  return mosquitto;
}

async function scripted(url: string, log: FeedLog): Promise<ScriptedGate> {
  const gate = await ScriptedGate.start(url, log);
  onTestFinished(() => gate.stop());
  return gate;
}

function configWith(folder: string, mqtt?: string): string {
  const path = join(folder, 'gate.yaml');
  writeFileSync(path, mqtt === undefined ? ONE_DOOR : `${ONE_DOOR}\nmqtt: ${mqtt}\n`);
  return path;
}

/**
 * A broker that knows MQTT 3.1.1 alone, before a real one.
 * @param answer what it says to other versions before it hangs up
 * @param badDays so many connections get that, whatever they speak; by default those of other versions, always
 * @returns the versions that it was asked for
 */
async function oldBroker(realPort: number, answer: Buffer, badDays?: number) {
  const asked: number[] = [];
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', (connect) => {
      // Behind the type, one or two bytes of length and the name "MQTT".
      const version = connect[connect.indexOf('MQTT') + 4] ?? 0;
      asked.push(version);
      const isBad = badDays === undefined ? version !== 4 : asked.length <= badDays;
      if (isBad) {
        socket.end(answer);
        return;
      }
      const real = dial(realPort, '127.0.0.1', () => real.write(connect));
      real.on('error', () => socket.destroy());
      socket.pipe(real).pipe(socket);
      socket.once('close', () => real.destroy());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return { asked, port: typeof address === 'object' && address !== null ? address.port : 0 };
}

/** The command in this process, until the test is over. Resolves when it reads. */
async function watching(...words: readonly string[]) {
  const program = new Command('gatepost').exitOverride().configureOutput({ writeErr: () => undefined });
  registerWatch(program);
  const printed: string[] = [];
  const told: string[] = [];
  const lines = (into: string[]) => (chunk: unknown) => {
    into.push(...String(chunk).split('\n').filter(Boolean));
    return true;
  };
  const spies = [
    vi.spyOn(process.stdout, 'write').mockImplementation(lines(printed)),
    vi.spyOn(process.stderr, 'write').mockImplementation(lines(told)),
  ];
  const signals = vi.spyOn(process, 'once');
  const running = program.parseAsync(['watch', ...words, '--health', '127.0.0.1:0'], { from: 'user' });
  let isReading = false;
  onTestFinished(async () => {
    const ends = signals.mock.calls.filter(([name]) => name === 'SIGINT' || name === 'SIGTERM');
    signals.mockRestore();
    for (const [name, end] of ends) process.off(name, end);
    ends[0]?.[1]();
    await (isReading ? running : running.catch(() => undefined));
    for (const spy of spies) spy.mockRestore();
  });
  const saying = (): readonly { msg: string; port?: number }[] =>
    told.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
  const ended = running.then(() => Promise.reject(new Error(`The command has ended: ${told.join(' ')}`)));
  ended.catch(() => undefined);
  while (!saying().some(({ msg }) => msg.startsWith('Reading from'))) await Promise.race([pause(20), ended]);
  isReading = true;
  return {
    printed,
    /** What it has told of its work. */
    said: () => saying().map(({ msg }) => msg),
    ask: async (path: string): Promise<unknown> => {
      const port = saying().find((one) => one.port !== undefined)?.port;
      return (await fetch(`http://127.0.0.1:${port}${path}`)).json();
    },
  };
}

const NORTH = '/gates/willow-court/north';

needs('mosquitto')('gatepost watch', () => {
  it('prints a table for people, in which nothing moves their cursor', async () => {
    const { url } = await broker();
    const { printed, ask } = await watching(url);
    const log = new FeedLog().fill(2);
    log.append({ ...accessGranted(), subject: 'main\u001b[2Jin\u009b' });
    log.append({
      name: 'access.denied',
      subject: 'main-in',
      data: { ...SAMPLE_ACCESS, decision: 'Denied', reason: 'CredentialExpired' },
      timeMs: SAMPLE_TIME_MS,
      timeQuality: 'synced',
    });
    const gate = await scripted(url, log);
    await gate.tell('init');
    await gate.send([1, 2, 3]);
    await gate.send([4], true);
    await gate.sendBytes('{"hello":');
    await expect.poll(() => ask(NORTH)).toMatchObject({ upTo: 4, alarms: ['malformed'] });
    await expect.poll(() => printed).toHaveLength(5);
    expect(printed.map((line) => line.replace(/ +/g, ' '))).toEqual([
      '08:00:00 willow-court/north 1 log.reset north',
      '08:00:01 willow-court/north 2 door.physical main',
      '08:00:00 willow-court/north 3 access.granted main [2Jin',
      '08:00:00 willow-court/north 4 access.denied main-in CredentialExpired (later)',
      'ALARM willow-court/north malformed',
    ]);
  });

  it('prints a line of JSON for each event and each alarm', async () => {
    const { url } = await broker();
    const { printed } = await watching(url, '--print', 'json');
    const log = new FeedLog().fill(3);
    const gate = await scripted(url, log);
    await gate.tell('init');
    await gate.send([1, 2, 2, 3, 1]);
    await gate.sendBytes('{"hello":');
    await expect.poll(() => printed).toHaveLength(4);
    expect(printed.map((line) => JSON.parse(line))).toEqual([
      ...[1, 2, 3].map((sequence) => JSON.parse(Buffer.from(log.body(sequence)).toString())),
      { watch: 'alarm', site: 'willow-court', gate: 'north', alarm: 'malformed' },
    ]);
  });

  it.each(['4', '5'])('begins with what comes from now on, with protocol %s', async (protocol) => {
    const { url } = await broker();
    const log = new FeedLog().fill(10);
    const gate = await scripted(url, log);
    await gate.tell('ready');
    const { ask } = await watching(url, '--from', 'now', '--protocol', protocol);
    await expect.poll(() => ask(NORTH)).toMatchObject({ epoch: log.epoch, begin: 0, gaps: [] });
    // A backlog, and what another server has asked for.
    await gate.send([9, 10, 3], true);
    for (const _ of [11, 12, 13]) log.append();
    await gate.send([11]);
    await gate.send([13]);
    await expect
      .poll(() => ask(NORTH))
      .toMatchObject({ begin: 11, upTo: 11, last: 13, events: 2, gaps: [[12, 12]], alarms: [] });
  });

  it.each([
    ['refuses the version as MQTT 5 says', Buffer.of(0x20, 3, 0, 0x84, 0)],
    ['refuses the version as MQTT 3.1.1 says', Buffer.of(0x20, 2, 0, 1)],
    ['hangs up', Buffer.of()],
  ])('speaks MQTT 3.1.1 with a broker that %s', async (_title, answer) => {
    const { url, port } = await broker();
    const { asked, port: oldPort } = await oldBroker(port, answer);
    const { said, ask } = await watching(`mqtt://127.0.0.1:${oldPort}`);
    expect(said()).toContain(`Reading from mqtt://127.0.0.1:${oldPort} (MQTT 3.1.1).`);
    const log = new FeedLog().fill(3);
    const gate = await scripted(url, log);
    await gate.tell('init');
    await gate.send([1, 2, 3]);
    await expect.poll(() => ask(NORTH)).toMatchObject({ upTo: 3, events: 3, gaps: [], alarms: [] });
    expect(asked[0]).toBe(5);
    expect(asked.at(-1)).toBe(4);
  });

  it('goes back to MQTT 5 where the broker was only not there yet', async () => {
    const { port } = await broker();
    const { asked, port: oldPort } = await oldBroker(port, Buffer.of(), 1);
    const { said } = await watching(`mqtt://127.0.0.1:${oldPort}`);
    expect(said()).toContain(`Reading from mqtt://127.0.0.1:${oldPort} (MQTT 5).`);
    expect(asked).toEqual([5, 4, 5]);
  });

  it('takes the broker from the config of a gate, with its user', async () => {
    const mosquitto = await Mosquitto.start({
      anonymous: false,
      lines: ['password_file %folder%/users'],
      files: { users: `north:${PASSWORD_HASH}\n` },
    });
    onTestFinished(() => mosquitto.stop());
    const { port } = mosquitto;
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'password'), `${PASSWORD}\n`);
    const config = configWith(
      folder,
      `{ url: "mqtt://127.0.0.1:${port}", username: north, passwordFile: password, protocol: 4 }`,
    );
    const { said } = await watching('--config', config);
    expect(said()).toContain(`Reading from mqtt://127.0.0.1:${port} (MQTT 3.1.1).`);
  });

  it('reads the small broker that a gate of a demo starts', async () => {
    const { port } = await broker();
    const config = configWith(temporaryFolder(), `{ url: embedded, embeddedPort: ${port} }`);
    const { said } = await watching('--config', config);
    expect(said()).toContain(`Reading from mqtt://127.0.0.1:${port} (MQTT 3.1.1).`);
  });

  it('does not begin with what cannot be meant', async () => {
    const folder = temporaryFolder();
    const local = 'mqtt://127.0.0.1:1';
    const words: readonly (readonly string[])[] = [
      [],
      ['http://127.0.0.1'],
      ['--config', configWith(folder)],
      [local, '--config', configWith(temporaryFolder(), `{ url: "${local}" }`)],
      [local, '--server', 'district'],
      [local, '--witness', 'x', '--witness-name', 'y'],
      [local, '--cosigned', folder],
    ];
    for (const one of words) await expect(watching(...one)).rejects.toMatchObject({ code: 'usage' });
  });

  it('keeps the newest checkpoint that it has co-signed, as the gate takes it', async () => {
    const { url } = await broker();
    const folder = temporaryFolder();
    const log = new FeedLog().fill(20);
    writeFileSync(
      join(folder, 'witness.pem'),
      privateKeyOf('ee'.repeat(32)).export({ type: 'pkcs8', format: 'pem' }),
      {
        mode: 0o600,
      },
    );
    const publicKey = Buffer.from(testSigner('issuer').publicKey).toString('base64url');
    writeFileSync(join(folder, 'gates'), `# gates\n\nwillow-court/north ${publicKey}\n`);
    const cosigned = join(folder, 'cosigned');
    await watching(
      url,
      ...['--gate-keys', join(folder, 'gates'), '--cosigned', cosigned],
      ...['--witness', join(folder, 'witness.pem'), '--witness-name', 'district'],
    );
    const gate = await scripted(url, log);
    await gate.tell('init');
    await gate.send(log.rows.map(({ sequence }) => sequence));
    const file = join(cosigned, 'willow-court.north.checkpoint');
    for (const size of [12, 20]) {
      const tree = new CompactRange();
      for (const { hash } of log.rows.slice(0, size)) tree.append(Buffer.from(hash, 'hex'));
      const note = signCheckpoint(
        { origin: originOf({ ...log }), size, root: tree.root() },
        testSigner('issuer'),
      );
      await gate.publish('checkpoint', JSON.stringify({ epoch: log.epoch, size, note }), true);
      await expect.poll(() => existsSync(file) && parseCheckpoint(readFileSync(file)).size).toBe(size);
      expect(readFileSync(file, 'utf8')).toContain(note);
      expect(readFileSync(file, 'utf8')).toContain('\n\u2014 district ');
    }
  });
});
