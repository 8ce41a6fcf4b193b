import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { trustContent } from '../../../src/core/bundle/trust-content.ts';
import type { ArgumentsOf } from '../../../src/core/command/command.ts';
import { signCommand } from '../../../src/core/command/sign-command.ts';
import type { CommandVerb } from '../../../src/core/contract/commands.ts';
import { keyIdOf } from '../../../src/core/pass/read-pass.ts';
import { Mosquitto } from '../../support/broker/mosquitto.ts';
import { MqttSubscriber } from '../../support/broker/mqtt-subscriber.ts';
import { CENTRE_KEY, DAY_S, ROOT, sampleBundle } from '../../support/gate/bundle-samples.ts';
import { command, DESK, DESK_KEY } from '../../support/gate/command-samples.ts';
import { DaemonProcess } from '../../support/gate/daemon.ts';
import { testSigner } from '../../support/gate/pass-samples.ts';
import { needs } from '../../support/needs.ts';
import { temporaryFolder } from '../../support/store/store-folder.ts';

const ROOT_TOPIC = 'gates/v1/willow-court/north/';
const nowS = () => Math.floor(Date.now() / 1000);
const IN = { accessPoint: 'main-in' };
const DYING = 'dist/test/faults/dying-daemon.child.js';

function isResultOf(data: unknown, counter: number): boolean {
  return typeof data === 'object' && data !== null && 'counter' in data && data.counter === counter;
}

function configFile(broker: string): string {
  const path = join(temporaryFolder(), 'gatepost.yaml');
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
    web: { port: 0 },
    store: { folder: 'store' },
  };
  writeFileSync(path, JSON.stringify(config));
  return path;
}

/** A server that sees everything on the broker, and whoever sends what he likes there. */
class Server {
  readonly #client: MqttSubscriber;
  #from = 0;

  constructor(client: MqttSubscriber) {
    this.#client = client;
  }

  async sends(verb: string, bytes: Uint8Array, retain = false): Promise<Record<string, unknown>> {
    const correlationData = randomBytes(8);
    const properties = { responseTopic: `${ROOT_TOPIC}rsp/desk`, correlationData };
    await this.#client.send(`${ROOT_TOPIC}cmd/${verb}`, bytes, { retain, properties });
    const mine = () =>
      this.#client.messages.find(
        (one) => one.topic.endsWith('/rsp/desk') && one.correlationData?.equals(correlationData),
      );
    await this.#client.until(() => mine() !== undefined);
    return JSON.parse(mine()?.payload.toString('utf8') ?? '');
  }

  async until(topic: string, met: (value: Record<string, unknown>) => boolean): Promise<void> {
    await this.#client.until((got) =>
      got
        .slice(this.#from)
        .some((one) => one.topic === ROOT_TOPIC + topic && met(JSON.parse(one.payload.toString('utf8')))),
    );
  }

  /** What came before is not waited for any more. */
  mark(): void {
    this.#from = this.#client.messages.length;
  }

  /** Who decided about each grant. */
  granted(): readonly string[] {
    return this.#client.messages
      .filter(({ topic }) => topic === `${ROOT_TOPIC}evt/access`)
      .map(({ payload }) => JSON.parse(payload.toString('utf8')))
      .filter(({ type }) => type === 'io.gatepost.access.granted.v1')
      .map(({ data }) => data.decidedBy);
  }
}

needs('mosquitto')('commands over a real broker', () => {
  it('open and are answered, act once over kill -9, and nobody without the key gets anything done', async () => {
    const mosquitto = await Mosquitto.start();
    onTestFinished(() => mosquitto.stop());
    const client = await MqttSubscriber.start({ url: mosquitto.url, topics: ['gates/v1/#'] });
    onTestFinished(() => client.stop());
    const server = new Server(client);
    const { from: _from, until: _until, ...centre } = CENTRE_KEY;
    const times = { number: 7, issuedAt: nowS() - 60, nextUpdate: nowS() + 7 * DAY_S };
    const trust = sampleBundle('trust', { ...times, content: trustContent([centre, DESK_KEY]) });
    await client.send('gates/v1/willow-court/_dist/trust', trust, { retain: true });
    const config = configFile(mosquitto.url);
    let daemon = await DaemonProcess.start({ config });
    onTestFinished(async () => {
      await daemon.kill('SIGKILL');
    });
    await server.until('state/policy', ({ lists }) => JSON.stringify(lists).includes('"number":7'));

    let counter = 0;
    const signed = <V extends CommandVerb>(verb: V, args: ArgumentsOf<V>, by = DESK): Uint8Array => {
      counter += 1;
      const head = { counter, notBefore: nowS(), notAfter: nowS() + 60 };
      return signCommand(command(verb, args, head), by);
    };
    const open = signed('open', IN);
    const answer = await server.sends('open', open);
    expect(answer).toEqual({ verb: 'open', counter: 1, result: 'done', sequence: expect.any(Number) });
    await server.until('evt/command', ({ sequence }) => Number(sequence) === answer.sequence);
    await server.until('evt/access', () => server.granted().length === 1);

    // Whoever owns the broker.
    expect(await server.sends('open', open)).toMatchObject({ reason: 'old_counter' });
    expect(await server.sends('open', signed('open', IN), true)).toMatchObject({ reason: 'retained' });
    expect(await server.sends('open', signed('open', IN, testSigner('stranger')))).toMatchObject({
      reason: 'unknown_key',
    });
    expect(await server.sends('hold', signed('open', IN))).toMatchObject({ reason: 'wrong_topic' });
    expect(await server.sends('open', open.with(-1, (open.at(-1) ?? 0) ^ 1))).toMatchObject({
      reason: 'signature_invalid',
    });

    const isReadyAfter = (last: number): Promise<void> => {
      const commands = JSON.stringify({ [keyIdOf(DESK.publicKey)]: last });
      return server.until(
        'state/conn',
        (conn) => conn.state === 'ready' && JSON.stringify(conn.commands) === commands,
      );
    };
    // It dies exactly between the record of a command and what is ordered.
    server.mark();
    await daemon.kill('SIGKILL');
    daemon = await DaemonProcess.start({ config, entry: [DYING, 'after the record of a command'] });
    await isReadyAfter(1);
    const cutOff = signed('open', IN);
    await client.send(`${ROOT_TOPIC}cmd/open`, cutOff);
    expect(await daemon.ended()).toBe('SIGKILL');

    server.mark();
    daemon = await DaemonProcess.start({ config });
    await isReadyAfter(counter);
    await server.until('evt/command', ({ data }) => isResultOf(data, counter));
    await server.until('state/door/main', ({ mode }) => mode === 'Locked');
    expect(await server.sends('open', cutOff)).toMatchObject({ reason: 'old_counter' });
    const openings = server.granted().length;

    server.mark();
    await daemon.kill('SIGKILL');
    daemon = await DaemonProcess.start({ config });
    await isReadyAfter(counter);
    expect(await server.sends('lockdown', signed('lockdown', {}))).toMatchObject({ result: 'done' });
    expect(await server.sends('open', open)).toMatchObject({ reason: 'old_counter' });
    expect(await server.sends('open', signed('open', IN))).toMatchObject({ reason: 'door_shut' });
    expect(server.granted()).toHaveLength(openings);
    expect(server.granted().every((by) => by === 'server')).toBe(true);
  });
});
