import { testSigner } from '../gate/pass-samples.ts';

/** The settings of a test for an access point of its gate. */
export interface ConfiguredPoint {
  readonly entry: {
    readonly direction: 'in' | 'out';
    readonly scanner: object;
    readonly thermometer?: object;
  };
  /** Whether the door has a contact. A contact allows only some passages a minute; more count as a fault. */
  readonly contact: boolean;
}

/** The config of a gate whose access points have a door each, with their files below `doors/<id>`. */
export function replugConfig(points: ReadonlyMap<string, ConfiguredPoint>, brokerPort: number): object {
  return {
    version: 1,
    site: { id: 'willow-court', name: 'Willow Court', timeZone: 'Asia/Shanghai' },
    gate: { id: 'north', name: 'North gate' },
    language: 'en',
    doors: Object.fromEntries([...points].map(([id, { contact }]) => [id, doorOf(id, contact)])),
    accessPoints: Object.fromEntries([...points].map(([id, { entry }]) => [id, { door: id, ...entry }])),
    passes: {
      issuers: [
        { name: 'Property office', publicKey: Buffer.from(testSigner('issuer').publicKey).toString('hex') },
      ],
    },
    screening: {
      in: 'enforce',
      out: 'off',
      repeatAfterSeconds: 1,
      unknownAmbient: 'accept',
      record: 'value',
    },
    mqtt: { url: `mqtt://127.0.0.1:${brokerPort}` },
    web: { host: '127.0.0.1', port: 0 },
    store: { folder: 'store' },
  };
}

function doorOf(id: string, contact: boolean): object {
  return {
    name: id,
    releaseSeconds: 0.5,
    passageSeconds: 5,
    lock: { driver: 'simulated', levelFile: `doors/${id}/level` },
    ...(contact
      ? { contact: { driver: 'simulated', walkThrough: false, stateFile: `doors/${id}/contact` } }
      : {}),
  };
}
