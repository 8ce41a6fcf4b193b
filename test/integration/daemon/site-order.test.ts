import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { trustContent } from '../../../src/core/bundle/trust-content.ts';
import { signCommand } from '../../../src/core/command/sign-command.ts';
import type { SiteVerb } from '../../../src/core/command/site-order.ts';
import type { StateByName } from '../../../src/core/contract/states.ts';
import { Mosquitto } from '../../support/broker/mosquitto.ts';
import { MqttSubscriber } from '../../support/broker/mqtt-subscriber.ts';
import { CENTRE_KEY, DAY_S, ROOT, sampleBundle } from '../../support/gate/bundle-samples.ts';
import { command, DESK, DESK_KEY } from '../../support/gate/command-samples.ts';
import { DaemonProcess } from '../../support/gate/daemon.ts';
import { needs } from '../../support/needs.ts';
import { temporaryFolder } from '../../support/store/store-folder.ts';

const SITE = 'willow-court';
const TOPIC = `gates/v1/${SITE}/_cmd/site`;
const nowS = () => Math.floor(Date.now() / 1000);

/** One gate of the site, as a process of its own. */
class SiteGate {
  readonly gate: string;
  readonly #config: string;
  #daemon: DaemonProcess | undefined;

  constructor(gate: string, broker: string) {
    this.gate = gate;
    const folder = temporaryFolder();
    this.#config = join(folder, 'gatepost.yaml');
    writeFileSync(
      this.#config,
      JSON.stringify({
        version: 1,
        site: { id: SITE, name: 'Willow Court', timeZone: 'Asia/Shanghai' },
        gate: { id: gate, name: `Gate ${gate}` },
        doors: { main: { name: 'Main', lock: { driver: 'simulated' } } },
        accessPoints: {
          'main-in': { door: 'main', direction: 'in', scanner: { driver: 'serial', path: 'simulated' } },
        },
        trust: { rootKey: Buffer.from(ROOT.publicKey).toString('hex') },
        mqtt: { url: broker },
        web: { port: 0 },
        store: { folder: 'store' },
        demo: { panel: true },
      }),
    );
    onTestFinished(async () => {
      await this.kill();
    });
  }

  async start(): Promise<void> {
    this.#daemon = await DaemonProcess.start({ config: this.#config });
  }

  async kill(): Promise<void> {
    await this.#daemon?.kill('SIGKILL');
    this.#daemon = undefined;
  }

  async isReleased(): Promise<boolean> {
    const answer = await fetch(new URL('/api/demo', this.#daemon?.url));
    const { doors } = (await answer.json()) as { doors: readonly { released: boolean }[] };
    return doors.every(({ released }) => released);
  }
}

needs('mosquitto')('the present order of a site on a real broker', () => {
  it('is followed by gates that come late, over kill -9 and without the broker, and by nothing old', async () => {
    const mosquitto = await Mosquitto.start({
      lines: ['persistence true', 'persistence_location %folder%/'],
    });
    onTestFinished(() => mosquitto.stop());
    const server = await MqttSubscriber.start({ url: mosquitto.url, topics: [`gates/v1/${SITE}/+/state/#`] });
    onTestFinished(() => server.stop());
    let counter = 0;
    const order = async (verb: SiteVerb, lifeS: number): Promise<Uint8Array> => {
      counter += 1;
      const times = { notBefore: nowS(), notAfter: nowS() + lifeS };
      const bytes = signCommand(command(verb, {}, { site: SITE, gate: undefined, counter, ...times }), DESK);
      await server.send(TOPIC, bytes, { retain: true });
      return bytes;
    };
    const told = (gate: string): StateByName['siteorder'] | undefined => {
      const message = server.messages.findLast(({ topic }) => topic.endsWith(`/${gate}/state/siteorder`));
      return message && JSON.parse(message.payload.toString('utf8'));
    };
    const obeys = (gates: readonly SiteGate[], ordered: string): Promise<void> =>
      server.until(() =>
        gates.every(({ gate }) => {
          const view = told(gate);
          return view?.order === ordered && view.obeyed && view.counter === counter;
        }),
      );
    const { from: _from, until: _until, ...centre } = CENTRE_KEY;
    const content = trustContent([centre, DESK_KEY]);
    const times = { issuedAt: nowS() - 60, nextUpdate: nowS() + 7 * DAY_S };
    const trust = sampleBundle('trust', { ...times, content });
    await server.send(`gates/v1/${SITE}/_dist/trust`, trust, { retain: true });
    const gates = ['north', 'south'].map((gate) => new SiteGate(gate, mosquitto.url));
    const [north, south] = gates as [SiteGate, SiteGate];

    // The gate comes after the order, and after the list of keys that says who may give it.
    await order('lockdown', 3_600);
    await north.start();
    await obeys([north], 'lockdown');
    await south.start();
    await obeys(gates, 'lockdown');
    expect(await north.isReleased()).toBe(false);

    await order('lockdown-release', 3_600);
    await obeys(gates, 'none');
    const evacuation = await order('evacuate', 60);
    await obeys(gates, 'evacuate');
    expect(await Promise.all(gates.map((gate) => gate.isReleased()))).toEqual([true, true]);

    await mosquitto.kill();
    await north.kill();
    await north.start();
    expect(await north.isReleased()).toBe(true);

    await mosquitto.resume();
    const release = await order('evacuate-release', 3_600);
    await obeys(gates, 'none');
    expect(await Promise.all(gates.map((gate) => gate.isReleased()))).toEqual([false, false]);

    // A broker that keeps an old order, and gives it to whoever connects.
    await server.send(TOPIC, evacuation, { retain: true });
    await north.kill();
    await north.start();
    await server.send(TOPIC, release, { retain: true });
    await order('lockdown', 3_600);
    await obeys(gates, 'lockdown');
    expect(await north.isReleased()).toBe(false);
  });
});
