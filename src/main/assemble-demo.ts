import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { QrPictureDecoder } from '../../hardware/qr-picture/decode.ts';
import { QrWorker } from '../../hardware/qr-picture/qr-worker.ts';
import { SamplePasses } from '../../hardware/simulators/sample-passes.ts';
import { writeNewFile } from '../adapters/files/new-file.ts';
import { readPrivateKey } from '../adapters/files/private-key.ts';
import type { TrustedKey } from '../core/pass/pass.ts';
import { PlayStage } from './play-stage.ts';
import type { SharedParts } from './shared-parts.ts';

export interface AssembledDemo {
  readonly stage: PlayStage;
  /** The demo's own office, whose passes are believed beside those of the config. */
  readonly issuer: TrustedKey;
}

/** The panel that plays people. Its key is made at the first start and stays in the store's folder. */
export function assembleDemo(parts: Pick<SharedParts, 'config' | 'clock' | 'world'>): AssembledDemo {
  const { config, clock, world } = parts;
  const keyFile = join(config.store.folder, 'demo-office.pem');
  if (!existsSync(keyFile)) {
    mkdirSync(config.store.folder, { recursive: true, mode: 0o700 });
    const { privateKey } = generateKeyPairSync('ed25519');
    writeNewFile(keyFile, privateKey.export({ format: 'pem', type: 'pkcs8' }), 0o600);
  }
  const samples = new SamplePasses({
    site: config.site.id,
    timeZone: config.site.timeZone,
    clock,
    issuerKey: readPrivateKey(keyFile, undefined),
  });
  const stage = new PlayStage({
    config,
    world,
    samples,
    pictures: new QrPictureDecoder(new QrWorker(clock)),
    clock,
  });
  const issuer: TrustedKey = { name: 'Demo office', publicKey: samples.issuerPublicKey, status: 'active' };
  return { stage, issuer };
}
