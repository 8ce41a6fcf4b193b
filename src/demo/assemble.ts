import { join } from 'node:path';
import { QrImageDecoder } from '../../hardware/qr-image/decode.ts';
import { QrWorker } from '../../hardware/qr-image/qr-worker.ts';
import { SamplePasses } from '../../hardware/simulators/sample-passes.ts';
import { keptKey } from '../adapters/files/kept-key.ts';
import type { Config } from '../config/schema.ts';
import type { TrustedKey } from '../core/pass/pass.ts';
import type { DemoGuard } from '../ports/demo-panel.ts';
import { BrokerMessages } from './broker-messages.ts';
import { DemoControl } from './control.ts';
import type { MovedClock } from './moved-clock.ts';
import type { SimulatedWorld } from './simulated-devices.ts';

export interface AssembledDemo {
  readonly panel: DemoControl;
  /** The demo's own issuer, whose passes are trusted as well as those of the config. */
  readonly issuer: TrustedKey;
  /** Messages that the demo's broker received. */
  readonly messages: BrokerMessages;
}

/** The panel on which one acts as people. Its key is created at the first start and kept in the store folder. */
export function makeDemo(deps: {
  readonly config: Config;
  readonly world: SimulatedWorld;
  readonly clock: MovedClock;
  readonly guard?: DemoGuard | undefined;
}): AssembledDemo {
  const { config, clock, world, guard } = deps;
  const messages = new BrokerMessages(clock);
  const samples = new SamplePasses({
    site: config.site.id,
    timeZone: config.site.timeZone,
    clock,
    issuerKey: keptKey(join(config.store.folder, 'demo-office.pem')),
  });
  const panel = new DemoControl({
    config,
    world,
    samples,
    pictures: new QrImageDecoder(new QrWorker(clock)),
    clock,
    messages,
    guard,
  });
  const issuer: TrustedKey = { name: 'Demo office', publicKey: samples.issuerPublicKey, status: 'active' };
  return { panel, issuer, messages };
}
