import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { MqttBroker, type MqttBrokerSettings } from '../../src/adapters/mqtt/mqtt-broker.ts';
import type { OutgoingMessage } from '../../src/ports/broker.ts';
import { Mosquitto } from '../support/broker/mosquitto.ts';
import { needs } from '../support/needs.ts';

const NEVER = new AbortController().signal;
const FOLDER = join(import.meta.dirname, '../data/tls');
const ROOT = 'gates/v1/willow-court';
const WILL = publishing(`${ROOT}/north/state/conn`);

/** The listener and the access list of config/broker/mosquitto.md, word for word. */
function documented(language: string, begin: string): string[] {
  const readme = readFileSync(join(import.meta.dirname, '../../config/broker/mosquitto.md'), 'utf8');
  const block = readme.split('```').find((part) => part.startsWith(language) && part.includes(begin));
  if (block === undefined) throw new Error(`config/broker/mosquitto.md has no block with ${begin}`);
  return block.slice(language.length).trim().split('\n');
}

needs('mosquitto')('mosquitto as config/broker/mosquitto.md sets it up', () => {
  let mosquitto: Mosquitto;
  beforeAll(async () => {
    const listener = documented('\n', 'require_certificate')
      // The test's listener stands first in the file, on a port of its own.
      .filter((line) => !/^(listener|per_listener_settings|allow_anonymous)/.test(line))
      .map((line) => line.replace(/\/(?:etc|var)\/\S*\/(?=\S*$)/, '%folder%/').replace('gates-ca', 'ca'));
    mosquitto = await Mosquitto.start({
      anonymous: false,
      lines: listener,
      files: {
        'ca.crt': readFileSync(join(FOLDER, 'ca.crt'), 'utf8'),
        'broker.crt': readFileSync(join(FOLDER, 'broker.crt'), 'utf8'),
        'broker.key': readFileSync(join(FOLDER, 'broker.key'), 'utf8'),
        'gatepost.acl': `${documented('\n', 'pattern write').join('\n')}\n`,
      },
    });
  });
  afterAll(() => mosquitto.stop());

  function broker(options: Partial<MqttBrokerSettings>): MqttBroker {
    return new MqttBroker({
      url: `mqtts://127.0.0.1:${mosquitto.port}`,
      clientId: 'north',
      caFile: join(FOLDER, 'ca.crt'),
      ...options,
    });
  }
  const certificate = { certFile: join(FOLDER, 'north.crt'), keyFile: join(FOLDER, 'north.key') };

  it('lets the gate in by its certificate and keeps it to its own subtree', async () => {
    // The forbidden topic comes last: over TLS mosquitto 2.0.11 may hang up after a publish that it refuses.
    for (const forbidden of ['south/evt/access', 'north/cmd/open']) {
      const connection = await broker(certificate).connect(WILL, NEVER);
      const answers: string[] = [];
      for (const topic of ['north/evt/access', 'north/state/door/main', 'north/alert/uplink', forbidden])
        answers.push((await connection.publish(publishing(`${ROOT}/${topic}`))).status);
      expect(answers).toEqual(['stored', 'stored', 'stored', 'refused']);
      await connection.close();
    }
  });

  it('lets nobody in without a certificate', async () => {
    await expect(broker({}).connect(WILL, NEVER)).rejects.toMatchObject({ code: 'broker.unreachable' });
  });

  it('is not believed when its certificate comes from an unknown authority', async () => {
    const options = { ...certificate, caFile: join(FOLDER, 'stranger.crt') };
    await expect(broker(options).connect(WILL, NEVER)).rejects.toMatchObject({
      code: 'broker.unreachable',
      message: expect.stringContaining('mqtt.caFile'),
    });
  });

  it('says so when a certificate file holds none', async () => {
    const options = { ...certificate, certFile: join(FOLDER, 'README.md') };
    await expect(broker(options).connect(WILL, NEVER)).rejects.toMatchObject({ code: 'broker.unreachable' });
  });
});

function publishing(topic: string): OutgoingMessage {
  return { topic, payload: new TextEncoder().encode('{}'), retain: false };
}
